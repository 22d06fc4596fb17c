// The street map in the browser: tiles of buildings and cells over the ground, on one canvas; tells
// Streamlit which unit was picked. Loaded once; show() runs on every rerun of the script.

import { el } from "../elements.js";
import { fillInWorld, outlinesOf } from "./ground.js";
import { MapFrame, mounting } from "./map_frame.js";
import { OverLayers } from "./over_layers.js";
import { Search } from "./search.js";
import { THEMES } from "./theme.js";
import { TimeBar } from "./time_bar.js";
import { fetchOnce } from "./tiles.js";
import { heatAt, outline, patternTile, UnitLayer } from "./units.js";

const HEAT_SHARES = [0.95, 0.62, 0.3, 0];
const NUMBERS_FROM = 17.25;
const REACH_PX = 3;

class StreetMap extends MapFrame {
  constructor(slot, data) {
    super(slot, data, { role: "application", keyboard: false }); // arrows move between units, see onKey
    this.live = el("div", { class: "gw-map-live", "aria-live": "polite" });
    this.message = el("div", { class: "gw-map-message", role: "status" });
    slot.append(this.live, this.message);
    this.layers = {};
    this.pins = L.layerGroup().addTo(this.map);
    this.legend = this.control("bottomleft", "gw-legend");
    this.search = new Search(this.control("topleft", "gw-search"), (found) => this.goTo(found));
    this.over = new OverLayers(this);
    this.time = new TimeBar(slot, (snapshot) => { this.snapshot = snapshot; this.refresh(); });
    this.frame.addEventListener("keydown", (event) => this.onKey(event));
    this.frame.addEventListener("blur", () => this.point(null));
    this.map.on("mousemove", (event) => this.onMove(event));
    this.map.on("mouseout", () => this.map.closeTooltip(this.tooltip));
    this.map.on("click", (event) => this.onClick(event));
    this.started = performance.now();
    this.keepBelowHead();
  }

  // Title and figures lie over the map: buttons stand below them, however many lines they take.
  keepBelowHead() {
    const head = document.querySelector(".st-key-map_head");
    if (!head) return;
    this.heads = new ResizeObserver(() => {
      const below = head.getBoundingClientRect().bottom - this.frame.getBoundingClientRect().top;
      this.slot.style.setProperty("--gw-head", `${Math.max(0, Math.round(below))}px`);
    });
    this.heads.observe(head);
  }

  remove() {
    this.heads?.disconnect();
    this.time.stop();
    super.remove();
  }

  update(component) {
    this.pick = (unit, layer) => component.setTriggerValue("picked", { unit, layer });
    const before = this.data ?? {};
    const data = (this.data = component.data);
    const changed = (...names) => names.some((n) => JSON.stringify(before[n]) !== JSON.stringify(data[n]));
    this.words = data.words;
    if (changed("words", "styles", "theme", "counts")) this.drawWords();
    if (changed("snapshot")) this.snapshot = data.snapshot; // before anything moves and loads
    if (changed("bounds")) this.whole();
    if (changed("days", "snapshot", "words")) this.time.update(data);
    if (changed("over", "words")) this.over.update(data);
    if (changed("pins")) this.drawPins();
    if (changed("focus") && data.focus) this.show(data.focus);
    if (changed("snapshot", "filters", "cells", "grids", "buildings", "styles", "ranked")) {
      this.say(this.words.loading);
      this.loadGrids();
    }
    this.refresh();
  }

  drawWords() {
    const { words } = this.data;
    this.theme = THEMES[this.data.theme] ?? THEMES.light;
    this.slot.classList.toggle("gw-dark", this.data.theme === "dark");
    this.frame.setAttribute("aria-label", words.map);
    this.drawLegend();
    this.drawButtons(words, () => this.whole(),
      this.button("◐", words.dark, () => this.darken()));
    this.search.update(words, this.data.find);
  }

  darken() {
    this.data.theme = this.theme === THEMES.dark ? "light" : "dark";
    this.drawWords();
    this.canvas.paint();
  }

  // ---- what is seen -------------------------------------------------------------------------

