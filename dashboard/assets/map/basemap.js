// The basemap of every map of ours: water, green, streets, borders and names.

import { intoTile, STROKE } from "./canvas_layer.js";
import { widthInLetters } from "./labels.js";
import { decodeShapes, fetchOnce, fetchTiles, FINEST, inSquare, linesOf, named, outlinesOf, tilesOf,
  trace } from "./tiles.js";

const [LAND, GREEN, WATER, BUILT, RAIL, ROAD, EDGE, PLACE] = [0, 1, 2, 3, 4, 5, 6, 7];
const ROAD_PX = [7, 6, 4.4, 3, 1.6]; // by level at zoom 15, without casing
const MOST_IN_PATH = 2_000; // corners
const OUTLINES_TOGETHER = 8; // of communities and grids
const DASHED = 5 * STROKE; // a dashed line takes longer to draw
const IN_THE_OFFICE = /^(?:.{1,6}?[市区县])+.{1,8}?街道(?=.)/; // how each address of it begins
const COMMUNITIES_UNTIL = 16, ESTATES_FROM = 14.6, GRIDS_FROM = 15;

export function tileZoom(zoom) {
  return Math.max(0, Math.min(FINEST, Math.round(zoom) - 1));
}

export class Basemap {
  constructor(urls) {
    this.urls = urls;
    this.tiles = [];
    this.places = null;
  }

  async load(view) {
    const wanted = tilesOf(tileZoom(view.zoom), view.box);
    const address = (...tiles) => this.urls.basemap.replace("{tiles}", named(tiles));
    const places = this.urls.places && fetchOnce(this.urls.places, decodePlaces);
    const [tiles, known] = await Promise.all([fetchTiles(wanted, address, decode), places]);
    return () => {
      this.tiles = tiles;
      this.places = known || null;
    };
  }

  *paintAreas(view, theme) {
    const { ctx } = view;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.fillStyle = theme.land;
    ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    const fills = [[LAND, theme.block], [GREEN, theme.green], [WATER, theme.water],
      [BUILT, theme.built]];
    for (const [kind, fill] of fills) {
      for (const { at, tile } of this.tiles) {
        for (const path of tile.areas[kind] ?? []) {
          intoTile(view, at, tile.extent);
          ctx.fillStyle = fill;
          ctx.fill(path);
          yield path.corners;
        }
      }
    }
  }

  *paintLines(view, theme) {
    const { ctx, zoom } = view;
    const grown = Math.pow(1.55, zoom - 15);
    yield* this.stroke(view, (tile) => tile.lines[WATER], theme.waterLine, 2.2 * grown);
    for (const turn of [1, 0]) { // every casing before any street
      for (let level = ROAD_PX.length - 1; level >= 0; level--) {
        const width = Math.max(0.7, ROAD_PX[level] * grown);
        if (turn && width < 1.6) continue;
        const px = turn ? width + 1.6 : width;
        yield* this.stroke(view, (tile) => tile.roads[level], theme.roads[level][turn], px);
      }
    }
    yield* this.stroke(view, (tile) => tile.lines[RAIL], theme.rail, Math.max(1, 1.6 * grown), [5, 4]);
    yield* this.stroke(view, (tile) => tile.lines[EDGE], theme.edge, 1.2, [6, 4]);
    ctx.setLineDash([]);
  }

  *stroke(view, pathsOf, colour, width, dash = []) {
    const { ctx } = view;
    ctx.lineCap = "round";
    ctx.lineJoin = "round";
    for (const { at, tile } of this.tiles) {
      for (const path of pathsOf(tile) ?? []) {
        const px = intoTile(view, at, tile.extent);
        ctx.strokeStyle = colour;
        ctx.lineWidth = width * px;
        ctx.setLineDash(dash.map((each) => each * px));
        ctx.stroke(path);
        yield STROKE * path.corners;
      }
    }
  }

  // Borders of communities, heavy; everything outside them paler.
  *paintBorders(view, theme) {
    if (!this.places?.communities.ids.length) return;
    const { ctx, dots } = view, { wholePath, wholeLines, communityParts } = this.places;
    const px = intoWorld(view);
    ctx.fillStyle = theme.outside;
    const [west, north, east, south] = view.box;
    const outside = new Path2D();
    outside.rect(west, north, east - west, south - north);
    outside.addPath(wholePath);
    ctx.fill(outside, "evenodd");
    yield wholePath.corners;
    ctx.lineJoin = ctx.lineCap = "round";
    const seen = inView(view, communityParts).map(({ path }) => path);
    const lines = [[seen, theme.communityGlow, 5], [seen, theme.community, 1.5],
      [wholeLines, theme.outsideLine, 2.6]];
    for (const [paths, colour, width] of lines) {
      ctx.strokeStyle = colour;
      ctx.lineWidth = width * px;
      for (const path of paths) {
        ctx.stroke(path);
        yield STROKE * path.corners;
      }
    }
    ctx.setTransform(dots, 0, 0, dots, 0, 0);
  }

