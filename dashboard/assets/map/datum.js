// The office's own map tiles may be drawn in GCJ-02 or BD-09: each is moved to where it belongs.

const PIECE_M = 600, MOST_PIECES = 32, AROUND_M = 40075017;
const A = 6378245.0, EE = 0.00669342162296594323, TURN = (Math.PI * 3000) / 180;

// From WGS-84 to GCJ-02, degrees; as geo/coordinates does it.
function gcj([lon, lat]) {
  const [x, y] = [lon - 105, lat - 35];
  const wave = (20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2 / 3;
  let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + wave;
  east += (20 * Math.sin(x * Math.PI) + 40 * Math.sin((x / 3) * Math.PI)) * 2 / 3;
  east += (150 * Math.sin((x / 12) * Math.PI) + 300 * Math.sin((x / 30) * Math.PI)) * 2 / 3;
  let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + wave;
  north += (20 * Math.sin(y * Math.PI) + 40 * Math.sin((y / 3) * Math.PI)) * 2 / 3;
  north += (160 * Math.sin((y / 12) * Math.PI) + 320 * Math.sin((y * Math.PI) / 30)) * 2 / 3;
  const r = (lat / 180) * Math.PI, magic = 1 - EE * Math.sin(r) ** 2, root = Math.sqrt(magic);
  return [
    lon + (east * 180) / ((A / root) * Math.cos(r) * Math.PI),
    lat + (north * 180) / (((A * (1 - EE)) / (magic * root)) * Math.PI),
  ];
}

function bd([lon, lat]) {
  const far = Math.hypot(lon, lat) + 0.00002 * Math.sin(lat * TURN);
  const angle = Math.atan2(lat, lon) + 0.000003 * Math.cos(lon * TURN);
  return [far * Math.cos(angle) + 0.0065, far * Math.sin(angle) + 0.006];
}

export function fromWgs84(place, datum) {
  if (datum === "wgs84") return place;
  const shifted = gcj(place);
  return datum === "bd09" ? bd(shifted) : shifted;
}

export function toWgs84(place, datum) {
  let [lon, lat] = place;
  for (let turn = 0; turn < 12; turn++) { // each turn leaves less than a hundredth of the error
    const [x, y] = fromWgs84([lon, lat], datum);
    [lon, lat] = [lon + place[0] - x, lat + place[1] - y];
    if (Math.abs(place[0] - x) + Math.abs(place[1] - y) < 1e-9) break;
  }
  return [lon, lat];
}

// Where the corners of a tile's pieces lie once they are moved from its own frame, row by row, in
// pixels of its zoom. The shift is not the same all over a tile, and that of BD-09 goes up and down
// within kilometres: no piece is so large that a point in it is off by a metre (below zoom 11, by a
// tenth of a pixel).
export function meshOf({ x, y, z }, datum, size = 256) {
  const count = 2 ** z, lat = latOf((y + 0.5) / count);
  const across = (AROUND_M * Math.cos((lat * Math.PI) / 180)) / count;
  const pieces = Math.max(1, Math.min(MOST_PIECES, Math.ceil(across / PIECE_M)));
  const at = [];
  for (let row = 0; row <= pieces; row++) {
    for (let column = 0; column <= pieces; column++) {
      const lon = ((x + column / pieces) / count) * 360 - 180;
      const [moved, north] = toWgs84([lon, latOf((y + row / pieces) / count)], datum);
      at.push([(moved / 360 + 0.5) * count * size, downOf(north) * count * size]);
    }
  }
  return { pieces, at };
}

// A piece's corner, and how far it reaches to the east and to the south.
export function pieceOf({ pieces, at }, column, row) {
  const corner = row * (pieces + 1) + column;
  const [nw, ne, sw] = [at[corner], at[corner + 1], at[corner + pieces + 1]];
  return { nw, east: [ne[0] - nw[0], ne[1] - nw[1]], south: [sw[0] - nw[0], sw[1] - nw[1]] };
}

function latOf(down) {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * down))) * 180) / Math.PI;
}

function downOf(lat) {
  return 0.5 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI);
}

function boxOf({ at }) {
  const [xs, ys] = [at.map(([x]) => x), at.map(([, y]) => y)];
  const left = Math.floor(Math.min(...xs)), top = Math.floor(Math.min(...ys));
  return { left, top, width: Math.ceil(Math.max(...xs)) - left, height: Math.ceil(Math.max(...ys)) - top };
}

function paint(canvas, image, mesh) {
  const { left, top, width, height } = boxOf(mesh), dots = window.devicePixelRatio || 1;
  canvas.width = width * dots;
  canvas.height = height * dots;
  const ctx = canvas.getContext("2d"), step = image.naturalWidth / mesh.pieces;
  for (let row = 0; row < mesh.pieces; row++) {
    for (let column = 0; column < mesh.pieces; column++) {
      const { nw, east, south } = pieceOf(mesh, column, row);
      ctx.setTransform(...[...east, ...south].map((each) => (each / step) * dots),
        (nw[0] - left) * dots, (nw[1] - top) * dots);
      // A pixel more than its own, or the basemap would show between pieces.
      const wide = Math.min(step + 1, image.naturalWidth - column * step);
      const high = Math.min(step + 1, image.naturalHeight - row * step);
      ctx.drawImage(image, column * step, row * step, wide, high, 0, 0, wide, high);
    }
  }
}

export function shiftedTiles(url, { datum = "wgs84", ...options }) {
  if (datum === "wgs84") return L.tileLayer(url, options);
  const meshes = new WeakMap();
  const Shifted = L.TileLayer.extend({
    createTile(coords, done) {
      const canvas = document.createElement("canvas"), image = new Image();
      const mesh = meshOf(coords, datum, this.getTileSize().x);
      meshes.set(canvas, mesh);
      image.onload = () => {
        paint(canvas, image, mesh);
        canvas.complete = true; // as Leaflet asks of an image
        done(null, canvas);
      };
      image.onerror = () => done(new Error("no tile"), canvas);
      image.src = this.getTileUrl(coords);
      return canvas;
    },
    // Which tiles are needed: those of what is seen, in their own frame.
    _getTiledPixelBounds(center) {
      const bounds = L.TileLayer.prototype._getTiledPixelBounds.call(this, center);
      const corner = (point) => {
        const { lng, lat } = this._map.unproject(point, this._tileZoom);
        const [east, north] = fromWgs84([lng, lat], datum);
        return this._map.project([north, east], this._tileZoom);
      };
      return L.bounds(corner(bounds.min), corner(bounds.max));
    },
  });
  const layer = new Shifted(url, options);
  layer.on("tileloadstart", ({ tile }) => {
    const { left, top, width, height } = boxOf(meshes.get(tile)), { origin } = layer._level;
    Object.assign(tile.style, { width: `${width}px`, height: `${height}px`,
      transform: `translate(${left - origin.x}px, ${top - origin.y}px)` });
  });
  return layer;
}
