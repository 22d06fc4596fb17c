// The buildings that an address may mean, numbered as in the list beside the map; what is around
// them, and where the rows themselves say that they are.

import { el } from "../elements.js";
import { MapFrame, mounting } from "./map_frame.js";

// The one place that there is needs no number.
const sign = ({ number }) => (number == null ? "●" : String(number));

class CandidatesMap extends MapFrame {
  constructor(slot, data) {
    super(slot, data, { role: "group", scrollWheelZoom: false });
    this.shapes = L.canvas({ padding: 0.25 });
    this.drawn = L.layerGroup().addTo(this.map);
    this.pins = L.layerGroup().addTo(this.map);
    this.drawButtons(data.words, () => this.fit());
    this.seen = "";
  }

  update(component) {
    const data = (this.data = component.data);
    this.takeTheme();
    this.pick = (unit) => component.setTriggerValue("picked", { unit });
    this.frame.setAttribute("aria-label", data.words.map);
    this.draw();
    if (data.address !== this.seen) {
      this.seen = data.address;
      this.fit();
    }
    this.refresh();
    this.slot.dataset.ready = data.address;
  }

  themed() {
    this.draw();
  }

  fit() {
    const { candidates, points } = this.data;
    const places = [...candidates.map(({ lat, lon }) => [lat, lon]), ...points.map(([x, y]) => [y, x])];
    if (!places.length) return;
    this.map.fitBounds(L.latLngBounds(places).pad(0.15), { padding: [30, 34], maxZoom: 17.5, animate: false });
  }

  draw() {
    const { candidates, outlines, points, chosen, words } = this.data;
    const { built, builtLine } = this.theme;
    const number = new Map(candidates.map((each) => [each.unit, each]));
    this.drawn.clearLayers();
    this.pins.clearLayers();
    for (const [unit, rings] of outlines) {
      const known = number.get(unit);
      const own = unit === chosen;
      const shape = L.polygon(rings.map((ring) => ring.map(([x, y]) => [y, x])), {
        renderer: this.shapes, weight: own ? 3 : known ? 2 : 1, color: own ? "#7a1022" : known ? "#1f5f8b" : builtLine,
        fillColor: own ? "#d6455d" : known ? "#7fb2d6" : built,
        fillOpacity: own || known ? 0.85 : 0.35, // names of the basemap stay readable
      });
      if (known) this.explain(shape, known);
      this.drawn.addLayer(shape);
    }
    for (const [x, y] of points) {
      const dot = L.circleMarker([y, x], { renderer: this.shapes, radius: 6, weight: 2, color: "#fff",
        fillColor: "#c25a00", fillOpacity: 1 });
      dot.on("mouseover", () => this.tell(L.latLng(y, x), words.point, ""));
      dot.on("mouseout", () => this.map.closeTooltip(this.tooltip));
      this.drawn.addLayer(dot);
    }
    for (const each of candidates) {
      const face = el("span", { class: "gw-pin" }, el("b", {}, sign(each)));
      face.style.cssText = each.unit === chosen
        ? "background:#a3123a;border-color:#fff;color:#fff" : "background:#fff;border-color:#1f5f8b;color:#14425f";
      const icon = L.divIcon({ className: "gw-pin-box", html: face, iconSize: [26, 26], iconAnchor: [13, 32] });
      const pin = L.marker([each.lat, each.lon], { icon, keyboard: false, alt: `${sign(each)} ${each.name}`,
        zIndexOffset: each.unit === chosen ? 2000 : 1000 - (each.number ?? 0) });
      this.explain(pin, each);
      this.pins.addLayer(pin);
    }
  }

  explain(layer, { unit, number, name, address, lon, lat }) {
    layer.on("click", () => this.pick(unit));
    const told = number == null ? name : `${number}. ${name}`;
    layer.on("mouseover", () => this.tell(L.latLng(lat, lon), told, address));
    layer.on("mouseout", () => this.map.closeTooltip(this.tooltip));
  }
}

export const { show, remove } = mounting((slot, data) => new CandidatesMap(slot, data));