  // Panels lie over the map: what is to be seen is kept clear of them.
  padding() {
    const frame = this.frame.getBoundingClientRect();
    const panel = document.querySelector(".st-key-map_panel")?.getBoundingClientRect();
    const beside = panel && panel.left > frame.left + 200 && panel.top < frame.bottom - 40;
    const right = beside ? Math.max(0, frame.right - panel.left) : 0;
    const wide = frame.width > 700;
    return { paddingTopLeft: [wide ? 30 : 8, wide ? 84 : 62],
      paddingBottomRight: [right + (wide ? 24 : 8), wide ? 64 : 52], animate: false };
  }

  whole() {
    const [west, south, east, north] = this.data.bounds ?? [];
    if (west === undefined) return this.say(this.words.empty);
    this.map.fitBounds([[south, west], [north, east]], this.padding());
  }

  show({ box: [west, south, east, north] }) {
    this.map.fitBounds([[south, west], [north, east]], { ...this.padding(), maxZoom: 17.5 });
  }

  goTo({ unit, lon, lat }) {
    const isBuilding = unit.includes("B") || unit.length > 15;
    this.map.setView([lat, lon], isBuilding ? 17.5 : unit ? 15 : 16.5, { animate: false });
    if (unit && isBuilding) this.choose(unit, "building");
  }

  // ---- what is drawn ------------------------------------------------------------------------

  address(layer, { z, x, y }) {
    const filters = this.data.filters ? `?${this.data.filters}` : "";
    return `${this.data.tiles_of.replace("{snapshot}", this.snapshot)}${layer}/${z}/${x}/${y}${filters}`;
  }

  // What the list ranks is what the map draws, at every width.
  hexes() {
    if (this.data.ranked.startsWith("cell:")) return this.data.ranked;
    return this.data.cells && this.data.cells !== "auto" ? this.data.cells : null;
  }

  heat() {
    if (this.data.cells !== "auto" || this.hexes()) return null;
    return heatAt(this.map.getZoom());
  }

  wanted(view) {
    if (!this.data) return [];
    const names = { heat: this.heat(), hexes: this.hexes(),
      buildings: this.data.buildings ? "building" : null };
    return Object.entries(names).map(async ([role, name]) => {
      if (!name) return () => { this.layers[role] = null; };
      const layer = this.layers[role]?.name === name ? this.layers[role] : new UnitLayer(name);
      const place = await layer.load(view, (each, at) => this.address(each, at));
      return () => {
        place();
        this.layers[role] = layer;
      };
    });
  }

  async loadGrids() {
    this.grids = null;
    if (!this.data.grids && this.data.ranked !== "grid") return;
    const filters = this.data.filters ? `?${this.data.filters}` : "";
    const decode = (packed) => outlinesOf(packed, packed.scale, packed.tiers);
    const grids = await fetchOnce(`${this.data.layers_of}grid${filters}`, decode).catch(() => null);
    if (this.removed) return;
    this.grids = grids;
    this.canvas.paint();
  }

  paintUnder(view) {
    const { heat } = this.layers;
    if (!heat || !this.data) return;
    const colours = this.data.styles.map((style, tier) => [style.fill, HEAT_SHARES[tier]]);
    heat.paintHeat(view, colours, this.theme.heat);
  }

  paintOver(view) {
    if (!this.data) return;
    this.layers.hexes?.paint(view, (tier) => this.cellStyle(tier));
    if (this.data.ranked === "grid") this.paintRankedGrids(view);
    this.ground.paintGrids(view, this.theme, this.grids, this.data.ranked === "grid");
    this.layers.buildings?.paint(view, (tier) => this.buildingStyle(tier, view.zoom));
  }

  paintRankedGrids(view) {
    const { ctx } = view;
    for (const [tier, path] of this.grids?.groups ?? []) {
      const style = this.cellStyle(tier);
      if (style.fill) fillInWorld(view, path, style.fill, style.opacity);
    }
    ctx.globalAlpha = 1;
  }

  cellStyle(tier) {
    const style = this.data.styles[tier];
    const raised = style && tier < this.data.styles.length - 1;
    if (!raised) return { outline: this.theme.builtLine, width: 0.6, opacity: 0.6 };
    return { fill: style.fill, outline: style.outline, width: style.width_px, pattern: style.pattern,
      opacity: 0.62 };
  }

