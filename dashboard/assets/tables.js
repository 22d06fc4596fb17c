// What Streamlit's tables lack: an order of names, a name, and all their rows on paper. They compare texts by localeCompare,
// character by character: 11号楼 came before 6号楼. Names sort here as people count, Chinese ones by their sound, as
// on the server (natural_key in geo/addresses/lexicon.py).

import { el } from "./elements.js";

const PAPER_PX = 680; // what A4 upright leaves between its margins
const LEAST_ZOOM = 0.7; // letters of 6 pt
const CODE = /^[\w.-]{1,14}$/; // XS-2026-4865
const ON_PAPER = "gw-on-paper";
const BESIDE_A_MAP = "[class*=st-key-map_panel]"; // of a thousand rows beside the printed map the first
const FIRST_ROWS = 40;
const NOTHING = "–";
const DIGITS = "零一二三四五六七八九";
const NUMERAL = /([一二三四五六七八九])?(?:(十)([一二三四五六七八九])?)?(?=[号栋幢座层楼期组弄]|单元)/g;
const NAMING = ".stApp :is(h1, h2, h3, h4, summary p, [role=tab][aria-selected=true])";
let naming = 0;
const collator = new Intl.Collator("zh-CN", { numeric: true });
const keys = new Map();

function counted(text) {
  return text.replace(NUMERAL, (found, first, ten, last) => {
    if (!found) return found;
    const ones = (digit, otherwise) => (digit ? DIGITS.indexOf(digit) : otherwise);
    return ten ? ones(first, 1) * 10 + ones(last, 0) : ones(first, 0);
  });
}

// Each text is read once: a table of a thousand rows compares each ten times.
function key(text) {
  if (!keys.has(text)) {
    if (keys.size > 20000) keys.clear();
    keys.set(text, counted(text.normalize("NFKC")));
  }
  return keys.get(text);
}

function compare(one, other) {
  return collator.compare(key(one), key(other));
}

// A map in a frame of its own is made smaller on paper: its names would stand beside it in a wider frame.
function fitPaper() {
  for (const [picture, grid] of grids()) picture.after(onPaper(grid, picture.closest(BESIDE_A_MAP) ? FIRST_ROWS : grid.rows));
  for (const picture of document.querySelectorAll("[data-testid=stIFrame]")) {
    const { width } = picture.getBoundingClientRect();
    picture.style.setProperty("--gw-paper-zoom", Math.min(1, PAPER_PX / width));
    picture.style.setProperty("--gw-paper-width", `${width}px`);
  }
  document.querySelectorAll(`.${ON_PAPER}`).forEach(fitTable);
}

function leavePaper() {
  document.querySelectorAll(`.${ON_PAPER}`).forEach((table) => table.remove());
}

// Each table's element and what the grid in it is drawn from: React's tree alone has the rows that are not in view.
function* grids() {
  const root = document.getElementById("root");
  const container = root?.[Object.keys(root).find((name) => name.startsWith("__reactContainer$"))];
  const waiting = [container?.stateNode.current];
  while (waiting.length) {
    const part = waiting.pop();
    if (!part) continue;
    waiting.push(part.sibling);
    if (!part.memoizedProps?.getCellContent) waiting.push(part.child);
    else yield [elementOf(part), part.memoizedProps];
  }
}

function elementOf(part) {
  for (let each = part; each; each = each.return) {
    if (each.stateNode?.matches?.("[data-testid=stDataFrame]")) return each.stateNode;
  }
  return null;
}

// A table is a picture of the rows in view: on paper one of HTML, whose head is on each sheet, stands for it.
export function onPaper({ columns, rows, getCellContent }, most = rows) {
  const shown = Math.min(rows, most);
  const head = columns.map(({ title }) => el("th", { scope: "col" }, title));
  const body = Array.from({ length: shown }, (_, row) =>
    el("tr", {}, ...columns.map((_, column) => cellOf(getCellContent([column, row])))));
  const part = shown < rows && el("caption", {}, `1–${shown} / ${rows.toLocaleString("en")}`);
  return el("table", { class: ON_PAPER }, part || "", el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body));
}

function cellOf({ kind, data, displayData, copyData, contentAlign }) {
  if (data?.kind === "multi-select-cell") return el("td", {}, ...data.values.map((value) => chip(value, data.options)));
  const text = kind === "boolean" ? data && "✓" : data?.displayDate ?? displayData ?? copyData;
  const whole = contentAlign === "right" ? "gw-number" : (data?.displayDate || CODE.test(text)) && "gw-whole";
  return el("td", { class: whole }, text || NOTHING);
}

function chip(value, options) {
  const { label, color } = options.find((each) => each.value === value);
  return el("span", {}, el("i", { style: `background: ${color}` }), label);
}

// What is wider than the paper is made smaller; of what would be too small to read, words break anywhere.
export function fitTable(table) {
  const least = () => PAPER_PX / table.offsetWidth;
  table.classList.add("gw-measured");
  table.classList.toggle("gw-torn", least() < LEAST_ZOOM);
  const zoom = least();
  table.classList.remove("gw-measured");
  table.style.zoom = Math.min(1, zoom);
}

// A table is called by the heading, the open fold or the open part that it stands in.
function nameTables() {
  naming = 0;
  const tables = document.querySelectorAll("[data-testid=stDataFrame] [role=grid]");
  if (!tables.length) return;
  const names = [...document.querySelectorAll(NAMING)].filter((each) => each.checkVisibility());
  for (const table of tables) {
    const name = names.findLast((each) => each.compareDocumentPosition(table) & Node.DOCUMENT_POSITION_FOLLOWING
      && (!each.matches("summary *") || each.closest("details").contains(table)))?.innerText.trim();
    if (name && table.ariaLabel !== name) table.ariaLabel = name;
  }
}

export function begin() {
  if (globalThis.gridwardenOrder) return;
  new MutationObserver(() => { naming ||= setTimeout(nameTables, 100); })
    .observe(document.body, { subtree: true, childList: true });
  addEventListener("beforeprint", fitPaper);
  addEventListener("afterprint", leavePaper);
  const before = globalThis.gridwardenOrder = String.prototype.localeCompare;
  String.prototype.localeCompare = function localeCompare(other, ...more) {
    return more.length ? before.call(this, other, ...more) : compare(String(this), String(other));
  };
}
