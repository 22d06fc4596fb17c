// Tiles of the map as the browser keeps them: fetched once, decoded once, drawn as whole paths.

import { breathe } from "./slices.js";

export const FINEST = 15; // as the server cuts
const MOST_KEPT = 240;
const fetched = new Map(); // address → promise of a decoded tile, the least used first

export function fetchOnce(address, decode) {
  return fetched.has(address) ? used(address) : keep(address, ask(address).then(decode));
}

// Fetch tiles, those that are missing with one request; an address names the tiles it is asked for.
export function fetchTiles(tiles, addressOf, decode) {
  const keys = tiles.map((at) => addressOf(at));
  const missing = tiles.filter((_, n) => !fetched.has(keys[n]));
  if (missing.length) {
    const asked = ask(addressOf(...missing));
    let before = asked;
    missing.forEach((at, n) => {
      before = decodeAfter(before, asked, (all) => decode(all[n]));
      keep(addressOf(at), before);
    });
  }
  return Promise.all(tiles.map(async (at, n) => ({ at, tile: await used(keys[n]) })));
}

// One after another, and not all in one task.
async function decodeAfter(before, asked, decode) {
  await before;
  await breathe();
  return decode(await asked);
}

// How an address names squares.
export function named(tiles) {
  return tiles.map(({ z, x, y }) => `${z}-${x}-${y}`).join(",");
}

async function ask(address) {
  const answer = await fetch(address, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer.json();
}

function keep(address, asked) {
  asked.catch(() => fetched.delete(address));
  fetched.set(address, asked);
  while (fetched.size > MOST_KEPT) fetched.delete(fetched.keys().next().value);
  return asked;
}

function used(address) {
  const asked = fetched.get(address);
  fetched.delete(address);
  fetched.set(address, asked);
  return asked;
}

// The tiles that cover a box of the unit square at a zoom.
export function tilesOf(zoom, [west, north, east, south]) {
  const count = 2 ** zoom;
  const at = (share) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  const tiles = [];
  for (let y = at(north); y <= at(south); y++) {
    for (let x = at(west); x <= at(east); x++) tiles.push({ z: zoom, x, y });
  }
  return tiles;
}

// Undo the differences of `xy`; tell where each feature's rings and each ring's corners begin.
export function decodeShapes(packed) {
  const { xy, rings, points } = packed;
  const places = new Int32Array(xy.length);
  let x = 0, y = 0;
  for (let at = 0; at < xy.length; at += 2) {
    places[at] = x += xy[at];
    places[at + 1] = y += xy[at + 1];
  }
  const starts = (counts) => {
    const from = new Int32Array(counts.length + 1);
    counts.forEach((count, at) => { from[at + 1] = from[at] + count; });
    return from;
  };
  return { ...packed, xy: places, rings: starts(rings), points: starts(points) };
}

// Add a feature's outline to a path, which counts its corners. A point becomes a disc of the given
// radius.
export function trace(path, tile, feature, radius) {
  const first = tile.rings[feature], last = tile.rings[feature + 1];
  path.corners = (path.corners ?? 0) + tile.points[last] - tile.points[first];
  for (let ring = first; ring < last; ring++) {
    const from = tile.points[ring], to = tile.points[ring + 1];
    if (to - from === 1) {
      path.moveTo(tile.xy[2 * from] + radius, tile.xy[2 * from + 1]);
      path.arc(tile.xy[2 * from], tile.xy[2 * from + 1], radius, 0, 2 * Math.PI);
      continue;
    }
    path.moveTo(tile.xy[2 * from], tile.xy[2 * from + 1]);
    for (let at = from + 1; at < to; at++) path.lineTo(tile.xy[2 * at], tile.xy[2 * at + 1]);
  }
}

// Whether a place of the tile lies in a feature, by the even-odd rule; near a point counts.
export function holds(tile, feature, x, y, reach) {
  let inside = false;
  for (let ring = tile.rings[feature]; ring < tile.rings[feature + 1]; ring++) {
    const from = tile.points[ring], to = tile.points[ring + 1];
    if (to - from === 1) {
      return Math.hypot(tile.xy[2 * from] - x, tile.xy[2 * from + 1] - y) <= reach;
    }
    for (let at = from, before = to - 1; at < to; before = at++) {
      const [ax, ay, bx, by] =
        [tile.xy[2 * at], tile.xy[2 * at + 1], tile.xy[2 * before], tile.xy[2 * before + 1]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

export function middleOf(tile, feature) {
  const from = tile.points[tile.rings[feature]], to = tile.points[tile.rings[feature + 1]];
  let west = Infinity, south = -Infinity, east = -Infinity, north = Infinity;
  for (let at = from; at < to; at++) {
    const x = tile.xy[2 * at], y = tile.xy[2 * at + 1];
    if (x < west) west = x;
    if (x > east) east = x;
    if (y < north) north = y;
    if (y > south) south = y;
  }
  return { x: (west + east) / 2, y: (north + south) / 2, west, east, north, south };
}
