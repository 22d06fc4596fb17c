// The warden's page in the browser: today's buildings, one tap for what was seen, and a queue that
// outlives a staircase without a connection. Loaded once; show() runs on every rerun of the script.

const STALE_MS = 5 * 60_000;
const MORE_CARDS = 40;
const PATIENCE_MS = 20_000;
const LEAVING_MS = 1_500;
const AGAIN_MS = 15_000; // a browser does not notice every connection that comes back
const GATEWAY_ERRORS = new Set([502, 503, 504]);
const away = () => Object.assign(new Error("no connection"), { isAway: true });
const STREAMLITS_WORDS = "Connection error"; // the title of its dialog, as Streamlit writes it
const part = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url));
const [{ el, fill, newId, useStyle }, { Queue }, { Photos }, { openHolder }, { Kept, installWorker, rememberLanguage },
  { isAway, noticesOf }, { mapPart }, cardPart, routePart] = await Promise.all(
  ["../elements.js", "queue.js", "photos.js", "store.js",
    "kept.js", "notices.js", "elements.js", "card.js",
    "route.js"].map(part));
const [Card, Route] = await Promise.all([cardPart.load(part), routePart.load(part)]);
const pages = new WeakMap();

export function show(component) {
  const slot = component.parentElement;
  const wanted = JSON.stringify(component.data);
  if (pages.get(slot)?.wanted === wanted) {
    pages.get(slot).queue?.send(); // a rerun often means that the connection is back
    return;
  }
  pages.get(slot)?.close();
  pages.set(slot, new Page(slot.querySelector(".gw-visits-slot"), component.data, wanted));
}

export function remove(slot) {
  pages.get(slot)?.close();
  pages.delete(slot);
}

class Page {
  constructor(slot, data, wanted) {
    Object.assign(this, { slot, data, wanted, words: data.words, language: data.language });
    this.mayRecord = data.mayRecord;
    this.proposals = {};
    this.cards = new Map();
    this.ending = new AbortController();
    this.start();
  }

  async start() {
    useStyle(this.data.style);
    this.slot.replaceChildren(el("p", { class: "gw-v-empty", role: "status" }, this.words.loading));
    const held = this.data.held ?? await openHolder(this.data.holder);
    if (this.closed) {
      held.store?.close();
      return;
    }
    this.keepIn(held);
    await this.queue.reread();
    this.build();
    this.listen();
    this.paint();
    await this.load();
    await this.restoreDraft();
    this.queue.send();
    this.slot.dataset.ready = "1";
    rememberLanguage(this.language);
    installWorker(this.data.worker, this.store, { signal: this.ending.signal, tell: (opens) => {
      this.opensOffline = opens;
      this.paint();
      this.slot.dataset.opensOffline = opens ? "1" : "";
    } });
  }

  // Where somebody else is signed in by now, nothing of either is kept or read.
  keepIn(held) {
    const { data } = this;
    const isOwn = held.store && held.account === data.account;
    if (!isOwn) held.store?.close();
    this.store = isOwn ? held.store : null;
    this.kept = new Kept(this.store);
    this.photos = new Photos(this.store);
    this.queue = new Queue({ account: data.account, address: data.visits, language: data.language,
      store: this.store, photos: this.photos, photoLost: data.words.photoLost });
    if (held.trouble) this.queue.trouble = held.trouble;
    else if (held.account !== data.account) this.queue.trouble = "other_account";
  }

  listen() {
    this.queue.addEventListener("change", () => this.paint());
    this.queue.addEventListener("sent", () => this.load());
    for (const name of ["saved", "undone", "refused"]) {
      this.queue.addEventListener(name, ({ detail }) => this.announce(name, detail));
    }
    // Later than the way to the next page, where it is this tab that leaves.
    this.store?.addEventListener("left", () => setTimeout(() => location.reload(), LEAVING_MS));
    this.store?.addEventListener("idle", () => this.paint());
    this.wake = () => document.visibilityState === "visible"
      && Date.now() - this.loadedAt > STALE_MS && this.load();
    this.lost = () => this.paint();
    this.found = () => this.load();
    document.addEventListener("visibilitychange", this.wake);
    addEventListener("offline", this.lost);
    addEventListener("online", this.found);
    this.dialogs = new MutationObserver(closeConnectionDialog);
    this.dialogs.observe(document.body, { childList: true });
  }

