// Buildings and cells of a snapshot: fetched by tile, drawn by tier, found by place.

import { intoTile, STROKE } from "../canvas_layer.js";
import { tileZoom } from "../basemap.js";
import { decodeShapes, fetchTiles, holds, middleOf, tilesOf, trace } from "../tiles.js";

const MOST_IN_PART = 3_000; // corners
const GLOW = 6; // how much longer a fill takes that glows
const HEAT_STRIPS = 8; // to draw it smooth takes long
const HEAT_GRAIN = 16; // screen pixels for one of the heat's own at zoom 15
const CELLS_BY_ZOOM = [[13.5, "cell:10"], [11.5, "cell:9"], [0, "cell:8"]];
const OUTLINED_FROM = { "cell:10": 13, "cell:9": 11.5, "cell:8": 10 };
const patterns = new Map();

// The cells of which the heat is made at a zoom.
export function heatAt(zoom) {
  return CELLS_BY_ZOOM.find(([from]) => zoom >= from)[1];
}

// Whether cells are large enough at a zoom for an outline: some six pixels.
export function isOutlined(cells, zoom) {
  return zoom >= OUTLINED_FROM[cells];
}

export class UnitLayer {
  constructor(name) {
    this.name = name;
    this.tiles = [];
  }

  async load(view, addressOf) {
    const wanted = tilesOf(tileZoom(view.zoom), view.box);
    const tiles = await fetchTiles(wanted, (...asked) => addressOf(this.name, asked), decode);
    return () => { this.tiles = tiles; };
  }

  get count() {
    return this.tiles.reduce((sum, { tile }) => sum + tile.ids.length, 0);
  }

  // Draw every tier with its style, the lowest first; a style without fill draws an outline.
  *paint(view, styleOf) {
    for (let turn = 3; turn >= -1; turn--) {
      const tier = turn < 0 ? -1 : turn;
      const style = styleOf(tier);
      if (!style) continue;
      for (const { at, tile } of this.tiles) {
        for (const part of tile.parts.get(tier) ?? []) yield paintPart(view, at, tile.extent, part, style);
      }
    }
  }

  // A soft heat: tiers in a small picture, drawn large and smooth.
  *paintHeat(view, colours, strength) {
    const { ctx, width, height, zoom } = view;
    const grain = Math.max(9, HEAT_GRAIN * 2 ** (zoom - 15));
    const small = (this.small ??= document.createElement("canvas"));
    small.width = Math.ceil(width / grain);
    small.height = Math.ceil(height / grain);
    const into = small.getContext("2d");
    const seen = { ...view, ctx: into, dots: 1 / grain };
    for (const [tier, [colour, share]] of colours.entries()) {
      into.globalAlpha = share;
      into.fillStyle = colour;
      for (const { at, tile } of this.tiles) {
        for (const part of tile.parts.get(tier) ?? []) {
          inPart(seen, at, tile.extent, part, () => into.fill(part.path));
          yield part.path.corners;
        }
      }
    }
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.globalAlpha = strength;
    ctx.imageSmoothingQuality = "high";
    const dots = grain * view.dots, high = Math.ceil(ctx.canvas.height / HEAT_STRIPS);
    for (let strip = 0; strip < HEAT_STRIPS; strip++) {
      ctx.save();
      ctx.beginPath();
      ctx.rect(0, strip * high, ctx.canvas.width, high);
      ctx.clip();
      ctx.drawImage(small, 0, 0, small.width * dots, small.height * dots);
      ctx.restore();
      yield MOST_IN_PART;
    }
    ctx.globalAlpha = 1;
  }

  // Which unit lies at a place of the unit square; the smallest where several do.
  at(x, y, reach) {
    let best = null, least = Infinity;
    for (const { at, tile } of this.tiles) {
      const scale = tile.extent * 2 ** at.z;
      const [px, py] = [x * scale - at.x * tile.extent, y * scale - at.y * tile.extent];
      const near = reach * scale;
      for (let unit = 0; unit < tile.ids.length; unit++) {
        const b = tile.boxes, i = 4 * unit;
        if (px < b[i] - near || px > b[i + 2] + near || py < b[i + 1] - near || py > b[i + 3] + near) continue;
        if (!holds(tile, unit, px, py, near)) continue;
        const size = (b[i + 2] - b[i]) * (b[i + 3] - b[i + 1]);
        if (size < least) [best, least] = [this.unit(at, tile, unit), size];
      }
    }
    return best;
  }

  find(id) {
    for (const { at, tile } of this.tiles) {
      const unit = tile.index.get(id);
      if (unit !== undefined) return this.unit(at, tile, unit);
    }
    return null;
  }

  *all() {
    for (const { at, tile } of this.tiles) {
      for (let unit = 0; unit < tile.ids.length; unit++) yield this.unit(at, tile, unit);
    }
  }

  unit(at, tile, unit) {
    const scale = tile.extent * 2 ** at.z;
    const i = 4 * unit, b = tile.boxes;
    return {
      layer: this.name, tile, at, unit, id: tile.ids[unit], name: tile.names[unit],
      tier: tile.tiers[unit], score: tile.scores[unit], rank: tile.ranks[unit],
      buildings: tile.buildings[unit],
      x: (at.x * tile.extent + (b[i] + b[i + 2]) / 2) / scale,
      y: (at.y * tile.extent + (b[i + 1] + b[i + 3]) / 2) / scale,
    };
  }
}

