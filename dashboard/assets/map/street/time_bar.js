// The snapshots' days under the map: one can be looked at, all in turn, or two beside each other.

import { el } from "../../elements.js";

const STEP_MS = 1300;

export class TimeBar {
  constructor(slot, show, compare) {
    this.box = el("div", { class: "gw-time", hidden: true });
    this.show = show;
    this.compare = compare;
    slot.append(this.box);
  }

  update({ days, snapshot, words }) {
    this.stop();
    this.days = days;
    this.box.hidden = days.length < 2;
    if (this.box.hidden) return;
    this.button = el("button", { type: "button", onclick: () => (this.timer ? this.stop() : this.play()) });
    this.words = words;
    const at = Math.max(0, days.findIndex(([id]) => id === snapshot));
    this.range = el("input", { type: "range", min: 0, max: days.length - 1, step: 1,
      "aria-label": words.day, oninput: () => { this.stop(); this.go(Number(this.range.value)); } });
    this.range.value = at;
    this.label = el("output", {}, days[at][1]);
    this.before = el("select", { "aria-label": words.compare, title: words.compare,
      onchange: () => this.tellCompared() });
    this.box.replaceChildren(this.button, this.range, this.label, this.before);
    this.offerBefore(at);
    this.draw();
  }

  // Days earlier than the one that is looked at, the newest first.
  offerBefore(at) {
    const chosen = this.before.value;
    const earlier = this.days.slice(0, at).reverse();
    this.before.replaceChildren(el("option", { value: "" }, this.words.compare),
      ...earlier.map(([id, day]) => el("option", { value: id }, day)));
    this.before.value = earlier.some(([id]) => id === chosen) ? chosen : "";
    this.before.disabled = !earlier.length;
    this.tellCompared();
  }

  tellCompared() {
    const day = this.days.find(([id]) => id === this.before.value)?.[1];
    this.compare(this.before.value || null, day && [day, this.label.textContent]);
  }

  draw() {
    this.button.textContent = this.timer ? "❚❚" : "▶";
    const title = this.timer ? this.words.pause : this.words.play;
    this.button.title = title;
    this.button.setAttribute("aria-label", title);
  }

  go(at) {
    this.range.value = at;
    this.label.textContent = this.days[at][1];
    this.show(this.days[at][0]);
    this.offerBefore(at);
  }

  play() {
    let at = Number(this.range.value);
    at = at === this.days.length - 1 ? 0 : at + 1;
    this.timer = setInterval(() => {
      at += 1;
      if (at >= this.days.length || !this.box.isConnected) return this.stop();
      this.go(at);
    }, STEP_MS);
    this.go(at);
    this.draw();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    if (this.button) this.draw();
  }
}