  close() {
    this.closed = true;
    this.ending.abort();
    clearTimeout(this.later);
    this.queue?.close();
    this.store?.close();
    this.dialogs?.disconnect();
    document.removeEventListener("visibilitychange", this.wake);
    removeEventListener("offline", this.lost);
    removeEventListener("online", this.found);
  }

  build() {
    const { words } = this;
    const id = newId("search");
    this.counts = ["toSee", "seen", "waiting"].map((name) => el("dd", { "data-count": name }));
    this.counted = el("dl", { class: "gw-v-counts", hidden: !this.data.mayHistory }, ...["toSee", "seen", "waiting"].map((name, place) =>
      el("div", { hidden: place > 0 && !this.mayRecord }, el("dt", {}, words[name]), this.counts[place])));
    this.notices = el("div", { class: "gw-v-notices" });
    this.live = el("div", { class: "gw-v-quiet", role: "status", "aria-live": "polite" });
    this.search = el("input", { id, type: "search", placeholder: words.searchHint,
      oninput: () => this.searched() });
    this.tools = el("div", { class: "gw-v-tools" },
      el("label", { class: "gw-v-quiet", htmlFor: id }, words.search), this.search, this.data.mayHistory ? this.paper() : null);
    this.route = new Route(this);
    this.today = el("ol", { class: "gw-v-cards" });
    this.seen = el("ol", { class: "gw-v-cards" });
    this.rest = el("ol", { class: "gw-v-cards" });
    this.look = el("p", { class: "gw-v-look", hidden: true });
    this.map = mapPart(`${this.data.todayMap}?lang=${this.language}`, words.todayMap);
    this.todayPart = el("section", {}, el("h2", {}, words.today), this.map, this.today);
    this.seenPart = el("details", { class: "gw-v-part" }, el("summary", {}, el("h2", {}, words.seenPart)), this.seen);
    this.restPart = el("details", { class: "gw-v-part", ontoggle: () => this.paint() }, el("summary", {}, el("h2", {}, this.data.mayHistory ? words.restPart : words.mine)), this.rest);
    this.more = el("button", { type: "button", hidden: true, onclick: () => this.showMore() }, words.showMore);
    this.empty = el("p", { class: "gw-v-empty", role: "status", hidden: true });
    this.slot.replaceChildren(el("div", { class: "gw-v" }, this.counted, this.notices, this.tools,
      this.empty, this.look, this.route.node, this.todayPart, this.seenPart, this.restPart, this.more, this.live),
      this.data.mayHistory ? el("p", { class: "gw-v-on-paper" }, words.onPaper) : "");
  }

  paper() {
    const { words, data } = this;
    const link = (href, text) => el("li", {}, el("a", { href, target: "_blank", rel: "noopener" }, text));
    return el("details", { class: "gw-v-paper" }, el("summary", {}, words.paper), el("ul", {},
      link(`${data.paper}?span=today&lang=${this.language}`, words.printToday),
      link(`${data.paper}?span=week&lang=${this.language}`, words.printWeek),
      link(`${data.excel}?span=today&lang=${this.language}`, words.excelToday),
      link(`${data.excel}?span=week&lang=${this.language}`, words.excelWeek)));
  }

  // ---- the list -------------------------------------------------------------------------------

  async fetchJson(address) {
    const answer = await fetch(address, { credentials: "same-origin", redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => { throw away(); });
    if (GATEWAY_ERRORS.has(answer.status)) throw away();
    if (answer.type === "opaqueredirect" || answer.status === 401) {
      this.queue.trouble = "signed_out";
      await this.store?.forget();
      this.paint();
    }
    const said = answer.ok || answer.status === 403 ? await answer.json() : null;
    if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { said });
    return said;
  }

  fetchBuilding(id) {
    return this.fetchJson(`${this.data.list}/${encodeURIComponent(id)}?lang=${this.language}`);
  }

