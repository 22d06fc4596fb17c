// The list's first ten on the map, with their numbers.

import { el } from "../../elements.js";

export function drawPins(street, layer) {
  const { pins, styles, unscored } = street.data;
  layer.clearLayers();
  for (const pin of pins) {
    const style = styles[pin.tier] ?? unscored;
    const place = L.latLng(pin.lat, pin.lon);
    const marker = L.marker(place, { icon: iconOf(pin, style), keyboard: false,
      zIndexOffset: 1000 - pin.number, alt: `${pin.number} ${pin.name}` });
    marker.on("click", () => street.choose(pin.unit, pin.layer));
    marker.on("mouseover", () => street.tell(place, `${pin.number}. ${pin.name}`, style.label));
    marker.on("mouseout", () => street.map.closeTooltip(street.tooltip));
    layer.addLayer(marker);
  }
}

function iconOf({ number }, style) {
  const face = el("span", { class: "gw-pin" }, el("b", {}, String(number)));
  face.style.background = style.fill;
  face.style.borderColor = style.outline;
  face.style.color = style.on_fill;
  return L.divIcon({ className: "gw-pin-box", html: face, iconSize: [26, 26], iconAnchor: [13, 32] });
}