  // Low risk has no colour: such a building is a part of the ground.
  buildingStyle(tier, zoom) {
    const style = this.data.styles[tier];
    if (!style || tier === this.data.styles.length - 1) {
      return { fill: this.theme.built, outline: this.theme.builtLine, width: zoom < 14 ? 0 : 0.8 };
    }
    const near = zoom >= 15;
    return { fill: style.fill, outline: style.outline, pattern: near ? style.pattern : null,
      width: zoom < 13.5 ? 2.4 - tier * 0.7 : style.width_px + 0.2,
      glow: tier < 2 ? this.theme.glow : 0 };
  }

  paintMarks(view, labels) {
    this.over.paint(view, labels);
    const chosen = this.data?.selected && this.find(this.data.selected);
    if (chosen) outline(view, chosen, this.theme);
    for (const { lon, lat } of this.data?.pins ?? []) {
      const offset = this.map.latLngToLayerPoint([lat, lon]).subtract(this.canvas._bounds.min);
      labels.reserve(offset.x, offset.y - 16, 28, 34);
    }
  }

  paintLast(view, labels) {
    if (view.zoom < NUMBERS_FROM || !this.layers.buildings) return;
    for (const unit of this.layers.buildings.all()) {
      labels.put(this.ground.shortened(unit.name), unit.x * view.world - view.left, unit.y * view.world - view.top,
        { size: 11, weight: 400 });
    }
  }

  painted() {
    const { heat, hexes, buildings } = this.layers;
    const cells = hexes ?? heat;
    const count = (buildings?.count ?? 0) + (cells?.count ?? 0);
    this.say(count || !this.data?.bounds ? "" : this.words.empty);
    if (!this.data) return;
    Object.assign(this.slot.dataset, {
      shapes: count, cells: cells ? `${cells.name}/${cells.count}` : "",
      paintedMs: this.slot.dataset.paintedMs ?? Math.round(performance.now() - this.started),
      ready: String(Number(this.slot.dataset.ready ?? 0) + 1),
    });
  }

  failed() {
    this.say(this.words?.failed ?? "");
  }

  // The list's first ten, with their numbers.
  drawPins() {
    this.pins.clearLayers();
    for (const { number, unit, layer, name, lon, lat, tier } of this.data.pins) {
      const style = this.data.styles[tier] ?? this.data.unscored;
      const face = el("span", { class: "gw-pin" }, el("b", {}, String(number)));
      face.style.background = style.fill;
      face.style.borderColor = style.outline;
      face.style.color = style.on_fill;
      const icon = L.divIcon({ className: "gw-pin-box", html: face, iconSize: [26, 26], iconAnchor: [13, 32] });
      const pin = L.marker([lat, lon], { icon, keyboard: false, zIndexOffset: 1000 - number,
        alt: `${number} ${name}` });
      pin.on("click", () => this.choose(unit, layer));
      pin.on("mouseover", () => this.tell(L.latLng(lat, lon), `${number}. ${name}`, style.label));
      pin.on("mouseout", () => this.map.closeTooltip(this.tooltip));
      this.pins.addLayer(pin);
    }
  }

  // ---- choosing -----------------------------------------------------------------------------

  choose(id, name) {
    this.data = { ...this.data, selected: id };
    this.canvas.paint();
    this.pick(id, name);
  }

  find(id) {
    const { buildings, hexes, heat } = this.layers;
    return buildings?.find(id) ?? hexes?.find(id) ?? heat?.find(id) ?? null;
  }

  // The unit at a place: a building, else the cell.
  under(latlng) {
    const world = 256 * 2 ** this.map.getZoom();
    const { x, y } = this.map.project(latlng).divideBy(world);
    const { buildings, hexes, heat } = this.layers;
    return buildings?.at(x, y, REACH_PX / world) ?? hexes?.at(x, y, 0) ?? heat?.at(x, y, 0) ?? null;
  }

