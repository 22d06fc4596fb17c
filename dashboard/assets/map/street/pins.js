// The list's first ten on the map, with their numbers.

import { el } from "../../elements.js";

const STEP_PX = 24, HIDES_PX = 22;

export function drawPins(street, layer) {
  const { pins, styles, unscored } = street.data;
  const rows = rowsOf(pins, (pin) => street.map.project([pin.lat, pin.lon]));
  layer.clearLayers();
  for (const pin of pins) {
    const style = styles[pin.tier] ?? unscored;
    const place = L.latLng(pin.lat, pin.lon);
    const row = rows.find((each) => each.pins.includes(pin)).pins;
    const marker = L.marker([row[0].lat, row[0].lon], { icon: iconOf(pin, style, row), keyboard: false,
      zIndexOffset: 1000 - pin.number, alt: `${pin.number} ${pin.name}` });
    marker.on("click", () => street.choose(pin.unit, pin.layer));
    marker.on("mouseover", () => street.tell(place, `${pin.number}. ${pin.name}`, style.label));
    marker.on("mouseout", () => street.map.closeTooltip(street.tooltip));
    layer.addLayer(marker);
  }
}

// Keep names away from pins. ``at``: where a pin's tip is, in pixels.
export function reservePins(pins, at, labels) {
  for (const { x, y, pins: beside } of rowsOf(pins, at)) {
    const more = STEP_PX * (beside.length - 1);
    labels.reserve(x + more / 2, y - 16, 28 + more, 34);
  }
}

// Pins that would hide each other stand in one row, at the place of the best of them.
function rowsOf(pins, at) {
  const rows = pins.map((pin) => ({ ...at(pin), pins: [pin] }));
  for (let first = 0; first < rows.length;) {
    const other = rows.findIndex((row, place) => place > first && hide(rows[first], row));
    if (other < 0) first += 1;
    else {
      const [joined] = rows.splice(other, 1);
      rows[first].pins = [...rows[first].pins, ...joined.pins].sort((a, b) => a.number - b.number);
      first = 0; // a longer row may hide others
    }
  }
  return rows;
}

function hide(one, other) {
  const [left, right] = one.x < other.x ? [one, other] : [other, one];
  const reach = STEP_PX * (left.pins.length - 1) + HIDES_PX;
  return Math.abs(one.y - other.y) < HIDES_PX && right.x - left.x < reach;
}

// The last of a row brings the band that holds it together: all others lie over it.
function iconOf(pin, style, row) {
  const before = STEP_PX * row.indexOf(pin);
  const face = el("span", { class: before ? "gw-pin gw-pin-beside" : "gw-pin" }, el("b", {}, String(pin.number)));
  face.style.background = style.fill;
  face.style.borderColor = style.outline;
  face.style.color = style.on_fill;
  const band = el("span", { class: "gw-pin-band" });
  band.style.width = `${before + 34}px`;
  const ends = before && pin === row.at(-1);
  return L.divIcon({ className: "gw-pin-box", html: el("div", {}, ...(ends ? [band] : []), face),
    iconSize: [26, 26], iconAnchor: [13 - before, 32] });
}
