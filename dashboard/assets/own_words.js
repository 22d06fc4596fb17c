// Streamlit's own words (menus, pickers, tables, uploads) are English only: they are said here in
// the page's language, wherever they appear. Text nodes stay Streamlit's, so that it can change them.

const ATTRIBUTES = ["aria-label", "title", "placeholder", "alt"];
// Text node, or element and attribute → what Streamlit wrote. One for the page, however often this
// script is loaded.
const state = (globalThis.gridwardenWords ??= { originals: new WeakMap(), observer: null, language: "" });
const { originals } = state;
let exact = new Map();
let patterns = [];

function learn(words) {
  exact = new Map();
  patterns = [];
  for (const [said, meant] of Object.entries(words)) {
    if (!said.includes("{}")) exact.set(said, meant);
    else {
      const escaped = said.split("{}").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
      patterns.push([new RegExp(`^${escaped.join("(.*?)")}$`, "s"), meant]);
    }
  }
}

export function meaning(text) {
  const asked = text.trim();
  if (!/[A-Za-z]{2}/.test(asked)) return null;
  const known = exact.get(asked);
  if (known !== undefined) return text.replace(asked, () => known);
  for (const [pattern, meant] of patterns) {
    const found = pattern.exec(asked);
    if (found) {
      // {} stand in the order in which they were said, {2} for the second of them.
      let place = 0;
      return meant.replace(/\{(\d?)\}/g, (_, number) => {
        const part = found[number || (place += 1)];
        return meaning(part) ?? part;
      });
    }
  }
  return null;
}

function sayText(node) {
  const meant = meaning(node.nodeValue);
  if (meant === null || meant === node.nodeValue) return;
  originals.set(node, node.nodeValue);
  node.nodeValue = meant;
}

function sayAttributes(element) {
  for (const name of ATTRIBUTES) {
    const text = element.getAttribute(name);
    const meant = text && meaning(text);
    if (!meant || meant === text) continue;
    const kept = originals.get(element) ?? {};
    originals.set(element, { ...kept, [name]: text });
    element.setAttribute(name, meant);
  }
}

function* within(root) {
  yield root;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) yield walker.currentNode;
}

function sayAll(root) {
  for (const node of within(root)) {
    if (node.nodeType === Node.TEXT_NODE) sayText(node);
    else if (node.nodeType === Node.ELEMENT_NODE) sayAttributes(node);
  }
}

function restore() {
  for (const node of within(document.body)) {
    const kept = originals.get(node);
    if (kept === undefined) continue;
    originals.delete(node);
    if (typeof kept === "string") node.nodeValue = kept;
    else for (const [name, text] of Object.entries(kept)) node.setAttribute(name, text);
  }
}

export function speak(words) {
  state.observer?.disconnect();
  restore();
  learn(words);
  if (exact.size + patterns.length === 0) return;
  state.observer = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "childList") change.addedNodes.forEach(sayAll);
      else if (change.type === "characterData") sayText(change.target);
      else sayAttributes(change.target);
    }
  });
  state.observer.observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES,
  });
  sayAll(document.body);
}

// Streamlit lays the parts of the menu into its list as plain boxes: each is one item of it to readers.
function markParts() {
  for (const part of document.querySelectorAll("[data-testid=stSidebarNavItems] > div")) {
    part.setAttribute("role", "listitem");
    for (const item of part.querySelectorAll("li")) item.setAttribute("role", "presentation");
  }
}

const YEAR_S = 365 * 24 * 3600;
export default function (component) {
  const { language, code, words, modules } = component.data;
  for (const each of modules) import(location.origin + each).then((module) => module.begin());
  document.documentElement.lang = language;
  // Remembered by this browser: a bookmark, a second tab and the sign-in page open in it.
  document.cookie = `gw_language=${code}; path=/; max-age=${YEAR_S}; samesite=lax`;
  if (!state.parts) {
    state.parts = new MutationObserver(markParts);
    state.parts.observe(document.body, { subtree: true, childList: true });
    markParts();
  }
  if (state.language === language) return;
  state.language = language;
  speak(words);
}
