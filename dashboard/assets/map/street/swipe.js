// A line over the map: left of it an earlier day, right of it the day that is looked at.

import { el } from "../../elements.js";

const STEP = 0.04;
const EDGE = 0.03;

export class Swipe {
  constructor(map, moved) {
    this.map = map;
    this.moved = moved;
    this.share = null; // of the map's width; first in the middle of what no panel covers
    this.left = el("output", { class: "gw-swipe-day gw-swipe-before" });
    this.right = el("output", { class: "gw-swipe-day gw-swipe-after" });
    this.line = el("div", { class: "gw-swipe", role: "slider", tabIndex: 0, hidden: true,
      "aria-valuemin": 0, "aria-valuemax": 100, onkeydown: (event) => this.onKey(event),
      onpointerdown: (event) => this.line.setPointerCapture(event.pointerId),
      onpointermove: (event) => this.onDrag(event) }, this.left, this.right);
    map.frame.append(this.line);
    L.DomEvent.disableClickPropagation(this.line);
  }

  // Compare two days, or none.
  update(days, label) {
    this.line.hidden = !days;
    this.line.setAttribute("aria-label", label);
    if (!days) return;
    this.share ??= this.map.middleOfView();
    [this.left.textContent, this.right.textContent] = [`◀ ${days[0]}`, `${days[1]} ▶`];
    this.go(this.share);
  }

  get shown() {
    return !this.line.hidden;
  }

  go(share) {
    this.share = Math.max(EDGE, Math.min(1 - EDGE, share));
    this.line.style.left = `${this.share * 100}%`;
    this.line.setAttribute("aria-valuenow", Math.round(this.share * 100));
    this.moved();
  }

  onDrag(event) {
    if (!this.line.hasPointerCapture(event.pointerId)) return;
    const { left, width } = this.map.frame.getBoundingClientRect();
    this.go((event.clientX - left) / width);
  }

  onKey(event) {
    const { share } = this;
    const to = { ArrowLeft: share - STEP, ArrowRight: share + STEP, Home: 0, End: 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.go(to);
  }

  isBefore(latlng) {
    const { x } = this.map.map.latLngToContainerPoint(latlng);
    return this.shown && x < this.share * this.map.map.getSize().x;
  }

  // Draw on either side of the line, each within its own half of the canvas.
  *paint({ ctx, dots, left, width, height }, before, after) {
    const { map } = this.map;
    const line = map.containerPointToLayerPoint([this.share * map.getSize().x, 0]).x;
    const at = map.getPixelOrigin().x + line - left;
    for (const [from, to, draw] of [[0, at, before], [at, width, after]]) {
      ctx.save();
      ctx.setTransform(dots, 0, 0, dots, 0, 0);
      ctx.beginPath();
      ctx.rect(from, 0, to - from, height);
      ctx.clip();
      yield* draw ?? [];
      ctx.restore();
    }
  }
}
