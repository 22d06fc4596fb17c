// Where the keyboard is: Streamlit moves elements and takes them away while somebody is on them, and
// draws what a button unfolds at the end of the page.

const UNFOLDED = "[data-testid=stPopoverBody]";
const MAIN = "[data-testid=stMain]";
const SIDE = "[data-testid=stSidebar]";
const FOLD = "[data-testid=stSidebarCollapseButton] button";
const UNFOLD = "[data-testid=stExpandSidebarButton]";
const PHONE = "(max-width: 767px)"; // the side lies over the page
const CONTROLS = "a[href], button, input, select, textarea, [tabindex]";
// Of what is unfolded, the button that unfolded it and what lies around that.
const openers = new WeakMap();
// The element that had the focus last, and what lay around it, the nearest first.
let last = null;
let around = [];
// Whether a pointer, and no key, brought the change about: whoever points needs no ring to find where they are.
let pointed = false;

function outwards(element) {
  const found = [];
  for (let each = element.parentElement; each; each = each.parentElement) found.push(each);
  return found;
}

function controlsOf(body) {
  const shown = (each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility({ visibilityProperty: true });
  return [...body.querySelectorAll(CONTROLS)].filter(shown);
}

function focusOn(element) {
  if (element.tabIndex < 0) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

function enter(body) {
  const button = document.activeElement;
  if (button?.getAttribute("aria-expanded") !== "true") return;
  openers.set(body, { button, around: outwards(button) });
  focusOn(body);
}

// Once what closes or draws anew had its turn to set the focus itself.
function comeBack() {
  if (document.activeElement !== document.body || !last || !document.hasFocus()) return;
  if (last.isConnected) return last.focus({ preventScroll: true });
  const opener = openers.get(around.find((each) => each.matches(UNFOLDED)));
  if (opener?.button.isConnected) return opener.button.focus({ preventScroll: true });
  const place = (opener?.around ?? around).find((each) => each.isConnected);
  if (!place?.closest(MAIN)) return;
  place.toggleAttribute("data-gw-pointed", pointed);
  focusOn(place);
}

function seeChanges(changes) {
  for (const { addedNodes, removedNodes } of changes) {
    for (const node of addedNodes) {
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      const body = node.matches(UNFOLDED) ? node : node.querySelector(UNFOLDED);
      if (body && !openers.has(body)) enter(body);
    }
    if (last && document.activeElement === document.body && [...removedNodes].some((node) => node.contains(last))) {
      setTimeout(comeBack, 100);
    }
  }
}

// The way around takes the keyboard when it is unfolded and gives it to the button that unfolds it again.
function followSide() {
  const side = document.querySelector(SIDE);
  const here = document.activeElement;
  if (here !== document.body && !side.contains(here)) return;
  const next = side.dataset.collapsed === "true" ? document.querySelector(UNFOLD) : side.querySelector(FOLD);
  next?.focus({ preventScroll: true });
}

function foldSide(event) {
  const side = document.activeElement.closest(SIDE);
  if (event.key === "Escape" && side && matchMedia(PHONE).matches) side.querySelector(FOLD)?.click();
}

// The keys stay with what is unfolded until it is closed, and reach it from its button.
function turnTab(event) {
  if (event.key !== "Tab" || event.defaultPrevented) return;
  const here = document.activeElement;
  const bodies = [...document.querySelectorAll(UNFOLDED)];
  const body = bodies.find((each) => each.contains(here) || openers.get(each)?.button === here);
  if (!body || (here === openers.get(body)?.button && event.shiftKey)) return;
  const controls = controlsOf(body);
  const at = controls.indexOf(here);
  const next = event.shiftKey ? at <= 0 && controls.at(-1) : (at < 0 || at === controls.length - 1) && controls[0];
  if (at < 0 && here !== body && body.contains(here)) return;
  if (next || !controls.length) event.preventDefault();
  if (next) next.focus();
}

export function begin() {
  if (globalThis.gridwardenFocus) return;
  globalThis.gridwardenFocus = new MutationObserver(seeChanges);
  globalThis.gridwardenFocus.observe(document.body, { subtree: true, childList: true });
  new MutationObserver(() => setTimeout(followSide, 100))
    .observe(document.body, { subtree: true, attributeFilter: ["data-collapsed"] });
  document.addEventListener("focusin", ({ target }) => { last = target; around = outwards(target); });
  document.addEventListener("pointerdown", () => { pointed = true; }, true);
  document.addEventListener("keydown", () => { pointed = false; }, true);
  document.addEventListener("keydown", turnTab);
  document.addEventListener("keydown", foldSide);
}
