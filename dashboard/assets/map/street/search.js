// The box in which a place is looked for: communities, estates, buildings.

import { el, newId } from "../../elements.js";

const PAUSE_MS = 220;

export class Search {
  constructor(box, choose) {
    this.box = box;
    this.choose = choose;
  }

  update(words, address) {
    this.address = address;
    this.words = words;
    const list = newId("found");
    this.field = el("input", { type: "search", placeholder: words.search, "aria-label": words.search,
      role: "combobox", "aria-expanded": "false", "aria-controls": list, autocomplete: "off",
      oninput: () => this.ask(), onkeydown: (event) => this.onKey(event) });
    this.list = el("ul", { id: list, role: "listbox", "aria-label": words.search, hidden: true });
    this.box.replaceChildren(this.field, this.list);
  }

  ask() {
    clearTimeout(this.waiting);
    const text = this.field.value.trim();
    if (!text) return this.draw([]);
    this.waiting = setTimeout(async () => {
      const answer = await fetch(this.address + encodeURIComponent(text), { credentials: "same-origin" });
      if (!answer.ok || this.field.value.trim() !== text) return;
      this.draw((await answer.json()).found, true);
    }, PAUSE_MS);
  }

  draw(found, asked = false) {
    this.found = found;
    this.at = -1;
    const rows = found.map((each, at) =>
      el("li", { role: "option", "aria-selected": "false", onclick: () => this.take(at) },
        el("b", {}, each.name || each.unit), el("span", {}, each.place)));
    if (asked && !rows.length) rows.push(el("li", { class: "gw-nothing" }, this.words.nothing));
    this.list.replaceChildren(...rows);
    this.list.hidden = !rows.length;
    this.field.setAttribute("aria-expanded", String(rows.length > 0));
  }

  onKey(event) {
    event.stopPropagation();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.found?.length) {
      this.at = (this.at + step + this.found.length) % this.found.length;
      [...this.list.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === this.at)));
      event.preventDefault();
    } else if (event.key === "Enter" && this.found?.length) this.take(Math.max(0, this.at));
    else if (event.key === "Escape") this.draw([]);
  }

  take(at) {
    const chosen = this.found[at];
    this.draw([]);
    this.field.value = chosen.name;
    this.choose(chosen);
  }
}
