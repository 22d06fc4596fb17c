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
