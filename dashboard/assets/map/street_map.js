// The street map in the browser: fetches layers, draws what is in view on one canvas, tells
// Streamlit which unit was picked. Loaded once; show() runs on every rerun of the script.

const MOST_SHAPES = 5000; // in one view; beyond it the next coarser layer is drawn
const BUILDINGS_FROM_ZOOM = 16;
const CELLS_BY_ZOOM = [[14, "cell:10"], [12, "cell:9"], [0, "cell:8"]];
const COARSER = { "cell:10": "cell:9", "cell:9": "cell:8" };
const fetched = new Map(); // address → promise of a decoded layer, shared by all maps of the page
const MOST_FETCHED = 24;
const part = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url));
const [{ el }, { MapFrame, mounting }] = await Promise.all(["../elements.js", "map_frame.js"].map(part));

// ---- data -----------------------------------------------------------------------------------

function fetchLayer(address) {
  if (!fetched.has(address)) {
    const asked = fetch(address, { credentials: "same-origin" }).then(async (answer) => {
      if (!answer.ok) throw new Error(`${answer.status} ${address}`);
      return decode(await answer.json());
    });
    asked.catch(() => fetched.delete(address));
    fetched.set(address, asked);
    while (fetched.size > MOST_FETCHED) fetched.delete(fetched.keys().next().value);
  }
  return fetched.get(address);
}

function decode(packed) {
  const { scale, xy, rings, points } = packed;
  const shapes = new Array(rings.length);
  let x = 0, y = 0, at = 0, ring = 0;
  for (let unit = 0; unit < rings.length; unit++) {
    const outline = [];
    let west = Infinity, south = Infinity, east = -Infinity, north = -Infinity;
    for (let r = 0; r < rings[unit]; r++, ring++) {
      const line = new Array(points[ring]);
      for (let p = 0; p < points[ring]; p++, at += 2) {
        x += xy[at];
        y += xy[at + 1];
        const lon = x / scale, lat = y / scale;
        line[p] = [lat, lon];
        if (lon < west) west = lon;
        if (lon > east) east = lon;
        if (lat < south) south = lat;
        if (lat > north) north = lat;
      }
      outline.push(line);
    }
    shapes[unit] = { outline, west, south, east, north };
  }
  const index = new Map(packed.ids.map((id, unit) => [id, unit]));
  return { ...packed, xy: null, shapes, index, bounds: boundsOf(shapes) };
}

function boundsOf(shapes) {
  if (!shapes.length) return null;
  const all = { west: 180, south: 90, east: -180, north: -90 };
  for (const s of shapes) {
    all.west = Math.min(all.west, s.west);
    all.south = Math.min(all.south, s.south);
    all.east = Math.max(all.east, s.east);
    all.north = Math.max(all.north, s.north);
  }
  return [[all.south, all.west], [all.north, all.east]];
}

// ---- drawing --------------------------------------------------------------------------------

function definePatternCanvas() {
  // Leaflet's canvas fills with one colour; tiers also need a pattern to be told apart without it.
  L.PatternCanvas ??= L.Canvas.extend({
    _fillStroke(ctx, layer) {
      const o = layer.options;
      if (o.fill) {
        ctx.globalAlpha = o.fillOpacity;
        ctx.fillStyle = o.fillColor || o.color;
        ctx.fill(o.fillRule || "evenodd");
        const pattern = o.pattern && patternOf(ctx, o.pattern, o.color);
        if (pattern) {
          ctx.globalAlpha = Math.min(1, o.fillOpacity * 0.75);
          ctx.fillStyle = pattern;
          ctx.fill(o.fillRule || "evenodd");
        }
      }
      if (o.stroke && o.weight !== 0) {
        ctx.setLineDash?.(layer.options?._dashArray || []);
        ctx.globalAlpha = o.opacity;
        ctx.lineWidth = o.weight;
        ctx.strokeStyle = o.color;
        ctx.lineCap = o.lineCap;
        ctx.lineJoin = o.lineJoin;
        ctx.stroke();
      }
    },
  });
}

const patterns = new Map();

function patternOf(ctx, name, colour) {
  if (name === "plain") return null;
  const key = name + colour;
  if (!patterns.has(key)) patterns.set(key, ctx.createPattern(patternTile(name, colour), "repeat"));
  return patterns.get(key);
}

