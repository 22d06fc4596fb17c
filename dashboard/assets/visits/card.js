// One building: what it is, what to look for, and what was recorded there just now. A card is built
// once and painted again, so that focus stays where it was.

export async function load(part) {
  const { el, fill } = await part("../elements.js");
  const { dayText, timeText } = await part("elements.js");
  const { Form, Batch } = await (await part("form.js")).load(part);

  return class Card {
    constructor(page, building) {
      Object.assign(this, { page, words: page.words, lines: new Map() });
      this.id = building.id;
      this.head = el("div", { class: "gw-v-head" });
      this.place = el("p", { class: "gw-v-place" });
      this.facts = el("p", { class: "gw-v-facts" });
      this.entries = el("ul", { class: "gw-v-entries" });
      this.panel = el("div");
      this.past = el("button", { type: "button", class: "gw-v-plain", "aria-expanded": "false",
        onclick: () => this.showHistory() }, this.words.history);
      this.history = el("div", { class: "gw-v-history", hidden: true });
      this.node = el("li", { class: "gw-v-card", "data-building": building.id },
        this.head, this.place, this.facts, this.entries);
      if (page.mayRecord) this.addButtons();
      this.node.append(this.panel);
      if (page.data.mayHistory) this.node.append(this.history);
      this.show(building);
    }

    addButtons() {
      const { words } = this;
      this.nothing = el("button", { type: "button", class: "gw-v-primary gw-v-nothing",
        onclick: () => this.record([{ result: "未发现异常" }]) }, words.nothingFound);
      this.other = el("button", { type: "button", onclick: () => this.openForm(null) }, words.somethingElse);
      this.again = el("button", { type: "button", class: "gw-v-plain",
        onclick: () => this.openAgain() }, words.recordAnother);
      this.several = el("button", { type: "button", class: "gw-v-plain",
        onclick: () => this.openBatch() }, words.batch);
      this.buttons = el("div", { class: "gw-v-buttons" }, this.nothing, this.other);
      this.node.append(this.buttons, this.again);
    }

    // ---- painting -----------------------------------------------------------------------------

    show(building) {
      this.building = building;
      const { words, page } = this;
      this.head.replaceChildren(
        building.today ? el("span", { class: "gw-v-order", "aria-hidden": "true" }, building.order) : "",
        el("h3", {}, this.name()), page.data.mayHistory ? this.past : "");
      const says = building.address.endsWith(building.name); // then the name is the address
      this.place.textContent = [building.arrive && fill(words.arriveAt, { time: building.arrive }),
        building.mode, !says && building.address, building.today && building.walkM != null
        && fill(words.walk, { m: building.walkM })].filter(Boolean).join(" · ");
      this.place.hidden = !this.place.textContent;
      for (const [button, text] of [[this.nothing, words.nothingFound], [this.past, words.history],
        [this.other, words.somethingElse], [this.again, words.recordAnother]]) {
        button?.setAttribute("aria-label", `${text}: ${building.name}`);
      }
      this.paint();
    }

    name() {
      const { name, page } = this.building;
      if (!page || !navigator.onLine) return name;
      return el("a", { href: page, target: "_blank", rel: "noopener",
        "aria-label": `${name}: ${this.words.buildingPage}` }, name);
    }

    // What most of today's cards would repeat stands once above them.
    paintFacts() {
      const { words, page, building } = this;
      const named = (code) => page.data.names[code] ?? code;
      const look = building.look.join(words.comma);
      const last = building.lastResult
        ? `${dayText(building.lastAt, page.language)} ${named(building.lastResult)}`
        : page.data.mayHistory && words.never;
      const facts = [
        building.ended,
        look !== page.usualLook && look && `${words.lookFor}${words.colon}${look}`,
        last && `${words.lastVisit}${words.colon}${last}`,
        building.nextStep && `${words.nextStep}${words.colon}${named(building.nextStep)} ${
          timeText(building.retryAt, page.language)}`,
        !this.isSeen && building.daysLate > 0 && fill(words.late, { n: building.daysLate }),
      ];
      this.facts.textContent = facts.filter(Boolean).join(" · ");
      this.facts.hidden = !this.facts.textContent;
    }

    recorded() {
      return this.page.queue.entries().filter((entry) => entry.building === this.id);
    }

    get isSeen() {
      return this.building.done || this.recorded().some((e) => e.kind === "visit" && !e.undo
        && ["waiting", "saved"].includes(e.state));
    }

    paint() {
      this.paintFacts();
      if (this.page.mayRecord) {
        this.paintEntries();
        const seen = this.isSeen || this.lines.size > 0;
        this.buttons.hidden = Boolean(this.form) || (seen && !this.reopened);
        this.again.hidden = !seen || this.reopened || Boolean(this.form);
      }
      this.node.classList.toggle("gw-v-done", this.isSeen);
    }

    paintEntries() {
      const entries = this.recorded();
      const there = new Set(entries.map((entry) => entry.key));
      for (const [key, line] of this.lines) {
        if (!there.has(key)) {
          line.node.remove();
          this.lines.delete(key);
        }
      }
      for (const entry of entries) {
        if (!this.lines.has(entry.key)) {
          const line = this.newLine(entry);
          this.lines.set(entry.key, line);
          this.entries.append(line.node);
        }
        this.lines.get(entry.key).paint(entry);
      }
      this.entries.hidden = !this.lines.size;
    }

    newLine({ key }) {
      const { words, page } = this;
      const text = el("span", { class: "gw-v-state" });
      const undo = el("button", { type: "button", onclick: () => this.undo(key) }, words.undo);
      const change = el("button", { type: "button", onclick: () => this.change(key) }, words.change);
      const drop = el("button", { type: "button", onclick: () => { page.queue.discard(key); this.focusFirst(); } },
        words.discard);
      const node = el("li", {}, text, undo, change, drop);
      const paint = (entry) => {
        const state = entry.undo ? "undoing" : page.queue.stateOf(entry);
        const refused = state === "refused";
        node.dataset.state = state;
        text.textContent = this.entryText(entry, state);
        undo.hidden = refused || state === "undoing"
          || (state === "saved" && Date.now() > entry.undoUntil);
        undo.setAttribute("aria-label", `${words.undo}: ${this.building.name} ${entry.unit ?? ""}`.trim());
        change.hidden = drop.hidden = !refused;
      };
      return { node, undo, paint };
    }

    entryText(entry, state) {
      const { words, page } = this;
      const what = [entry.unit, page.data.names[entry.result] ?? entry.result].filter(Boolean).join(" ");
      const step = state === "saved" && entry.nextStep && entry.nextStep !== "none"
        ? ` → ${page.data.names[entry.nextStep] ?? entry.nextStep} ${timeText(entry.retryAt, page.language)}`
        : "";
      const why = (entry.problems ?? []).map((problem) => problem.message).join(" ");
      const photo = state === "saved" && entry.photos.length ? ` ${words.photoWaits}` : "";
      return `${words.states[state]} · ${what}${step}${photo}${why ? ` · ${why}` : ""}`;
    }

    // ---- recording ----------------------------------------------------------------------------

    record(visits) {
      this.closePanel({ focus: false });
      this.reopened = false;
      this.page.kept.dropDraft();
      const [first] = this.page.queue.add(visits.map((visit) => ({ ...visit, building: this.id })));
      this.page.paint();
      this.lines.get(first.key)?.undo.focus({ preventScroll: true });
      this.node.scrollIntoView({ block: "nearest" }); // the form that closed may have been long
    }

    undo(key) {
      this.page.queue.undo(key);
      this.page.paint();
      this.focusFirst();
    }

    change(key) {
      const entry = this.page.queue.get(key);
      this.page.queue.discardKeepingPhotos(key);
      this.reopened = true;
      this.openForm(entry);
    }

    focusFirst() {
      const left = [...this.lines.values()].map((line) => line.undo).find((button) => !button.hidden);
      const target = this.buttons?.hidden ? left ?? this.again : this.nothing;
      target?.focus({ preventScroll: true });
    }

    openAgain() {
      this.reopened = true;
      this.paint();
      this.nothing.focus({ preventScroll: true });
    }

    openForm(draft) {
      this.page.closeOthers(this);
      this.form = new Form({ page: this.page, building: this.building, draft,
        onsave: (visits) => this.record(visits), onclose: () => this.closePanel({ drop: true }) });
      this.panel.replaceChildren(this.form.node, this.several);
      this.paint();
      const first = this.form.result.buttons.values().next().value;
      (draft ? this.form.save : first).focus({ preventScroll: true });
      this.node.scrollIntoView({ block: "nearest" });
    }

    async openBatch() {
      this.page.closeOthers(this);
      const known = await this.page.fetchBuilding(this.id).catch(() => ({ units: [] }));
      this.form = new Batch({ page: this.page, building: this.building, units: known.units,
        onsave: (visits) => this.record(visits), onclose: () => this.closePanel() });
      this.panel.replaceChildren(this.form.node);
      this.paint();
      this.form.from.focus({ preventScroll: true });
    }

    closePanel({ focus = true, drop = false } = {}) {
      if (!this.form) return;
      this.reopened = false;
      if (drop) this.page.kept.dropDraft();
      this.form = null;
      this.panel.replaceChildren();
      this.paint();
      if (focus) (this.buttons.hidden ? this.again : this.other).focus({ preventScroll: true });
    }

    // ---- history ------------------------------------------------------------------------------

    async showHistory() {
      this.history.hidden = !this.history.hidden;
      this.past.setAttribute("aria-expanded", String(!this.history.hidden));
      if (this.history.hidden) return;
      this.history.replaceChildren(el("p", { role: "status" }, this.words.loading));
      try {
        const { visits } = await this.page.fetchBuilding(this.id);
        this.history.replaceChildren(visits.length
          ? el("ul", {}, ...visits.map((visit) => this.pastVisit(visit)))
          : el("p", {}, this.words.never));
      } catch {
        this.history.replaceChildren(el("p", {}, this.words.notNow));
      }
    }

    pastVisit(visit) {
      const { words, page } = this;
      const parts = [timeText(visit.at, page.language), visit.unit,
        page.data.names[visit.result] ?? visit.result, visit.kind,
        visit.signs.map((sign) => page.data.names[sign] ?? sign).join(words.comma),
        visit.pupils != null && `${words.pupils} ${visit.pupils}`,
        visit.teachers != null && `${words.teachers} ${visit.teachers}`, visit.note];
      const undo = visit.visitId && page.mayRecord && el("button", { type: "button", onclick: () => {
        page.queue.undoVisit(visit.visitId, this.id, visit.result);
        this.showHistory();
        this.past.focus();
      } }, words.undo);
      return el("li", {}, parts.filter(Boolean).join(" · "),
        ...visit.photos.map((sha, n) => this.thumbnail(sha, `${words.photo} ${n + 1}`)), undo || null);
    }

    thumbnail(sha, alt) {
      const href = `${this.page.data.photo}${encodeURIComponent(sha)}`;
      return el("a", { href, target: "_blank", rel: "noopener" },
        el("img", { class: "gw-v-thumbnail", src: href, alt, loading: "lazy" }));
    }
  };
}