  *paintGrids(view, theme, parts, always = false) {
    if (view.zoom < GRIDS_FROM && !always) return;
    const { ctx } = view, px = intoWorld(view);
    ctx.strokeStyle = theme.grid;
    ctx.lineWidth = 1.1 * px;
    ctx.setLineDash([5 * px, 4 * px]);
    for (const { path } of inView(view, parts)) {
      ctx.stroke(path);
      yield DASHED * path.corners;
    }
    ctx.setLineDash([]);
  }

  // A building's name without its estate's, which stands on the map itself, or the office's.
  shortened(name) {
    for (let long = Math.min(name.length - 1, 12); long > 1; long--) {
      if (this.places?.estateNames.has(name.slice(0, long))) return name.slice(long);
    }
    return name.replace(IN_THE_OFFICE, "");
  }

  // Names, the weightier first: communities, streets, water and green, estates.
  *paintNames(view, theme, labels) {
    const { zoom } = view;
    const at = (x, y) => [x * view.world - view.left, y * view.world - view.top];
    if (this.places && zoom < COMMUNITIES_UNTIL && zoom >= 12) {
      const { names, middles } = this.places.communities;
      const look = { size: zoom > 14 ? 16 : 13, weight: 700, colour: theme.strong, spacing: 2 };
      for (const [i, name] of names.entries()) yield labels.put(name, ...at(...middles[i]), look);
    }
    yield* this.paintRoadNames(view, theme, labels, (level) => level <= 2);
    yield* this.paintAreaNames(view, theme, labels);
    if (this.places && zoom >= ESTATES_FROM) {
      const most = zoom >= 16 ? Infinity : 60;
      const look = { size: zoom >= 17 ? 14 : 12, weight: zoom >= 17 ? 700 : 500, colour: theme.text };
      for (const [name, x, y] of this.places.estates.slice(0, most)) yield labels.put(name, ...at(x, y), look);
    }
    yield* this.paintRoadNames(view, theme, labels, (level) => level > 2 || level < 0);
  }

  *paintRoadNames(view, theme, labels, isTheirTurn) {
    for (const { at, tile } of this.tiles) {
      for (const each of tile.named) {
        if (tile.kinds[each.feature] !== ROAD || !isTheirTurn(tile.levels[each.feature])) continue;
        const spot = spotOf(view, at, tile, each);
        if (spot.length < widthInLetters(each.name) * 13 + 12) continue;
        yield labels.put(each.name, spot.x, spot.y,
          { size: tile.levels[each.feature] <= 1 ? 12.5 : 11.5, colour: theme.roadText,
            angle: spot.angle, apart: 330 });
      }
    }
  }

  *paintAreaNames(view, theme, labels) {
    for (const { at, tile } of this.tiles) {
      for (const each of tile.named) {
        const kind = tile.kinds[each.feature];
        if (![GREEN, WATER, PLACE].includes(kind)) continue;
        const spot = spotOf(view, at, tile, each);
        if (kind !== PLACE && spot.length < widthInLetters(each.name) * 12) continue;
        yield labels.put(each.name, spot.x, spot.y, { size: kind === PLACE ? 13 : 12, apart: 600,
          colour: kind === WATER ? theme.waterText : kind === GREEN ? theme.greenText : theme.strong });
      }
    }
  }
}

function spotOf({ world, left, top }, { z, x, y }, { extent }, { place, angle, length }) {
  const scale = world / 2 ** z / extent;
  return { x: (x * extent + place[0]) * scale - left, y: (y * extent + place[1]) * scale - top,
    angle, length: length * scale };
}

// Let the context draw in the unit square; return how much of it makes one pixel.
function intoWorld({ ctx, world, left, top, dots }) {
  ctx.setTransform(dots * world, 0, 0, dots * world, -dots * left, -dots * top);
  return 1 / world;
}

