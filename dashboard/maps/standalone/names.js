// Names on a map, those of small places from near by only, or numbers of pins.
// Names that others or pins would cover are left out; pins (`above`) stand beside each other.

export default function (map, { names: given, above }) {
  const names = given.map(([lat, lon, text, kind, zoom]) => {
    const html = `<span>${text}</span>`;
    const icon = L.divIcon({ className: `gw-name ${kind}`, html, iconSize: [0, 0] });
    const zIndexOffset = above ? 500 : -500;
    return {
      zoom,
      long: text.length * (kind === "gw-community" ? 18 : 13),
      mark: L.marker([lat, lon], { interactive: false, keyboard: false, zIndexOffset, icon }),
    };
  });
  const free = (map.keptFree ??= []); // place, half a width, height above and below
  if (above) free.push(...given.map(([lat, lon]) => [lat, lon, 13, 32, 0]));

  const covers = (one, other) => one[0] < other[2] && one[2] > other[0]
    && one[1] < other[3] && one[3] > other[1];
  const show = () => {
    const boxes = free.map(([lat, lon, aside, up, down]) => {
      const { x, y } = map.project([lat, lon]);
      return [x - aside, y - up, x + aside, y + down];
    });
    const pins = [];
    for (const { zoom, long, mark } of names) {
      const { x, y } = map.project(mark.getLatLng());
      const box = [x - long / 2, y - 9, x + long / 2, y + 9];
      const isFree = above || !boxes.some((other) => covers(other, box));
      if (map.getZoom() >= zoom && isFree) {
        boxes.push(box);
        mark.addTo(map);
      } else {
        mark.remove();
      }
      if (!above) continue;
      let at = { x, y }, over; // pins that would hide each other stand beside each other
      while (over = pins.find((p) => Math.abs(p.x - at.x) < 24 && Math.abs(p.y - at.y) < 24)) {
        at = { x: over.x + 24, y: over.y };
      }
      pins.push(at);
      const face = mark.getElement().firstChild;
      face.style.left = `${at.x - x}px`;
      face.style.top = `${at.y - y}px`;
    }
  };
  map.on("zoomend", show);
  addEventListener("load", show);
  show();
}