// Draw around one unit, so that it is found at once.
export function outline(view, { at, tile, unit }, theme) {
  const path = new Path2D();
  const px = intoTile(view, at, tile.extent);
  trace(path, tile, unit, 6 * px);
  path.closePath();
  view.ctx.lineJoin = "round";
  for (const [colour, width] of [[theme.chosenHalo, 7], [theme.chosen, 3.2]]) {
    view.ctx.strokeStyle = colour;
    view.ctx.lineWidth = width * px;
    view.ctx.stroke(path);
  }
}

function decode(packed) {
  const tile = decodeShapes(packed);
  const boxes = new Int32Array(4 * tile.ids.length);
  for (let unit = 0; unit < tile.ids.length; unit++) {
    const { west, north, east, south } = middleOf(tile, unit);
    boxes.set([west, north, east, south], 4 * unit);
  }
  return { ...tile, parts: partsOf({ ...tile, boxes }), boxes,
    index: new Map(tile.ids.map((id, unit) => [id, unit])) };
}

// The units of each tier as paths. Many of one tier are parted into squares, so that none takes
// long to draw: each is clipped to its square, and a unit on a border is in both.
function partsOf(tile) {
  const tiers = new Map();
  tile.tiers.forEach((tier, unit) => {
    if (!tiers.has(tier)) tiers.set(tier, []);
    tiers.get(tier).push(unit);
  });
  return new Map([...tiers].map(([tier, units]) => {
    const corners = units.reduce((sum, unit) =>
      sum + tile.points[tile.rings[unit + 1]] - tile.points[tile.rings[unit]], 0);
    const squares = Math.ceil(Math.sqrt(corners / MOST_IN_PART));
    return [tier, squares < 2 ? [{ path: pathOf(tile, units), box: null }] : inSquares(tile, units, squares)];
  }));
}

function inSquares(tile, units, squares) {
  const side = tile.extent / squares, margin = tile.extent / 64;
  const cells = Array.from({ length: squares ** 2 }, () => []);
  const clamp = (place) => Math.min(squares - 1, Math.max(0, Math.floor(place / side)));
  for (const unit of units) {
    const [west, north, east, south] = tile.boxes.subarray(4 * unit, 4 * unit + 4);
    for (let y = clamp(north - margin); y <= clamp(south + margin); y++) {
      for (let x = clamp(west - margin); x <= clamp(east + margin); x++) cells[y * squares + x].push(unit);
    }
  }
  // What is at the tile's own border reaches beyond it.
  const edge = (n) => (n === 0 ? -tile.extent : n === squares ? 2 * tile.extent : n * side);
  return cells.map((within, n) => {
    const [x, y] = [n % squares, Math.floor(n / squares)];
    return { path: pathOf(tile, within), box: [edge(x), edge(y), edge(x + 1), edge(y + 1)] };
  }).filter(({ path }) => path.corners);
}

function pathOf(tile, units) {
  const path = new Path2D();
  path.corners = 0;
  for (const unit of units) trace(path, tile, unit, 24);
  return path;
}

// Draw within a part's own square, whole pixels of the canvas; return how many of the tile's
// numbers make one pixel.
function inPart(view, at, extent, { box }, draw) {
  const { ctx } = view;
  const px = intoTile(view, at, extent);
  if (!box) {
    draw(px);
    return px;
  }
  const { a: scale, e, f } = ctx.getTransform();
  const [west, north, east, south] =
    box.map((place, n) => Math.round(place * scale + (n % 2 ? f : e)));
  ctx.save();
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.beginPath();
  ctx.rect(west, north, east - west, south - north);
  ctx.clip();
  intoTile(view, at, extent);
  draw(px);
  ctx.restore();
  return px;
}

// Draw one part; return how much that was.
function paintPart(view, at, extent, part, style) {
  const { path } = part;
  const cost = (style.fill ? (style.glow ? GLOW : 1) : 0) + (style.pattern ? 1 : 0) + (style.width ? STROKE : 0);
  inPart(view, at, extent, part, (px) => {
    const { ctx, dots } = view;
    ctx.globalAlpha = style.opacity ?? 1;
    if (style.glow) {
      ctx.shadowColor = style.fill;
      ctx.shadowBlur = style.glow * dots;
    }
    if (style.fill) {
      ctx.fillStyle = style.fill;
      ctx.fill(path);
    }
    ctx.shadowBlur = 0;
    const pattern = style.pattern && patternOf(ctx, style.pattern, style.outline);
    if (pattern) {
      pattern.setTransform(new DOMMatrix().scale(px, px));
      ctx.fillStyle = pattern;
      ctx.fill(path);
    }
    if (style.width) {
      ctx.lineJoin = "round";
      ctx.setLineDash([]);
      ctx.strokeStyle = style.outline;
      ctx.lineWidth = style.width * px;
      ctx.stroke(path);
    }
    ctx.globalAlpha = 1;
  });
  return cost * path.corners;
}

function patternOf(ctx, name, colour) {
  if (name === "plain") return null;
  const key = name + colour;
  if (!patterns.has(key)) patterns.set(key, ctx.createPattern(patternTile(name, colour), "repeat"));
  return patterns.get(key);
}

// What tells tiers apart without colour.
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
