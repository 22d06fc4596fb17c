// The board of a plan: a column for each shift, a card for each stop. Cards are dragged by mouse or
// finger, or moved by keyboard; the server works the times out anew and says what became of it.

const part = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url));
const [{ component, el, fill, newId }, { Dragging }] = await Promise.all(
  ["../elements.js", "plan_drag.js"].map(part));
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

class Board {
  constructor(slot, data) {
    this.slot = slot;
    this.status = el("p", { class: "gw-b-status", role: "status", "aria-live": "polite" });
    this.help = el("p", { class: "gw-b-help" });
    this.columns = el("div", { class: "gw-b-columns", role: "region", tabIndex: 0 });
    this.dialog = el("dialog", { class: "gw-b-dialog" });
    this.node = el("div", { class: "gw-b" }, this.help, this.status, this.columns, this.dialog);
    this.columns.addEventListener("keydown", (event) => this.onKey(event));
    this.columns.addEventListener("focusin", (event) => this.entered(event.target));
    this.dragging = new Dragging(this.columns, (building, to, place) => this.move(building, to, place));
    slot.replaceChildren(this.node);
  }

  remove() {
    this.dragging.stop();
  }

  update(component) {
    this.send = (edit) => component.setTriggerValue("edit", { ...edit, version: component.data.version });
    const wanted = JSON.stringify(component.data);
    if (wanted === this.wanted && !this.waiting) return;
    this.dragging.stop();
    const held = this.slot.contains(document.activeElement) || this.waiting;
    Object.assign(this, { wanted, data: component.data, words: component.data.words, waiting: false });
    this.build();
    this.tell();
    if (held && !this.dialog.open) this.focusCard(this.current);
    this.slot.dataset.ready = this.data.version;
  }

  build() {
    const { data, words } = this;
    this.columns.setAttribute("aria-label", words.board);
    this.columns.removeAttribute("aria-busy");
    this.help.textContent = data.mayEdit ? words.help : words.readOnly;
    const scrolled = this.columns.scrollLeft;
    this.cards = [];
    this.columns.replaceChildren(...data.columns.map((column) => this.column(column)));
    this.columns.scrollLeft = scrolled;
    if (!this.cards.flat().some((card) => card.dataset.building === this.current)) {
      this.current = this.cards.flat()[0]?.dataset.building;
    }
    this.markCurrent();
  }

  tell() {
    const { told } = this.data;
    if (!told || told.id === this.toldId) return;
    this.toldId = told.id;
    this.status.textContent = told.text;
    this.status.classList.toggle("gw-b-warn", told.kind === "warn");
  }

  // ---- drawing --------------------------------------------------------------------------------

  column(column) {
    const { words } = this;
    const id = newId("shift");
    const title = el("h3", { id }, el("i", { style: `background:${column.hue}`, "aria-hidden": "true" }), column.title);
    const over = column.over > 0
      ? el("strong", { class: "gw-b-over" }, fill(words.over, { n: column.over })) : null;
    const list = el("ol", { "aria-labelledby": id });
    const cards = column.stops.map((stop) => this.card(stop, column));
    this.cards.push(cards);
    list.append(...cards.map((card) => el("li", {}, card)));
    if (!cards.length) list.append(el("li", { class: "gw-b-none" }, words.none));
    return el("section", { class: "gw-b-column", "data-shift": column.id, "data-over": column.over > 0 },
      title, ...column.facts.map((fact, n) =>
        el("p", { class: "gw-b-facts" }, fact, ...n || !over ? [] : [" ", over])), list);
  }

  card(stop, column) {
    const { data, words } = this;
    const tier = data.tiers[stop.tier];
    const says = [`${stop.place}. ${stop.name}`, stop.time, tier?.label, stop.mode, ...stop.reasons,
      stop.late, stop.locked && words.locked].filter(Boolean);
    const card = el("div", { class: "gw-b-card", role: "group", tabIndex: -1, "data-building": stop.id,
      "aria-label": says.join(words.comma), "aria-keyshortcuts": data.mayEdit ? "M L Delete" : null });
    card.classList.toggle("gw-b-locked", stop.locked);
    card.append(
      el("div", { class: "gw-b-head" },
        data.mayEdit ? el("span", { class: "gw-b-grip", "aria-hidden": "true" }, "⠿") : null,
        el("b", {}, stop.place), el("span", { class: "gw-b-time" }, stop.time),
        this.name(stop)),
      el("div", { class: "gw-b-what" }, tier ? this.tier(tier) : null, el("span", {}, stop.mode),
        stop.late ? el("span", { class: "gw-b-late" }, stop.late) : null,
        ...stop.reasons.map((reason) => el("span", { class: "gw-b-reason" }, reason)),
        data.mayEdit ? this.buttons(stop, column) : null));
    return card;
  }

  name(stop) {
    const { data, words } = this;
    if (!data.building) return el("span", { class: "gw-b-name" }, stop.name);
    return el("a", { class: "gw-b-name", href: data.building + encodeURIComponent(stop.id),
      target: "_blank", rel: "noopener", tabIndex: -1, ondragstart: (event) => event.preventDefault(),
      "aria-label": `${stop.name}: ${words.building}` }, stop.name);
  }

  tier(tier) {
    return el("span", { class: "gw-b-tier" },
      el("i", { style: `background:${tier.fill};border-color:${tier.outline}` }), tier.label);
  }