export function patternTile(name, colour) {
  const side = 8;
  const tile = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const ctx = tile.getContext("2d");
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = 1;
  const line = (x1, y1, x2, y2) => {
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
  };
  if (name === "stripe" || name === "cross") {
    line(-1, side + 1, side + 1, -1);
    line(-1, 1, 1, -1);
    line(side - 1, side + 1, side + 1, side - 1);
  }
  if (name === "cross") {
    line(-1, -1, side + 1, side + 1);
    line(side - 1, -1, side + 1, 1);
    line(-1, side - 1, 1, side + 1);
  }
  if (name === "dots") {
    ctx.arc(side / 2, side / 2, 1.1, 0, 2 * Math.PI);
    ctx.fill();
  }
  return tile;
}

class StreetMap extends MapFrame {
  constructor(slot, data) {
    definePatternCanvas();
    super(slot, data, { role: "application", attribution: Boolean(data.tiles),
      keyboard: false }); // arrows move between areas here, see onKey
    this.live = el("div", { class: "gw-map-live", "aria-live": "polite" });
    this.message = el("div", { class: "gw-map-message", role: "status" });
    slot.append(this.live, this.message);
    this.map.attributionControl?.setPrefix(false);
    this.renderer = new L.PatternCanvas({ padding: 0.25 });
    this.drawn = L.layerGroup().addTo(this.map);
    this.marks = L.layerGroup().addTo(this.map);
    if (data.tiles) {
      L.tileLayer(data.tiles.url, { attribution: data.tiles.attribution, maxZoom: 19, opacity: 0.7 })
        .addTo(this.map);
    }
    this.legend = this.control("bottomright", "gw-legend");
    this.frame.addEventListener("keydown", (event) => this.onKey(event));
    this.frame.addEventListener("blur", () => this.point(null));
    this.map.on("moveend", () => this.draw());
    this.shapes = new Map(); // unit id → drawn Leaflet layer
    this.placed = false;
  }

  update(component) {
    this.pick = (unit, layer) => component.setTriggerValue("picked", { unit, layer });
    const wanted = JSON.stringify({ ...component.data, selected: null });
    const newSelection = component.data.selected !== this.data?.selected;
    this.data = component.data;
    if (wanted !== this.wanted) {
      this.wanted = wanted;
      this.frame.setAttribute("aria-label", this.data.words.map);
      this.drawLegend();
      this.drawButtons(this.data.words,
        () => this.whole && this.map.fitBounds(this.whole, { animate: false }));
      this.load();
    } else if (newSelection) {
      this.markSelected(true);
    }
  }

  address(layer) {
    return `${this.data.layers}${layer}${this.data.filters ? `?${this.data.filters}` : ""}`;
  }

