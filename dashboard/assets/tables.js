// What Streamlit's tables lack: an order of names, a name, and a size on paper. They compare texts by localeCompare,
// character by character: 11号楼 came before 6号楼. Names sort here as people count, Chinese ones by their sound, as
// on the server (natural_key in geo/addresses/lexicon.py).

const PAPER_PX = 680; // what A4 upright leaves between its margins
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

// A table is a picture as wide as the screen: on paper it is made smaller, or its last columns are cut off. So is a
// map in a frame of its own, whose names would stand beside it where the frame becomes wider.
function fitPaper() {
  for (const picture of document.querySelectorAll("[data-testid=stDataFrame], [data-testid=stIFrame]")) {
    const { width } = picture.getBoundingClientRect();
    picture.style.setProperty("--gw-paper-zoom", Math.min(1, PAPER_PX / width));
    picture.style.setProperty("--gw-paper-width", `${width}px`);
  }
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
  const before = globalThis.gridwardenOrder = String.prototype.localeCompare;
  String.prototype.localeCompare = function localeCompare(other, ...more) {
    return more.length ? before.call(this, other, ...more) : compare(String(this), String(other));
  };
}