  buttons(stop, column) {
    const { words } = this;
    const button = (name, text, act, more = {}) => el("button", { type: "button", tabIndex: -1,
      "data-act": name, "aria-label": `${text}: ${stop.name}`, onclick: act, ...more }, text);
    return el("div", { class: "gw-b-buttons" },
      button("move", words.move, () => this.ask(stop, column)),
      button("lock", stop.locked ? words.unlock : words.lock, () => this.lock(stop)),
      button("remove", words.remove, () => this.act({ kind: "remove", building: stop.id })));
  }

  // ---- focus ----------------------------------------------------------------------------------

  entered(target) {
    const card = target.closest?.(".gw-b-card");
    if (!card || card.dataset.building === this.current) return;
    this.current = card.dataset.building;
    this.markCurrent();
  }

  // One card at a time, with its buttons, is in the way of the Tab key; arrows choose which.
  markCurrent() {
    for (const card of this.cards.flat()) {
      const here = card.dataset.building === this.current;
      card.tabIndex = here ? 0 : -1;
      for (const each of card.querySelectorAll("a, button")) each.tabIndex = here ? 0 : -1;
    }
  }

  focusCard(building) {
    const card = this.cards.flat().find((each) => each.dataset.building === building);
    (card ?? this.columns).focus({ preventScroll: Boolean(card) });
    card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  onKey(event) {
    const card = event.target.closest(".gw-b-card");
    if (!card || event.ctrlKey || event.metaKey) return;
    const found = this.find(card.dataset.building);
    const arrow = ARROWS[event.key];
    let done = true;
    if (arrow && event.altKey) this.step(found, arrow);
    else if (arrow) this.go(found, arrow);
    else if (event.target !== card || !this.data.mayEdit || event.altKey) done = false;
    else if (event.key.toLowerCase() === "m") this.ask(found.stop, found.column);
    else if (event.key.toLowerCase() === "l") this.lock(found.stop);
    else if (event.key === "Delete") this.act({ kind: "remove", building: found.stop.id });
    else done = false;
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }

  find(building) {
    const x = this.data.columns.findIndex((column) => column.stops.some((stop) => stop.id === building));
    const column = this.data.columns[x];
    const y = column.stops.findIndex((stop) => stop.id === building);
    return { x, y, column, stop: column.stops[y] };
  }

  go({ x, y }, [right, down]) {
    let column = x + right;
    while (right && this.cards[column] && !this.cards[column].length) column += right;
    const cards = this.cards[column];
    const card = cards?.[Math.min(y, cards.length - 1) + down];
    if (card) this.focusCard(card.dataset.building);
  }

  // ---- changing -------------------------------------------------------------------------------

  step({ x, y, stop }, [right, down]) {
    const to = this.data.columns[x + right];
    const place = right ? null : y + 1 + down;
    if (!this.data.mayEdit || !to || (!right && (place < 1 || place > to.stops.length))) return;
    this.move(stop.id, to.id, place);
  }

  lock(stop) {
    this.act({ kind: "lock", building: stop.id, locked: !stop.locked });
  }

  move(building, to, place) {
    const { column, y } = this.find(building);
    if (column.id === to && place === y + 1) return;
    this.act({ kind: "move", building, to, place });
  }

  act(edit) {
    if (this.waiting || !this.data.mayEdit) return;
    this.waiting = true;
    this.current = edit.kind === "remove" ? this.beside(edit.building) : edit.building;
    this.status.textContent = this.words.working;
    this.status.classList.remove("gw-b-warn");
    this.columns.setAttribute("aria-busy", "true");
    this.send(edit);
  }

  beside(building) {
    const { column, y } = this.find(building);
    return (column.stops[y + 1] ?? column.stops[y - 1])?.id;
  }

  // ---- the question where to ------------------------------------------------------------------

  ask(stop, column) {
    const { words, data } = this;
    const [to, at] = [newId("to"), newId("at")];
    const shifts = el("select", { id: to }, ...data.targets.map((group) =>
      el("optgroup", { label: group.day }, ...group.shifts.map(([id, text]) =>
        el("option", { value: id, selected: id === column.id }, text)))));
    const places = el("select", { id: at }, el("option", { value: "" }, words.bestPlace),
      ...Array.from({ length: data.mostStops + 1 }, (_, n) =>
        el("option", { value: n + 1 }, fill(words.place, { n: n + 1 }))));
    const title = el("h3", { id: newId("ask") }, fill(words.moveTitle, { name: stop.name }));
    const close = () => { this.dialog.close(); this.focusCard(stop.id); };
    const form = el("form", { method: "dialog", onsubmit: (event) => {
      event.preventDefault();
      close();
      this.move(stop.id, shifts.value, places.value ? Number(places.value) : null);
    } }, title, el("label", { htmlFor: to }, words.toShift), shifts,
      el("label", { htmlFor: at }, words.atPlace), places,
      el("div", { class: "gw-b-buttons" },
        el("button", { type: "submit", class: "gw-b-main" }, words.move),
        el("button", { type: "button", onclick: close }, words.cancel)));
    this.dialog.setAttribute("aria-labelledby", title.id);
    this.dialog.replaceChildren(form);
    this.dialog.oncancel = (event) => { event.preventDefault(); close(); };
    this.dialog.showModal();
    shifts.focus();
  }
}

export const { show, remove } = component(".gw-board-slot", Board);
