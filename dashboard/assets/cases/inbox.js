// The inbox: a page of cases that is walked by keyboard, ticked and opened. What is opened or ticked
// goes to the server; what is opened is shown beside the list.

const part = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url));
const { component, el, fill } = await part("../elements.js");
const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
const TYPES = "input:not([type=checkbox]), textarea, select, [contenteditable], [role=combobox], [role=menu], [role=dialog]";

class Inbox {
  constructor(slot, data) {
    this.slot = slot;
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.chosen = new Set();
  }

  remove() {
    document.removeEventListener("keydown", this.onKey);
  }

  update(component) {
    this.send = (name, value) => component.setTriggerValue(name, value);
    const { ticked, ...shown } = component.data;
    const wanted = JSON.stringify(shown);
    if (wanted === this.wanted) return;
    const turned = component.data.turn !== this.data?.turn;
    const held = this.slot.contains(document.activeElement) && document.activeElement.dataset.case;
    Object.assign(this, { wanted, data: component.data });
    const here = new Set(this.data.rows.map((row) => row.id));
    this.chosen = new Set((turned ? ticked : [...this.chosen]).filter((id) => here.has(id)));
    const at = turned ? 0 : this.slot.querySelector("ol")?.scrollTop ?? 0;
    this.build();
    this.slot.querySelector("ol").scrollTop = at;
    if (held) this.button(held)?.focus({ preventScroll: true });
    else if (turned) this.slot.querySelector("li[data-open]")?.scrollIntoView({ block: "nearest" });
    this.slot.dataset.ready = this.data.turn;
  }

  build() {
    const { words, rows, label } = this.data;
    this.live = el("p", { class: "gw-inbox-live", "aria-live": "polite" });
    this.slot.replaceChildren(
      this.data.many ? this.head() : "",
      el("ol", { class: "gw-inbox", "aria-label": label }, ...rows.map((row) => this.row(row))),
      this.live,
      el("p", { class: "gw-inbox-keys" }, this.data.many ? words.keysMany : words.keys));
    this.count(false);
  }

  head() {
    const { words, rows } = this.data;
    this.all = el("input", { type: "checkbox", onchange: () => {
      this.chosen = new Set(this.all.checked ? rows.map((row) => row.id) : []);
      for (const box of this.slot.querySelectorAll("li input")) box.checked = this.all.checked;
      this.count(true);
    } });
    this.counted = el("span", {});
    return el("div", { class: "gw-inbox-all" }, el("label", {}, this.all, words.all), this.counted);
  }

  row(row) {
    const { words, open, many } = this.data;
    const box = el("input", { type: "checkbox", "aria-label": fill(words.tick, { case: row.id }),
      checked: this.chosen.has(row.id), onchange: () => this.tick(row.id, box.checked) });
    const facts = [row.stage, row.channel, row.nature].filter(Boolean);
    return el("li", { "data-tone": row.tone, "data-open": row.id === open },
      many ? el("label", { class: "gw-inbox-tick" }, box) : null,
      el("button", { type: "button", "data-case": row.id, "aria-current": row.id === open ? "true" : null,
        onclick: () => this.send("opened", { case: row.id }) },
      el("span", { class: "gw-inbox-top" }, el("b", {}, row.id),
        ...row.chips.map(({ text, tone }) => el("span", { class: "gw-card", "data-tone": tone }, text))),
      el("span", { class: "gw-inbox-title gw-written" }, row.title),
      el("span", { class: "gw-inbox-facts" }, facts.join(" · ")),
      el("span", { class: "gw-inbox-facts" }, [row.place, row.holder].filter(Boolean).join(" · "))));
  }

  button(id) {
    return this.slot.querySelector(`button[data-case="${CSS.escape(id)}"]`);
  }

  tick(id, ticked) {
    if (ticked) this.chosen.add(id);
    else this.chosen.delete(id);
    this.count(true);
  }

  count(tell) {
    if (!this.data.many) return;
    const { words, rows } = this.data;
    const n = this.chosen.size;
    this.all.checked = n > 0 && n === rows.length;
    this.all.indeterminate = n > 0 && n < rows.length;
    this.counted.textContent = n ? fill(words.ticked, { n }) : "";
    if (!tell) return;
    this.live.textContent = fill(words.ticked, { n });
    this.send("ticked", { cases: [...this.chosen], turn: this.data.turn });
  }

  // j and k go down and up from anywhere on the page where nothing is typed; so do the arrows, but
  // in the list alone, for elsewhere they scroll. Enter opens, x ticks.
  key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.slot.isConnected) return;
    const at = document.activeElement;
    const inside = this.slot.contains(at);
    if (!inside && at?.closest(TYPES)) return;
    const step = STEPS[event.key];
    if (step && (inside || event.key.length === 1)) {
      event.preventDefault();
      this.walk(step, inside);
    } else if (event.key === "x" && inside && this.data.many) {
      at.closest("li")?.querySelector("input")?.click();
    }
  }

  walk(step, inside) {
    const buttons = [...this.slot.querySelectorAll("button[data-case]")];
    const from = inside ? document.activeElement.closest("li")?.querySelector("button")
      : this.slot.querySelector("[aria-current]");
    const place = buttons.indexOf(from) + (from ? step : 0);
    buttons[Math.min(Math.max(place, 0), buttons.length - 1)]?.focus();
  }
}

export const { show, remove } = component(".gw-inbox-slot", Inbox);
