// What every script of ours builds elements and sentences with. Text goes in as text, never as markup.

export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value == null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name in node && !name.startsWith("aria") && name !== "list") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

// A count has its forms beside it, singular first: "{n} {n:day|days}".
export function fill(text, facts) {
  return text
    .replace(/\{(\w+):([^{}|]*)\|([^{}|]*)\}/g, (whole, name, one, many) =>
      name in facts ? (Number(facts[name]) === 1 ? one : many) : whole)
    .replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

let numbered = 0;

export function newId(prefix) {
  numbered += 1;
  return `gw-${prefix}-${numbered}`;
}

// What the script of a part of a page exports: each slot has an object of its own, which is told of
// every run with `update(component)`, and of its end with `remove()` where it has one.
export function component(selector, Kind) {
  const kept = new WeakMap();
  const show = (component) => {
    const slot = component.parentElement;
    if (!kept.has(slot)) {
      useStyle(component.data.style);
      kept.set(slot, new Kind(slot.querySelector(selector), component.data));
    }
    kept.get(slot).update(component);
  };
  const remove = (slot) => {
    kept.get(slot)?.remove?.();
    kept.delete(slot);
  };
  return { show, remove };
}

export function useStyle(href) {
  if (!document.querySelector(`link[href="${href}"]`)) {
    document.head.append(el("link", { rel: "stylesheet", href }));
  }
}
