// The number of each stop; of stops that lie too near the later are dots until one zooms in.
// `radius` of a stop and how far `apart` two of them lie at least: pixels.

export default function (map, { radius, apart }) {
  const stops = [];
  map.eachLayer((stop) => {
    const { number } = stop.options;
    if (!number) return;
    const at = stop.getLatLng();
    (map.keptFree ??= []).push([at.lat, at.lng, 10, 10, 10]);
    const icon = L.divIcon({ className: "gw-number", html: `${number}`, iconSize: [24, 12] });
    const text = L.marker(at, { interactive: false, keyboard: false, icon }).addTo(map);
    stops.push({ stop, text, number });
  });
  stops.sort((a, b) => a.number - b.number);
  const thin = () => {
    const read = [];
    for (const { stop, text } of stops) {
      const at = map.latLngToLayerPoint(stop.getLatLng());
      const free = read.every((other) => other.distanceTo(at) > apart);
      if (free) read.push(at);
      text.setOpacity(free ? 1 : 0);
      stop.setRadius(free ? radius : radius / 3);
    }
  };
  map.on("zoomend", thin);
  thin();
}
