// The route of one's team: today's stops as cards to record on, the following days to read and print.

export async function load(part) {
  const { el, fill } = await part("../elements.js");
  const { mapPart } = await part("elements.js");

  return class Route {
    constructor(page) {
      Object.assign(this, { page, words: page.words, sections: new Map() });
      this.today = el("div");
      this.later = el("details", { class: "gw-v-part", hidden: true },
        el("summary", {}, this.words.laterDays), el("div"));
      this.node = el("div", { class: "gw-v-routes" }, this.today, this.later);
    }

    async fetch() {
      const { data, language } = this.page;
      try {
        return (await this.page.fetchJson(`${data.patrol}?lang=${language}`)).shifts;
      } catch {
        return null; // what is on the screen stays; the list itself says what went wrong
      }
    }

    // Puts today's stops on their lists; returns which buildings they are, with what is known of them.
    place(shifts, known) {
      const placed = new Set();
      for (const shift of shifts.filter((each) => each.today)) {
        const list = this.section(shift);
        for (const stop of shift.stops) {
          placed.add(stop.id);
          const own = known.get(stop.id) ?? this.page.cards.get(stop.id)?.building
            ?? { daysLate: 0 };
          this.page.putCard({ ...own, ...stop, today: true, order: stop.place, walkM: null,
            done: Boolean(own.done) || stop.done }, list);
        }
      }
      const later = shifts.filter((shift) => !shift.today);
      this.later.hidden = !later.length;
      this.later.lastElementChild.replaceChildren(...later.flatMap((shift) => this.readOnly(shift)));
      return placed;
    }

    section(shift) {
      if (!this.sections.has(shift.id)) {
        const list = el("ol", { class: "gw-v-cards" });
        this.sections.set(shift.id, list);
        this.today.append(el("section", {}, el("h2", {}, `${this.words.route} · ${shift.title}`),
          this.companions(shift), this.tools(shift), list));
      }
      return this.sections.get(shift.id);
    }

    companions(shift) {
      const names = shift.departments.join(this.words.comma);
      return names ? el("p", { class: "gw-v-place" }, fill(this.words.together, { departments: names })) : null;
    }

    tools(shift) {
      const { words, page } = this;
      const query = new URLSearchParams({ shift: shift.id, lang: page.language });
      const link = (path, text) => el("a", { href: `${page.data.patrol}/${path}?${query}`,
        target: "_blank", rel: "noopener" }, text);
      return el("div", {}, el("p", { class: "gw-v-links" }, link("sheet", words.routePaper), " ",
        link("sheet.xlsx", words.routeExcel)),
        mapPart(`${page.data.patrol}/map?${query}`, words.routeMap));
    }

    readOnly(shift) {
      const { words } = this;
      const line = (stop) => el("li", {}, [stop.arrive, stop.name, stop.address, stop.mode,
        stop.look.join(words.comma)].filter(Boolean).join(" · "));
      return [el("h2", {}, shift.title), this.companions(shift), this.tools(shift),
        el("ol", { class: "gw-v-lines" }, ...shift.stops.map(line))].filter(Boolean);
    }

    get lists() {
      return [...this.sections.values()];
    }
  };
}