  async load() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const started = performance.now();
    this.say(this.data.words.loading);
    try {
      // Grids frame the street best; where there are none, the street's cells do.
      const [grids, cells] = await Promise.all(
        ["grid", "cell:9"].map((name) => fetchLayer(this.address(name))));
      if (this.removed || turn !== this.turn) return;
      const bounds = grids.bounds ?? cells.bounds;
      if (!bounds) return this.nothing();
      if (!this.placed) {
        this.map.fitBounds(bounds, { animate: false, padding: [8, 8] });
        this.placed = true;
      }
      this.whole = bounds;
      await this.draw();
      this.slot.dataset.paintedMs = Math.round(performance.now() - started);
    } catch (error) {
      if (this.removed) return;
      if (turn === this.turn) this.say(this.data.words.failed);
      console.error(error);
    }
  }

  nothing() {
    this.drawn.clearLayers();
    this.marks.clearLayers();
    this.shapes.clear();
    this.say(this.data.words.empty);
  }

  cellLayer() {
    const zoom = this.map.getZoom();
    if (!this.data.cells) return null;
    if (this.data.cells !== "auto") return this.data.cells;
    return CELLS_BY_ZOOM.find(([from]) => zoom >= from)[1];
  }

  async inView(name) {
    const layer = await fetchLayer(this.address(name));
    if (this.removed) return null;
    const view = this.map.getBounds().pad(0.15);
    const [west, south, east, north] =
      [view.getWest(), view.getSouth(), view.getEast(), view.getNorth()];
    const units = [];
    layer.shapes.forEach((s, unit) => {
      if (s.east >= west && s.west <= east && s.north >= south && s.south <= north) units.push(unit);
    });
    return { name, layer, units };
  }

  async cellsInView() {
    let name = this.cellLayer();
    let found = name && (await this.inView(name));
    while (found && found.units.length > MOST_SHAPES && COARSER[name]) {
      name = COARSER[name];
      found = await this.inView(name);
    }
    return found;
  }

  async draw() {
    if (this.removed || !this.placed) return;
    const turn = (this.drawTurn = (this.drawTurn ?? 0) + 1);
    const near = this.map.getZoom() >= BUILDINGS_FROM_ZOOM;
    try {
      const [cells, grids, buildings] = await Promise.all([
        this.cellsInView(),
        this.data.grids ? this.inView("grid") : null,
        this.data.buildings && (near || !this.data.cells) ? this.inView("building") : null,
      ]);
      if (this.removed || turn !== this.drawTurn) return;
      this.paint(cells, grids, buildings);
    } catch (error) {
      if (this.removed) return;
      if (turn === this.drawTurn) this.say(this.data.words.failed);
      console.error(error);
    }
  }

  paint(cells, grids, buildings) {
    this.drawn.clearLayers();
    this.shapes.clear();
    const crowded = buildings && buildings.units.length > MOST_SHAPES;
    if (crowded) buildings = null;
    this.top = cells; // what arrow keys walk through
    if (buildings) this.top = buildings;
    else if (!cells) this.top = grids;
    if (cells) this.addUnits(cells, (style) => this.cellStyle(style, Boolean(buildings)));
    if (grids) this.addUnits(grids, (style) => this.gridStyle(style, !cells && !buildings));
    if (buildings) this.addUnits(buildings, (style) => this.buildingStyle(style));
    this.markSelected(false);
    const count = [cells, grids, buildings].reduce((sum, part) => sum + (part?.units.length ?? 0), 0);
    this.say(count ? "" : this.data.words.empty);
    Object.assign(this.slot.dataset, {
      shapes: count,
      cells: cells ? `${cells.name}/${cells.units.length}` : "",
      ready: String(Number(this.slot.dataset.ready ?? 0) + 1),
    });
  }

  styleOf(layer, unit) {
    return this.data.styles[layer.tiers[unit]] ?? this.data.unscored;
  }

  cellStyle(style, underneath) {
    return {
      fillColor: style.fill,
      color: style.outline,
      weight: underneath ? 0.6 : style.width_px,
      opacity: underneath ? 0.5 : 0.9,
      fillOpacity: underneath ? 0.14 : 0.72,
      pattern: underneath ? null : style.pattern,
    };
  }

  gridStyle(style, filled) {
    const line = { color: "#1d2733", weight: 1.4, opacity: 0.75, dashArray: "5 3" };
    return filled
      ? { ...line, fillColor: style.fill, fillOpacity: 0.55, pattern: null }
      : { ...line, fill: false, interactive: false };
  }

  buildingStyle(style) {
    return {
      fillColor: style.fill,
      color: style.outline,
      weight: style.width_px + 0.4,
      opacity: 1,
      fillOpacity: 0.9,
      pattern: style.pattern,
      radius: 6,
    };
  }

  addUnits({ name, layer, units }, styleFor) {
    // Lowest tiers first, so that a heavier border is never covered by a lighter neighbour.
    const order = [...units].sort((a, b) => layer.tiers[b] - layer.tiers[a]);
    for (const unit of order) {
      const style = { renderer: this.renderer, ...styleFor(this.styleOf(layer, unit)) };
      const outline = layer.shapes[unit].outline;
      const shape = outline.length === 1 && outline[0].length === 1
        ? L.circleMarker(outline[0][0], style)
        : L.polygon(outline, { smoothFactor: 0.5, ...style });
      if (style.interactive !== false) this.listen(shape, name, layer, unit);
      this.drawn.addLayer(shape);
      this.shapes.set(layer.ids[unit], { layer, unit, name });
    }
  }

  listen(shape, name, layer, unit) {
    shape.on("mouseover", (event) => this.hover(layer, unit, name, event.latlng));
    shape.on("mousemove", (event) => this.tooltip.setLatLng(event.latlng));
    shape.on("mouseout", () => this.map.closeTooltip(this.tooltip));
    shape.on("click", (event) => {
      L.DomEvent.stop(event);
      this.choose(layer.ids[unit], name);
    });
  }

  choose(id, name) {
    this.data = { ...this.data, selected: id };
    this.markSelected(false);
    this.pick(id, name);
  }

  hover(layer, unit, name, place) {
    this.tell(place, ...this.describe(layer, unit, name));
  }

  describe(layer, unit, name) {
    const words = this.data.words;
    const kind = words[name.split(":")[0]];
    const facts = [this.styleOf(layer, unit).label];
    if (layer.scores[unit] != null) facts.push(`${words.score} ${layer.scores[unit]}`);
    if (layer.ranks[unit] != null) facts.push(`${words.rank} ${layer.ranks[unit]}`);
    if (layer.buildings[unit] != null) facts.push(`${words.buildings} ${layer.buildings[unit]}`);
    return [layer.names[unit] || `${kind} ${layer.ids[unit]}`, facts.join(" · ")];
  }

  markSelected(bringIntoView) {
    this.marks.clearLayers();
    const id = this.data.selected;
    if (!id) return;
    const found = this.shapes.get(id);
    if (found) this.outline(found.layer.shapes[found.unit].outline);
    else this.findSelected(id, bringIntoView);
  }

  async findSelected(id, bringIntoView) {
    // A unit picked in the table may lie outside the view or in a layer that is not drawn.
    const names = /^8[0-9a-f]{14}$/.test(id)
      ? [`cell:${parseInt(id[1], 16)}`] : this.data.buildings ? ["building", "grid"] : ["grid"];
    for (const name of names) {
      const layer = await fetchLayer(this.address(name)).catch(() => null);
      const unit = layer?.index.get(id);
      if (unit === undefined || this.data.selected !== id) continue;
      const s = layer.shapes[unit];
      this.marks.clearLayers();
      this.outline(s.outline);
      const place = L.latLng((s.south + s.north) / 2, (s.west + s.east) / 2);
      if (bringIntoView && !this.map.getBounds().contains(place)) {
        this.map.panTo(place, { animate: false });
      }
      return;
    }
  }

  outline(rings) {
    const halo = { renderer: this.renderer, interactive: false, fill: false };
    for (const style of [{ color: "#ffffff", weight: 6 }, { color: "#111111", weight: 3 }]) {
      this.marks.addLayer(rings.length === 1 && rings[0].length === 1
        ? L.circleMarker(rings[0][0], { ...halo, ...style, radius: 10 })
        : L.polygon(rings, { ...halo, ...style, opacity: 1 }));
    }
  }

  // ---- keyboard ---------------------------------------------------------------------------

  onKey(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    if (event.target !== this.frame || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in steps && event.shiftKey) {
      this.map.panBy([steps[event.key][0] * 120, -steps[event.key][1] * 120], { animate: false });
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

  highest() {
    const { layer, units } = this.top ?? { units: [] };
    return units.length
      ? units.reduce((best, unit) => (layer.ranks[unit] < layer.ranks[best] ? unit : best))
      : null;
  }

  step(dx, dy) {
    const { layer, units } = this.top ?? { units: [] };
    if (!units.length) return;
    const selected = layer.index.get(this.data.selected);
    if (this.pointed == null) return this.point(selected ?? this.highest());
    const from = this.centre(layer, this.pointed);
    const squeeze = Math.cos((from.lat * Math.PI) / 180);
    let best = null, least = Infinity;
    for (const unit of units) {
      const to = this.centre(layer, unit);
      const x = (to.lng - from.lng) * squeeze, y = to.lat - from.lat;
      const along = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (along <= 1e-9 || aside > along * 1.8) continue;
      const cost = along + aside * 2;
      if (cost < least) [best, least] = [unit, cost];
    }
    if (best != null) this.point(best);
  }

  centre(layer, unit) {
    const s = layer.shapes[unit];
    return L.latLng((s.south + s.north) / 2, (s.west + s.east) / 2);
  }

  point(unit) {
    this.pointed = unit;
    if (unit == null || !this.top) return this.map.closeTooltip(this.tooltip);
    const { layer, name } = this.top;
    const place = this.centre(layer, unit);
    this.hover(layer, unit, name, place);
    this.live.textContent = this.describe(layer, unit, name).join(", ");
    if (!this.map.getBounds().pad(-0.05).contains(place)) this.map.panTo(place, { animate: false });
  }

  openPointed() {
    if (this.pointed != null && this.top) {
      this.choose(this.top.layer.ids[this.pointed], this.top.name);
    }
  }

  // ---- words and controls -----------------------------------------------------------------

  say(text) {
    this.message.textContent = text;
    this.message.hidden = !text;
  }

  drawLegend() {
    const { words, styles, grids } = this.data;
    const rows = styles.map((style) => {
      const swatch = el("span", { class: "gw-swatch" });
      swatch.style.backgroundColor = style.fill;
      swatch.style.border = `${Math.max(1, style.width_px)}px solid ${style.outline}`;
      if (style.pattern !== "plain") {
        swatch.style.backgroundImage = `url(${patternTile(style.pattern, style.outline).toDataURL()})`;
      }
      return el("li", {}, swatch, style.label);
    });
    if (grids) rows.push(el("li", {}, el("span", { class: "gw-swatch gw-dashed" }), words.gridLine));
    this.legend.replaceChildren(el("details", { open: this.frame.clientWidth > 500 },
      el("summary", {}, words.legend), el("ul", {}, ...rows), el("p", {}, words.note)));
  }
}

export const { show, remove } = mounting((slot, data) => new StreetMap(slot, data));
