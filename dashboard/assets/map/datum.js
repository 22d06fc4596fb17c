// The office's own map tiles may be drawn in GCJ-02 or BD-09: each is moved to where it belongs.

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
  }
  return [lon, lat];
}

export function shiftedTiles(url, { datum = "wgs84", ...options }) {
  if (datum === "wgs84") return L.tileLayer(url, options);
  const moved = (latlng, move) => {
    const [lng, lat] = move([latlng.lng, latlng.lat], datum);
    return L.latLng(lat, lng);
  };
  const Shifted = L.TileLayer.extend({
    // Where a tile's corner lies once it is moved from its own frame, in pixels of its level.
    cornerOf(coords) {
      const corner = this._map.unproject(coords.scaleBy(this.getTileSize()), coords.z);
      return this._map.project(moved(corner, toWgs84), coords.z).subtract(this._level.origin);
    },
    // Which tiles are needed: those of what is seen, in their own frame.
    _getTiledPixelBounds(center) {
      const bounds = L.TileLayer.prototype._getTiledPixelBounds.call(this, center);
      const corner = (point) =>
        this._map.project(moved(this._map.unproject(point, this._tileZoom), fromWgs84), this._tileZoom);
      return L.bounds(corner(bounds.min), corner(bounds.max));
    },
  });
  const layer = new Shifted(url, options);
  layer.on("tileloadstart", ({ tile, coords }) => {
    const size = layer.getTileSize();
    const at = (x, y) => {
      const next = L.point(coords.x + x, coords.y + y);
      next.z = coords.z;
      return layer.cornerOf(next);
    };
    const nw = at(0, 0), east = at(1, 0).subtract(nw), south = at(0, 1).subtract(nw);
    // The shift is not the same all over a tile: it is stretched and turned to meet its corners.
    tile.style.transformOrigin = "0 0";
    tile.style.transform = `matrix(${[east.x / size.x, east.y / size.x, south.x / size.y,
      south.y / size.y, nw.x, nw.y].join(",")})`;
  });
  return layer;
}