function decode(packed) {
  const tile = decodeShapes(packed);
  const [areas, lines, roads, named] = [{}, {}, {}, []];
  for (let feature = 0; feature < tile.kinds.length; feature++) {
    const kind = tile.kinds[feature], filled = tile.areas[feature];
    let into;
    if (filled && kind <= BUILT) into = areas[kind] ??= [];
    else if (kind === ROAD) into = roads[tile.levels[feature] < 0 ? 3 : tile.levels[feature]] ??= [];
    else if (kind !== PLACE) into = lines[kind] ??= [];
    if (into) trace(withRoom(into), tile, feature, 0);
    if (tile.names[feature]) named.push({ feature, name: tile.names[feature], ...spotIn(tile, feature, filled) });
  }
  return { ...tile, areas, lines, roads, named, xy: null };
}

// The last of some paths, or a new one: none takes long to draw.
function withRoom(paths) {
  if (!paths.length || paths.at(-1).corners > MOST_IN_PATH) paths.push(new Path2D());
  return paths.at(-1);
}

// Where a feature's name stands: in the middle of an area, on the longest stretch of a line.
function spotIn(tile, feature, filled) {
  const first = tile.rings[feature], last = tile.rings[feature + 1];
  let best = { length: -1 };
  for (let ring = first; ring < last; ring++) {
    const from = tile.points[ring], to = tile.points[ring + 1];
    let [west, south, east, north] = [Infinity, -Infinity, -Infinity, Infinity], long = 0;
    for (let at = from; at < to; at++) {
      const x = tile.xy[2 * at], y = tile.xy[2 * at + 1];
      [west, east] = [Math.min(west, x), Math.max(east, x)];
      [north, south] = [Math.min(north, y), Math.max(south, y)];
      if (at > from) long += Math.hypot(x - tile.xy[2 * at - 2], y - tile.xy[2 * at - 1]);
    }
    if (filled || to - from === 1) {
      if (east - west > best.length) {
        best = { place: [(west + east) / 2, (north + south) / 2], angle: 0, length: east - west };
      }
    } else if (long > best.length) best = middleOfLine(tile, from, to, long);
  }
  return best;
}

function middleOfLine(tile, from, to, long) {
  let gone = 0;
  for (let at = from + 1; at < to; at++) {
    const [ax, ay, bx, by] =
      [tile.xy[2 * at - 2], tile.xy[2 * at - 1], tile.xy[2 * at], tile.xy[2 * at + 1]];
    const step = Math.hypot(bx - ax, by - ay);
    if (gone + step >= long / 2) {
      const share = step ? (long / 2 - gone) / step : 0;
      let angle = Math.atan2(by - ay, bx - ax);
      if (angle > Math.PI / 2) angle -= Math.PI;
      if (angle < -Math.PI / 2) angle += Math.PI;
      return { place: [ax + share * (bx - ax), ay + share * (by - ay)], angle, length: long };
    }
    gone += step;
  }
  return { place: [tile.xy[2 * from], tile.xy[2 * from + 1]], angle: 0, length: long };
}

export function fillInWorld(view, path, colour, opacity) {
  intoWorld(view);
  view.ctx.globalAlpha = opacity;
  view.ctx.fillStyle = colour;
  view.ctx.fill(path, "evenodd");
}

// Outlines in parts that are drawn one by one, each of one tier and with its box in the unit square.
export function partsOf(outlines, scale, tiers = []) {
  const key = outlines.rings.map((_, at) => `${tiers[at]}/${Math.floor(at / OUTLINES_TOGETHER)}`);
  const { groups, boxes } = outlinesOf(outlines, scale, key);
  const within = new Map([...groups.keys()].map((each) => [each, []]));
  boxes.forEach((box, at) => within.get(key[at]).push(box));
  return [...groups].map(([each, path]) =>
    ({ tier: Number(each.split("/")[0]), path, box: around(within.get(each)) }));
}

export function inView({ box: [west, north, east, south] }, parts) {
  return parts.filter(({ box }) =>
    box[0] < east && box[2] > west && box[1] < south && box[3] > north);
}

function decodePlaces({ scale, communities, whole, estates }) {
  return {
    communityParts: partsOf(communities, scale),
    wholePath: outlinesOf(whole, scale).path,
    wholeLines: linesOf(whole, scale, MOST_IN_PATH),
    communities: { ids: communities.ids, names: communities.names,
      middles: communities.middles.map(([lon, lat]) => inSquare(lon, lat)) },
    estateNames: new Set(estates.map(([name]) => name)),
    estates: estates.map(([name, lon, lat]) => [name, ...inSquare(lon, lat)]),
  };
}

// The box around boxes of degrees, in the unit square.
function around(boxes) {
  const least = (side) => Math.min(...boxes.map((box) => box[side]));
  const most = (side) => Math.max(...boxes.map((box) => box[side]));
  return [...inSquare(least("west"), most("north")), ...inSquare(most("east"), least("south"))];
}
