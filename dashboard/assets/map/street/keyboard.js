// Units by keyboard: arrows walk from one to the next, Enter opens, Home goes to the highest.

import { el } from "../../elements.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const PAN_PX = 120;

export class Keyboard {
  constructor(street) {
    this.street = street;
    this.live = el("div", { class: "gw-map-live", "aria-live": "polite" });
    street.slot.append(this.live);
    street.frame.addEventListener("keydown", (event) => this.onKey(event));
    street.frame.addEventListener("blur", () => this.point(null));
  }

  onKey(event) {
    const { frame, map } = this.street;
    if (event.target !== frame || event.ctrlKey || event.metaKey || event.altKey) return;
    const [dx, dy] = STEPS[event.key] ?? [];
    if (dx !== undefined && event.shiftKey) map.panBy([dx * PAN_PX, dy * PAN_PX], { animate: false });
    else if (dx !== undefined) this.step(dx, dy);
    else if (event.key === "Enter" || event.key === " ") this.open();
    else if (event.key === "+" || event.key === "=") map.zoomIn(1);
    else if (event.key === "-") map.zoomOut(1);
    else if (event.key === "Home") this.point(this.highest());
    else if (event.key === "Escape") this.point(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // What arrow keys walk through: the buildings in view, else the cells.
  *seen() {
    const { buildings, hexes, heat } = this.street.layers;
    const layer = buildings?.count ? buildings : (hexes ?? heat);
    const [west, north, east, south] = this.street.canvas.view().box;
    for (const unit of layer?.all() ?? []) {
      if (unit.x > west && unit.x < east && unit.y > north && unit.y < south) yield unit;
    }
  }

  highest() {
    let best = null;
    for (const unit of this.seen()) if (!best || unit.rank < best.rank) best = unit;
    return best;
  }

  step(dx, dy) {
    const from = this.pointed;
    if (!from) return this.point(this.street.find(this.street.data.selected) ?? this.highest());
    let best = null, least = Infinity;
    for (const unit of this.seen()) {
      const x = unit.x - from.x, y = unit.y - from.y;
      const along = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (along <= 1e-9 || aside > along * 1.8 || unit.id === from.id) continue;
      if (along + aside * 2 < least) [best, least] = [unit, along + aside * 2];
    }
    if (best) this.point(best);
  }

  point(unit) {
    const { map, tooltip } = this.street;
    this.pointed = unit;
    if (!unit) return map.closeTooltip(tooltip);
    const world = 256 * 2 ** map.getZoom();
    const place = map.unproject(L.point(unit.x * world, unit.y * world));
    if (!map.getBounds().pad(-0.05).contains(place)) map.panTo(place, { animate: false });
    const told = this.street.describe(unit);
    this.street.tell(place, ...told);
    this.live.textContent = told.join(", ");
  }

  open() {
    if (this.pointed) this.street.choose(this.pointed.id, this.pointed.layer);
  }
}