  async load() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const query = new URLSearchParams({ lang: this.language, q: this.searchOnServer ?? "" });
    try {
      const [told, shifts] = await Promise.all([this.fetchJson(`${this.data.list}?${query}`),
        this.mayRecord ? this.route.fetch() : null]);
      if (turn !== this.turn || this.closed) return;
      if (told.account !== this.data.account) {
        this.queue.trouble = "other_account"; // somebody else signed in: nothing of theirs is shown here
        this.paint();
        return;
      }
      this.loadedAt = Date.now();
      this.isAway = false;
      if (["offline", "signed_out"].includes(this.queue.trouble)) this.queue.trouble = null;
      if (!this.searchOnServer) this.kept.keepList(told, shifts);
      this.show(told, shifts);
    } catch (problem) {
      this.failed = problem.said?.message ?? this.words.notNow;
      this.isAway = Boolean(problem.isAway);
      if (this.isAway && !this.loadedAt) await this.showKept();
      clearTimeout(this.later);
      if (this.isAway && !this.closed) this.later = setTimeout(() => this.load(), AGAIN_MS);
    }
    this.paint();
  }

  async showKept() {
    const list = await this.kept.list();
    if (!list || this.closed) return;
    this.keptAt = list.at;
    this.show(list.told, list.shifts);
  }

  show(told, shifts) {
    this.isShown = true;
    this.failed = null;
    this.total = told.total;
    if (!this.searchOnServer) this.beyond = told.beyond;
    this.proposals = told.proposals;
    if (!this.searchOnServer) this.dropGone(told.buildings, shifts);
    this.place(told.buildings, shifts);
  }

  // A building that was given to somebody else leaves the page, once nothing waits on its card.
  dropGone(buildings, shifts) {
    const stops = shifts?.flatMap((shift) => shift.stops) ?? (this.onRoute ? [...this.onRoute] : []);
    const there = new Set([...buildings, ...stops].map((each) => each.id ?? each));
    for (const [id, card] of this.cards) {
      if (there.has(id) || card.form || card.recorded().length) continue;
      card.node.remove();
      this.cards.delete(id);
    }
  }

  place(buildings, shifts) {
    if (shifts) {
      const known = new Map(buildings.map((building) => [building.id, building]));
      this.onRoute = this.route.place(shifts, known);
    }
    for (const building of buildings) {
      if (this.onRoute?.has(building.id)) continue;
      const held = this.cards.get(building.id);
      const list = held?.node.parentElement ?? this.partOf(building); // a list that jumps is no help
      const { order, walkM } = held && list === this.today ? held.building : building;
      this.putCard({ ...building, order, walkM }, list); // what stays keeps its number
    }
    if (this.shown) return;
    this.shown = MORE_CARDS;
    this.restPart.open = !this.today.children.length && !this.onRoute?.size; // nothing waits
  }

  putCard(building, list) {
    const card = this.cards.get(building.id);
    if (card) card.show(building);
    else this.cards.set(building.id, new Card(this, building));
    const { node } = this.cards.get(building.id);
    if (node.parentElement !== list) list.append(node);
  }

  partOf(building) {
    if (building.today) return building.done ? this.seen : this.today;
    return this.rest;
  }

  showMore() {
    this.shown += MORE_CARDS;
    this.paint();
  }

  searched() {
    clearTimeout(this.asking);
    if (this.total > this.cards.size || this.searchOnServer) {
      this.asking = setTimeout(() => {
        this.searchOnServer = this.search.value.trim();
        this.load();
      }, 300);
    }
    this.paint();
  }

  // ---- painting -------------------------------------------------------------------------------

  paint() {
    if (this.closed) return;
    this.paintLook();
    this.hideWhatIsMadeWhenAsked();
    for (const card of this.cards.values()) card.paint();
    this.paintFound();
    this.paintCounts();
    this.paintNotices();
    this.paintKeeping();
  }

  // "1" while everything that was typed is on the disk.
  paintKeeping() {
    this.slot.dataset.kept = this.store?.pending || this.queue.unkept.size ? "" : "1";
  }

  // What is to be looked for on most of today's buildings; a card says what differs.
  paintLook() {
    const { words } = this;
    const counts = new Map();
    for (const { building } of this.cards.values()) {
      const look = building.today ? building.look.join(words.comma) : "";
      if (look) counts.set(look, (counts.get(look) ?? 0) + 1);
    }
    const [usual, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [null, 0];
    this.usualLook = count > 1 ? usual : null;
    this.look.hidden = !this.usualLook;
    this.look.textContent = this.usualLook ? `${words.lookFor}${words.colon}${usual}` : "";
  }

  // Without a connection the server makes no map and no paper; a map that is open stays.
  hideWhatIsMadeWhenAsked() {
    const isGone = isAway(this);
    for (const each of this.slot.querySelectorAll(".gw-v-paper, .gw-v-links, .gw-v-mapped")) {
      each.hidden = isGone && !each.querySelector("iframe");
    }
  }

  paintFound() {
    const wanted = this.search.value.trim().toLowerCase();
    let found = 0;
    let others = 0;
    for (const card of this.cards.values()) {
      const { name, address, id, today } = card.building;
      const hit = [name, address, id].some((text) => text.toLowerCase().includes(wanted));
      if (hit && !today) others += 1;
      card.node.hidden = !hit || (!today && others > this.shown);
      found += hit;
    }
    this.more.hidden = others <= this.shown || !this.restPart.open;
    const routes = this.route.lists.map((list) => [list.parentElement, list]);
    for (const [section, list] of [[this.todayPart, this.today], [this.seenPart, this.seen],
      [this.restPart, this.rest], ...routes]) {
      section.hidden = ![...list.children].some((node) => !node.hidden);
    }
    if (wanted) this.seenPart.open = this.restPart.open = true;
    const noneToday = !wanted && this.data.mayHistory && this.cards.size > 0
      && !this.today.children.length && !this.onRoute?.size;
    this.empty.hidden = found > 0 && !noneToday && !this.failed;
    this.empty.textContent = this.emptyText(wanted);
  }

  emptyText(wanted) {
    if (this.failed) return this.failed;
    if (wanted) return this.words.noneFound;
    if (!this.isShown) return this.words.loading;
    if (!this.cards.size) return this.mayRecord ? this.words.nobodyGave : this.words.noneYours;
    if (this.seen.children.length) return this.words.allSeen;
    return this.mayRecord ? this.words.noneToday : this.words.nothingDue;
  }

  paintCounts() {
    const today = [...this.cards.values()].filter((card) => card.building.today);
    const seen = today.filter((card) => card.isSeen).length;
    const beyond = this.beyond ?? { toSee: 0, seen: 0 }; // today's that are not drawn
    const numbers = [today.length - seen + beyond.toSee, seen + beyond.seen, this.queue.waiting()];
    numbers.forEach((number, place) => { this.counts[place].textContent = number; });
    this.counted.hidden = !this.data.mayHistory || !this.isShown;
  }

  paintNotices() {
    const told = noticesOf(this);
    const key = JSON.stringify(told.map(([, text]) => text));
    if (key === this.noticed) return;
    this.noticed = key;
    this.notices.replaceChildren(...told.map(([kind, text, more]) =>
      el("p", { class: `gw-v-${kind}` }, text, more ? " " : null, more)));
  }

  announce(name, entry) {
    const card = this.cards.get(entry.building);
    this.live.textContent = [this.words.states[name], card?.building.name, entry.unit,
      this.data.names[entry.result]].filter(Boolean).join(" ");
  }

  // ---- what is half typed ---------------------------------------------------------------------

  keepDraft(building, values) {
    this.kept.keepDraft({ building, values });
    this.paintKeeping();
  }

  async restoreDraft() {
    const draft = await this.kept.draft();
    const named = [...this.queue.entries(), draft?.values].flatMap((each) => each?.photos ?? []);
    this.store?.sweepPhotos(new Set(named));
    const card = draft && this.cards.get(draft.building);
    if (card && this.mayRecord) {
      card.reopened = true;
      card.openForm(draft.values);
    }
  }

  closeOthers(card) {
    for (const other of this.cards.values()) {
      if (other !== card) other.closePanel({ focus: false });
    }
  }
}

function* texts(root) {
  if (!root) return;
  const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) yield nodes.currentNode;
}

// Without a connection Streamlit opens a dialog that lets nothing behind it be touched. This page
// works without one and says itself that it is gone, so the dialog goes before it is painted.
function closeConnectionDialog() {
  const said = globalThis.gridwardenWords?.originals; // before it was said in the page's language
  for (const dialog of document.querySelectorAll('body > [data-testid="stDialog"]')) {
    const title = dialog.querySelector("h2");
    if (![...texts(title)].some((node) => (said?.get(node) ?? node.nodeValue) === STREAMLITS_WORDS)) continue;
    dialog.style.display = "none";
    const nameOf = (button) => said?.get(button)?.["aria-label"] ?? button.getAttribute("aria-label");
    [...dialog.querySelectorAll("button")].find((button) => nameOf(button) === "Close")?.click();
  }
}
