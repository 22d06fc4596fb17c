// A text that is taken along whole: shown as it is, copied by one button. An office's page is often
// served without https, where a browser has no clipboard to write to: there the text is selected.

const part = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url));
const { el, newId } = await part("../elements.js");

export function show(component) {
  const slot = component.parentElement.querySelector(".gw-copy-slot");
  const wanted = JSON.stringify(component.data);
  if (slot.dataset.wanted === wanted) return;
  slot.dataset.wanted = wanted;
  const { text, words, label } = component.data;
  const id = newId("copied");
  const box = el("textarea", { id, readOnly: true, value: text, rows: Math.min(text.split("\n").length + 1, 16) });
  const told = el("span", { class: "gw-copy-told", "aria-live": "polite" });
  const button = el("button", { type: "button", class: "gw-copy-button", onclick: async () => {
    told.textContent = (await copied(box)) ? words.copied : words.byHand;
  } }, words.copy);
  slot.replaceChildren(el("label", { htmlFor: id }, label), box, el("p", {}, button, told));
  slot.dataset.ready = "true";
}

export function remove() {}

async function copied(box) {
  try {
    await navigator.clipboard.writeText(box.value);
    return true;
  } catch {
    box.focus();
    box.select();
    return document.execCommand("copy");
  }
}