  onMove({ latlng }) {
    if (this.asked) return; // once a frame is often enough
    this.asked = requestAnimationFrame(() => {
      this.asked = null;
      if (this.removed || !this.data) return;
      const unit = this.under(latlng);
      this.frame.style.cursor = unit ? "pointer" : "";
      if (unit) this.tell(latlng, ...this.describe(unit));
      else this.map.closeTooltip(this.tooltip);
    });
  }

  onClick({ latlng }) {
    const unit = this.data && this.under(latlng);
    if (unit) this.choose(unit.id, unit.layer);
  }

  describe({ id, name, layer, tier, score, rank, buildings }) {
    const words = this.words, style = this.data.styles[tier] ?? this.data.unscored;
    const facts = [style.label];
    if (score != null) facts.push(`${words.score} ${score}`);
    if (rank != null) facts.push(`${words.rank} ${rank}`);
    if (buildings != null) facts.push(`${words.buildings} ${buildings}`);
    return [name || `${words[layer.split(":")[0]]} ${id}`, facts.join(" · ")];
  }

  // ---- keyboard -----------------------------------------------------------------------------

  onKey(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.target !== this.frame || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in steps && event.shiftKey) {
      this.map.panBy([steps[event.key][0] * 120, steps[event.key][1] * 120], { animate: false });
    } else if (event.key in steps) this.step(...steps[event.key]);
    else if (event.key === "Enter" || event.key === " ") this.openPointed();
    else if (event.key === "+" || event.key === "=") this.map.zoomIn(1);
    else if (event.key === "-") this.map.zoomOut(1);
    else if (event.key === "Home") this.point(this.highest());
    else if (event.key === "Escape") this.point(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // What arrow keys walk through: the buildings in view, else the cells.
  top() {
    const { buildings, hexes, heat } = this.layers;
    return buildings?.count ? buildings : (hexes ?? heat);
  }

  *seen() {
    const [west, north, east, south] = this.canvas.view().box;
    for (const unit of this.top()?.all() ?? []) {
      if (unit.x > west && unit.x < east && unit.y > north && unit.y < south) yield unit;
    }
  }

  highest() {
    let best = null;
    for (const unit of this.seen()) if (!best || unit.rank < best.rank) best = unit;
    return best;
  }

  step(dx, dy) {
    if (!this.pointed) return this.point(this.find(this.data.selected) ?? this.highest());
    const from = this.pointed;
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
    this.pointed = unit;
    if (!unit) return this.map.closeTooltip(this.tooltip);
    const world = 256 * 2 ** this.map.getZoom();
    const place = this.map.unproject(L.point(unit.x * world, unit.y * world));
    if (!this.map.getBounds().pad(-0.05).contains(place)) this.map.panTo(place, { animate: false });
    this.tell(place, ...this.describe(unit));
    this.live.textContent = this.describe(unit).join(", ");
  }

  openPointed() {
    if (this.pointed) this.choose(this.pointed.id, this.pointed.layer);
  }

  // ---- words --------------------------------------------------------------------------------

  say(text) {
    this.message.textContent = text;
    this.message.hidden = !text;
  }

  drawLegend() {
    const { words, styles, counts, grids } = this.data;
    const rows = styles.map((style, tier) => {
      const last = tier === styles.length - 1;
      const swatch = el("span", { class: "gw-swatch" });
      swatch.style.backgroundColor = last ? this.theme.built : style.fill;
      swatch.style.border = `${Math.max(1, style.width_px)}px solid ${last ? this.theme.builtLine : style.outline}`;
      if (style.pattern !== "plain") {
        swatch.style.backgroundImage = `url(${patternTile(style.pattern, style.outline).toDataURL()})`;
      }
      return el("li", {}, swatch, el("span", {}, `${style.label} `,
        el("b", {}, counts[tier] ?? ""), " ", el("small", {}, style.meaning ?? "")));
    });
    if (grids) rows.push(el("li", {}, el("span", { class: "gw-swatch gw-dashed" }), words.gridLine));
    this.legend.replaceChildren(el("details", { open: this.frame.clientWidth > 700 },
      el("summary", {}, words.legend), el("ul", {}, ...rows), el("p", {}, words.note)));
  }
}

export const { show, remove } = mounting((slot, data) => new StreetMap(slot, data));
