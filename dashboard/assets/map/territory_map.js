// Who answers for which building, before and after: points on one canvas, coloured by warden,
// each territory with its warden's name. The table beside says the same to a screen reader.

import { el } from "../elements.js";
import { MapFrame, mounting } from "./map_frame.js";

const NAMED_FROM = 17;

class TerritoryMap extends MapFrame {
  constructor(slot, data) {
    super(slot, data, { role: "group" });
    this.dots = L.canvas({ padding: 0.25 });
    this.points = L.layerGroup().addTo(this.map);
    this.labels = L.layerGroup().addTo(this.map);
    this.drawButtons(data.words, () => this.fit());
    this.map.on("zoomend", () => this.data && this.draw());
    this.seen = "";
    this.told = "";
  }

  // The points come as one text, which the server keeps: of a district they are many.
  update({ data }) {
    if (data.points !== this.told) {
      this.told = data.points;
      this.laid = JSON.parse(data.points);
    }
    this.data = { ...data, ...this.laid };
    this.takeTheme();
    this.frame.setAttribute("aria-label", data.words.map);
    const { lon, lat } = this.laid;
    const area = lon.length ? `${lon.length}:${lon[0]}:${lat[0]}` : "";
    if (area !== this.seen) {
      this.seen = area;
      this.fit();
    }
    this.draw();
    this.refresh();
    this.slot.dataset.ready = data.shown;
    this.slot.dataset.points = lon.length;
  }

  themed() {
    this.draw();
  }

  fit() {
    const { lon, lat } = this.data;
    if (!lon.length) return this.map.setView([0, 0], 8);
    const spread = (values) => [Math.min(...values), Math.max(...values)];
    const [west, east] = spread(lon), [south, north] = spread(lat);
    this.map.fitBounds([[south, west], [north, east]], { padding: [24, 24], animate: false });
  }

  draw() {
    const { lon, lat, before, after, wardens, shown } = this.data;
    const owner = shown === "before" ? before : after;
    this.points.clearLayers();
    this.labels.clearLayers();
    const sums = wardens.map(() => [0, 0, 0]);
    const size = Math.min(6, Math.max(1.8, (this.map.getZoom() - 11) * 0.8));
    for (let at = 0; at < lon.length; at++) {
      const who = owner[at];
      const changed = before[at] !== after[at];
      const marked = shown === "after" && changed;
      const dot = L.circleMarker([lat[at], lon[at]], {
        renderer: this.dots,
        radius: marked ? size + 0.7 : size,
        fillColor: who < 0 ? "#ffffff" : wardens[who].hue,
        fillOpacity: 1,
        color: marked || who < 0 ? this.theme.chosen : this.theme.dotLine,
        weight: marked ? (size > 3 ? 2 : 1) : who < 0 ? 1 : 0.5,
      });
      dot.on("mouseover", () => this.hover(at));
      dot.on("mouseout", () => this.map.closeTooltip(this.tooltip));
      this.points.addLayer(dot);
      if (who >= 0) {
        sums[who][0] += lat[at];
        sums[who][1] += lon[at];
        sums[who][2] += 1;
      }
    }
    // The name stands at the building nearest to the middle, so that it lies inside its territory.
    const nearest = wardens.map(() => [Infinity, 0]);
    for (let at = 0; at < lon.length; at++) {
      const who = owner[at];
      if (who < 0) continue;
      const [y, x, n] = sums[who];
      const far = (lat[at] - y / n) ** 2 + ((lon[at] - x / n) * 0.8) ** 2;
      if (far < nearest[who][0]) nearest[who] = [far, at];
    }
    const placed = [];
    sums.forEach(([, , n], who) => {
      if (!n) return;
      const at = nearest[who][1];
      const place = this.map.latLngToLayerPoint([lat[at], lon[at]]);
      const near = (other) => Math.abs(other.x - place.x) < 58 && Math.abs(other.y - place.y) < 22;
      if (placed.some(near)) return; // shown again when zoomed in; hovering tells it meanwhile
      placed.push(place);
      const name = el("span", {}, wardens[who].name);
      name.style.borderColor = wardens[who].hue;
      const icon = L.divIcon({ className: "gw-territory", html: name, iconSize: null });
      this.labels.addLayer(L.marker([lat[at], lon[at]], { icon, interactive: false, keyboard: false }));
    });
  }

  // From far the points lie over the names that the basemap has there.
  paintMarks(view, labels) {
    const { lon, lat } = this.data;
    if (view.zoom >= NAMED_FROM || !lon.length) return;
    const { min, max } = L.bounds(lon.map((x, at) => this.map.project([lat[at], x], view.zoom)));
    labels.reserve((min.x + max.x) / 2 - view.left, (min.y + max.y) / 2 - view.top,
      max.x - min.x, max.y - min.y);
  }

  hover(at) {
    const { lon, lat, before, after, names, wardens, words } = this.data;
    const name = (who) => (who < 0 ? words.nobody : wardens[who].name);
    const facts = before[at] === after[at] ? name(after[at]) : `${name(before[at])} → ${name(after[at])}`;
    this.tell([lat[at], lon[at]], names[at], facts);
  }
}

export const { show, remove } = mounting((slot, data) => new TerritoryMap(slot, data));
