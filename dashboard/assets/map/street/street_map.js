// The street map in the browser: tiles of buildings and cells over the basemap, on one canvas; tells
// Streamlit which unit was picked. Loaded once; show() runs on every rerun of the script.

import { el } from "../../elements.js";
import { fillInWorld, inView, partsOf } from "../basemap.js";
import { Keyboard } from "./keyboard.js";
import { drawLegend } from "./legend.js";
import { listButton, showList } from "./list_button.js";
import { MapFrame, mounting } from "../map_frame.js";
import { OverLayers } from "./over_layers.js";
import { drawPins, reservePins } from "./pins.js";
import { Search } from "./search.js";
import { Swipe } from "./swipe.js";
import { TimeBar } from "./time_bar.js";
import { fetchOnce, named } from "../tiles.js";
import { UnitCard } from "./unit_card.js";
import { heatAt, isOutlined, outline, UnitLayer } from "./units.js";

const HEAT_SHARES = [0.95, 0.62, 0.3, 0];
const NUMBERS_FROM = 17.25;
const REACH_PX = 3;
const CARD_FIRST_MS = 250;
const LEGEND_OPEN_FROM = 1050; // pixels, the list's among them

class StreetMap extends MapFrame {
  constructor(slot, data) {
    super(slot, data, { role: "application", keyboard: false }); // arrows move between units
    this.message = el("div", { class: "gw-map-message", role: "status" });
    slot.append(this.message);
    this.layers = {};
    this.earlier = {}; // the same of the day that it is compared with
    this.pins = L.layerGroup().addTo(this.map);
    this.legend = this.control("bottomleft", "gw-legend");
    const searched = this.control("topleft", "gw-search");
    this.buttons.before(searched); // for the keyboard too the first: it stands above them
    this.search = new Search(searched, (found) => this.goTo(found));
    this.over = new OverLayers(this);
    this.swipe = new Swipe(this, () => this.canvas.paint());
    this.time = new TimeBar(slot, (snapshot) => { this.snapshot = snapshot; this.refresh(); },
      (snapshot, days) => this.compare(snapshot, days));
    this.keyboard = new Keyboard(this);
    this.card = new UnitCard();
    this.map.on("mousemove", (event) => this.onMove(event));
    this.map.on("mouseout", () => { this.left(); this.map.closeTooltip(this.tooltip); });
    this.map.on("click", (event) => this.onClick(event));
    this.map.on("move", () => this.swipe.shown && this.canvas.paint());
    this.map.on("movestart", () => { this.seesWhole = false; });
    this.map.on("zoomend", () => this.data && drawPins(this, this.pins));
    this.map.on("resize", () => this.seesWhole && this.whole()); // the margin may come after the map
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

  moved() {
    this.keepBelowHead();
  }

  remove() {
    this.heads?.disconnect();
    this.time.stop();
    this.card.end();
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
    if (changed("pins")) drawPins(this, this.pins);
    if (changed("focus") && data.focus) this.show(data.focus);
    if (changed("snapshot", "filters", "cells", "grids", "buildings", "styles", "ranked")) {
      this.say(this.words.loading);
      this.grids = null;
      this.missesGrids = true;
      if (data.ranked === "grid") this.loadGrids();
    }
    // A map that moves in as it stands goes on with the picture that it may still be drawing.
    if (changed(...Object.keys({ ...before, ...data }))) this.refresh();
  }

  drawWords() {
    const { words } = this.data;
    this.takeTheme();
    this.frame.setAttribute("aria-label", words.map);
    drawLegend(this.legend, this.data, { theme: this.theme, open: this.frame.clientWidth > LEGEND_OPEN_FROM });
    this.drawButtons(words, () => this.whole());
    this.buttons.append(listButton(this));
    this.search.update(words, this.data.find);
  }

  themed() {
    this.drawWords();
  }

  // ---- what is seen -------------------------------------------------------------------------

  // Panels lie over the map: what is to be seen is kept clear of them.
  padding() {
    const frame = this.frame.getBoundingClientRect();
    const panel = document.querySelector(".st-key-map_panel, .gw-first-panel")?.getBoundingClientRect();
    const beside = panel && panel.left > frame.left + 200 && panel.top < frame.bottom - 40;
    const right = beside ? Math.max(0, frame.right - panel.left) : 0;
    const wide = frame.width > 700;
    const left = wide ? this.legend.offsetWidth + 24 : 8; // the legend covers no data
    return { paddingTopLeft: [left, wide ? 84 : 114],
      paddingBottomRight: [right + (wide ? 24 : 8), wide ? 96 : 52], animate: false };
  }

  middleOfView() {
    const { paddingTopLeft: [left], paddingBottomRight: [right] } = this.padding();
    const { x: width } = this.map.getSize();
    return (left + width - right) / 2 / width;
  }

  whole() {
    const [west, south, east, north] = this.data.bounds ?? [];
    if (west === undefined) return this.sayEmpty();
    this.map.fitBounds([[south, west], [north, east]], this.padding());
    this.seesWhole = true; // until a person, a row or a search moves the map
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

  address(snapshot, layer, tiles) {
    const filters = this.data.filters ? `?${this.data.filters}` : "";
    return `${this.data.tiles_of.replace("{snapshot}", snapshot)}${layer}/${named(tiles)}${filters}`;
  }

  compare(snapshot, days) {
    if (this.before === snapshot && !days) return;
    this.before = snapshot;
    this.swipe.update(days, this.data.words.compare);
    this.refresh();
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
    const asked = this.layersOf(view, this.layers, this.snapshot);
    if (this.before) asked.push(...this.layersOf(view, this.earlier, this.before));
    return asked;
  }

  layersOf(view, layers, snapshot) {
    const names = { heat: this.heat(), hexes: this.hexes(),
      buildings: this.data.buildings ? "building" : null };
    return Object.entries(names).map(async ([role, name]) => {
      if (!name) return () => { layers[role] = null; };
      const layer = layers[role]?.name === name ? layers[role] : new UnitLayer(name);
      const place = await layer.load(view, (each, tiles) => this.address(snapshot, each, tiles));
      return () => {
        place();
        layers[role] = layer;
      };
    });
  }

  // Borders of grids are the most to load and the least to see: they follow the first picture.
  async loadGrids() {
    this.missesGrids = false;
    if (!this.data.grids && this.data.ranked !== "grid") return;
    const filters = this.data.filters ? `?${this.data.filters}` : "";
    const decode = (packed) => partsOf(packed, packed.scale, packed.tiers);
    const address = `${this.data.grids_of}${filters}`;
    const grids = await fetchOnce(address, decode).catch(() => null);
    if (this.removed || this.missesGrids) return; // others are wanted by now
    this.grids = grids;
    this.canvas.paint();
  }

  *paintUnder(view) {
    const colours = this.data.styles.map((style, tier) => [style.fill, HEAT_SHARES[tier]]);
    yield* this.onBothSides(view, ({ heat }) => heat?.paintHeat(view, colours, this.theme.heat));
  }

  *paintOver(view) {
    yield* this.onBothSides(view, ({ hexes }) => hexes?.paint(view, (tier) =>
      this.cellStyle(tier, isOutlined(hexes.name, view.zoom) ? 1 : 0)));
    if (this.data.ranked === "grid") yield* this.paintRankedGrids(view);
    yield* this.basemap.paintGrids(view, this.theme, this.grids ?? [], this.data.ranked === "grid");
    yield* this.onBothSides(view, ({ buildings }) =>
      buildings?.paint(view, (tier) => this.buildingStyle(tier, view.zoom)));
  }

  // The day that is looked at, or on the left of the line the one it is compared with.
  *onBothSides(view, draw) {
    if (this.swipe.shown) yield* this.swipe.paint(view, draw(this.earlier), draw(this.layers));
    else yield* draw(this.layers) ?? [];
  }

  *paintRankedGrids(view) {
    for (const { tier, path } of inView(view, this.grids ?? [])) {
      const style = this.cellStyle(tier);
      if (!style.fill) continue;
      fillInWorld(view, path, style.fill, style.opacity);
      view.ctx.globalAlpha = 1;
      yield path.corners;
    }
  }

  cellStyle(tier, outlines = 1) {
    const style = this.data.styles[tier];
    const raised = style && tier < this.data.styles.length - 1;
    if (!raised) return { outline: this.theme.builtLine, width: 0.6 * outlines, opacity: 0.6 };
    return { fill: style.fill, outline: style.outline, width: style.width_px * outlines,
      pattern: style.pattern, opacity: 0.62 };
  }

  // Low risk has no colour: such a building is a part of the basemap.
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
    const chosen = this.data.selected && this.find(this.data.selected);
    if (chosen) outline(view, chosen, this.theme);
    const corner = L.point(view.left, view.top);
    reservePins(this.data.pins, ({ lat, lon }) => this.map.project([lat, lon], view.zoom).subtract(corner), labels);
  }

  *paintLast(view, labels) {
    if (view.zoom < NUMBERS_FROM || !this.layers.buildings) return;
    for (const unit of this.layers.buildings.all()) {
      yield labels.put(this.basemap.shortened(unit.name), unit.x * view.world - view.left, unit.y * view.world - view.top,
        { size: 11, weight: 400 });
    }
  }

  painted() {
    const { heat, hexes, buildings } = this.layers;
    const cells = hexes ?? heat;
    const count = (buildings?.count ?? 0) + (cells?.count ?? 0);
    if (!this.data) return;
    if (count) this.say("");
    else this.sayEmpty();
    Object.assign(this.slot.dataset, {
      shapes: count, cells: cells ? `${cells.name}/${cells.count}` : "",
      paintedMs: this.slot.dataset.paintedMs ?? Math.round(performance.now() - this.started),
      bounds: this.map.getBounds().toBBoxString(),
      ready: String(Number(this.slot.dataset.ready ?? 0) + 1),
    });
    if (this.missesGrids) this.loadGrids();
  }

  failed() {
    this.say(this.words?.failed ?? "");
  }

  // ---- choosing -----------------------------------------------------------------------------

  // The card has browser and server to itself: the page's run and drawing a city anew wait for it,
  // though not for long.
  choose(id, name) {
    showList(this);
    const card = this.card.show(this.data.card_of.replace("{unit}", encodeURIComponent(id)));
    const turn = (this.picked = (this.picked ?? 0) + 1);
    this.data = { ...this.data, selected: id };
    const late = new Promise((resolve) => setTimeout(resolve, CARD_FIRST_MS));
    Promise.race([card.catch(console.error), late]).then(() => {
      if (this.removed || this.picked !== turn) return;
      this.pick(id, name);
      requestAnimationFrame(() => this.removed || this.canvas.paint());
    });
  }

  find(id) {
    const { buildings, hexes, heat } = this.layers;
    return buildings?.find(id) ?? hexes?.find(id) ?? heat?.find(id) ?? null;
  }

  // The unit at a place: a building, else the cell.
  under(latlng) {
    const world = 256 * 2 ** this.map.getZoom();
    const { x, y } = this.map.project(latlng).divideBy(world);
    const { buildings, hexes, heat } = this.swipe.isBefore(latlng) ? this.earlier : this.layers;
    return buildings?.at(x, y, REACH_PX / world) ?? hexes?.at(x, y, 0) ?? heat?.at(x, y, 0) ?? null;
  }

  onMove({ latlng, originalEvent }) {
    if (originalEvent.target.closest?.(".gw-pin-box")) return this.left(); // a pin tells of its own unit
    this.mouse = latlng;
    this.asked ??= requestAnimationFrame(() => { // once a frame is often enough
      this.asked = null;
      if (!this.removed && this.data) this.tellOf(this.mouse);
    });
  }

  // The mouse is not over the map any more.
  left() {
    cancelAnimationFrame(this.asked);
    this.asked = null;
  }

  tellOf(latlng) {
    const mark = this.over.near(latlng), unit = mark ?? this.under(latlng);
    this.frame.style.cursor = unit ? "pointer" : "";
    if (mark) this.tell(latlng, mark.name, mark.label);
    else if (unit) this.tell(latlng, ...this.describe(unit));
    else this.map.closeTooltip(this.tooltip);
  }

  onClick({ latlng }) {
    if (!this.data) return;
    const mark = this.over.near(latlng), unit = this.under(latlng);
    if (mark) this.choose(mark.unit, "building");
    else if (unit) this.choose(unit.id, unit.layer);
  }

  describe({ id, name, layer, tier, score, rank, buildings }) {
    const words = this.words, style = this.data.styles[tier] ?? this.data.unscored;
    const facts = [style.label];
    if (score != null) facts.push(`${words.score} ${score}`);
    if (rank != null) facts.push(`${words.rank} ${rank}`);
    if (buildings != null) facts.push(`${words.buildings} ${buildings}`);
    return [name || `${words[layer.split(":")[0]]} ${id}`, facts.join(" · ")];
  }

  // ---- words --------------------------------------------------------------------------------

  // Buildings of which none has a place come from addresses alone: no filter is at fault.
  sayEmpty() {
    const unplaced = !this.data.bounds && this.data.counts.some(Boolean);
    const [right] = this.padding().paddingBottomRight;
    this.message.style.right = `${right}px`; // not below the list
    this.say(unplaced ? this.words.unplaced : this.words.empty);
  }

  say(text) {
    this.message.textContent = text;
    this.message.hidden = !text;
  }
}

export const { show, remove } = mounting((slot, data) => new StreetMap(slot, data));
