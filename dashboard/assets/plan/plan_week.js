// A plan at a glance: a column for each day, a row for each team, a button for each shift. On a phone
// the days stand below each other. What is chosen is opened below by the server.

const part = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url));
const { component, el } = await part("../elements.js");
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

class Week {
  constructor(slot, data) {
    this.slot = slot;
    this.node = el("div", { class: "gw-w", role: "group" });
    this.node.addEventListener("keydown", (event) => this.onKey(event));
    slot.replaceChildren(this.node);
  }

  update(component) {
    this.send = (chosen) => component.setStateValue("chosen", chosen);
    const wanted = JSON.stringify(component.data);
    if (wanted === this.wanted) return;
    const held = this.node.contains(document.activeElement) && document.activeElement.dataset.choice;
    Object.assign(this, { wanted, data: component.data });
    this.build();
    if (held) this.node.querySelector(`[data-choice="${CSS.escape(held)}"]`)?.focus();
    this.slot.dataset.ready = "true";
  }

  build() {
    const { words, weeks } = this.data;
    this.node.setAttribute("aria-label", words.week);
    this.node.replaceChildren(...weeks.map((week) => this.week(week)));
  }

  week({ days, teams }) {
    const { words } = this.data;
    const grid = el("div", { class: "gw-w-grid", style: `--days:${days.length}` });
    teams.forEach((team, row) => {
      grid.append(el("div", { class: "gw-w-team", style: `grid-row:${row + 2}` },
        this.button(`team:${team.id}`, "gw-w-name", {}, team.name)));
    });
    days.forEach((day, column) => {
      const at = `grid-column:${column + 2}`;
      const closed = !day.teams.length;
      grid.append(el("div", { class: `gw-w-day${closed ? " gw-w-closed" : ""}`, style: `${at};grid-row:1` },
        closed ? el("span", { class: "gw-w-name" }, day.name)
          : this.button(`day:${day.id}`, "gw-w-name", {}, day.name),
        el("span", { class: "gw-w-sum" }, closed ? words.nobody : day.sums)));
      for (const { row, shifts } of day.teams) {
        grid.append(el("div", { class: "gw-w-cell", style: `${at};grid-row:${row + 2}` },
          ...shifts.map((shift) => this.shift(shift, teams[row]))));
      }
    });
    return grid;
  }

  shift(shift, team) {
    const says = [team.name, shift.when, ...shift.facts, shift.over, shift.where].filter(Boolean);
    return this.button(`shift:${shift.id}`, "gw-w-shift", {
      "data-shown": this.data.shown.includes(shift.id),
      "aria-label": says.join(this.data.words.comma), style: `--hue:${shift.hue}`,
      "data-over": Boolean(shift.over),
    },
    el("span", { class: "gw-w-of" }, team.name), el("b", {}, shift.when),
    ...shift.facts.map((fact) => el("span", {}, fact)),
    shift.over ? el("strong", { class: "gw-w-over" }, shift.over) : null,
    shift.where ? el("span", { class: "gw-w-where" }, shift.where) : null);
  }

  button(choice, name, more, ...children) {
    return el("button", { type: "button", class: name, "data-choice": choice,
      "aria-pressed": String(choice === this.data.chosen), onclick: () => this.send(choice), ...more },
    ...children);
  }

  // Arrows go to the nearest shift in their direction; Tab goes through all as usual.
  onKey(event) {
    const arrow = ARROWS[event.key];
    if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
    const here = event.target.getBoundingClientRect();
    const away = (other) => {
      const there = other.getBoundingClientRect();
      const [x, y] = [there.left - here.left, there.top - here.top];
      const [along, aside] = arrow[0] ? [x * arrow[0], Math.abs(y)] : [y * arrow[1], Math.abs(x)];
      return along > 4 ? along + 3 * aside : Infinity;
    };
    const others = [...this.node.querySelectorAll("button")].map((node) => [away(node), node]);
    const [distance, nearest] = others.reduce((best, each) => (each[0] < best[0] ? each : best));
    if (distance === Infinity) return;
    event.preventDefault();
    nearest.focus();
  }
}

export const { show, remove } = component(".gw-week-slot", Week);
