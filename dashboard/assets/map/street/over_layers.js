// What a person can lay over the map: next week's routes, suspicions, waiting reports, change, cases.

import { el } from "../../elements.js";
import { fetchOnce, inSquare } from "../tiles.js";
import { FONT } from "../theme.js";

const REACH_PX = 11;
const SIGNS = { rise: "▲", fall: "▼", suspected: "!", waiting: "●" };

export class OverLayers {
  constructor(map) {
    this.map = map;
    this.box = map.control("topleft", "gw-over");
    this.chosen = new Set();
    this.drawn = [];
  }

  update({ over, words, over_of: address }) {
    this.address = address;
    this.labels = Object.fromEntries(over.map(({ name, label }) => [name, label]));
    this.box.hidden = !over.length;
    const mark = ({ kind, sign, hue }) =>
      el("i", { style: `color:${hue};border-color:${hue}`, "aria-hidden": "true" }, SIGNS[kind] ?? sign);
    const rows = over.flatMap(({ name, label, legend = [] }) => {
      const several = legend.length > 1;
      const key = several && el("ul", { class: "gw-over-key" }, ...legend.map((each) =>
        el("li", {}, mark(each), each.means)));
      const tick = el("input", { type: "checkbox", onchange: () => {
        if (key) key.hidden = !tick.checked;
        this.toggle(name, tick.checked);
      } });
      tick.checked = this.chosen.has(name);
      if (key) key.hidden = !tick.checked;
      const row = el("label", {}, tick, ...(several ? [] : legend.map(mark)), label);
      return key ? [row, key] : [row];
    });
    const onkeydown = (event) => { if (event.key === "Escape") this.fold(event); };
    this.foldout = el("details", { onkeydown }, el("summary", {}, words.layers), ...rows);
    this.box.replaceChildren(this.foldout);
    this.load();
  }

  fold(event) {
    if (!this.foldout.open) return;
    event.stopPropagation();
    this.foldout.open = false;
    this.foldout.querySelector("summary").focus();
  }

  toggle(name, drawn) {
    if (drawn) this.chosen.add(name);
    else this.chosen.delete(name);
    this.load();
  }

  async load() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const asked = [...this.chosen].map(async (name) =>
      ({ name, ...await fetchOnce(this.address + name, (content) => content) }));
    const drawn = await Promise.all(asked).catch(() => []);
    if (turn !== this.turn || this.map.removed) return;
    this.drawn = drawn;
    this.map.canvas.paint();
  }

  // The mark within reach of a place on the map, the nearest where several are: what it marks.
  near(latlng) {
    const at = (place) => this.map.map.latLngToContainerPoint(place);
    const here = at(latlng);
    let best = null, least = REACH_PX;
    for (const { name: layer, lines, points } of this.drawn) {
      const stops = lines.flatMap(({ places, units, names }) =>
        places.map((place, i) => ({ place, unit: units[i], name: names[i] })));
      for (const { place: [lng, lat], unit, name } of [...points, ...stops]) {
        const far = at([lat, lng]).distanceTo(here);
        if (far < least) [best, least] = [{ unit, name, layer }, far];
      }
    }
    return best && { ...best, label: this.labels[best.layer] };
  }

  paint(view, labels) {
    const { ctx, dots, world, left, top } = view;
    const at = ([lon, lat]) => {
      const [x, y] = inSquare(lon, lat);
      return [x * world - left, y * world - top];
    };
    ctx.setTransform(dots, 0, 0, dots, 0, 0);
    ctx.lineJoin = ctx.lineCap = "round";
    for (const { lines, points } of this.drawn) {
      for (const { hue, places } of lines) {
        ctx.beginPath();
        places.forEach((place, i) => (i ? ctx.lineTo(...at(place)) : ctx.moveTo(...at(place))));
        for (const [colour, width] of [["rgb(255 255 255 / 85%)", 6], [hue, 3]]) {
          ctx.strokeStyle = colour;
          ctx.lineWidth = width;
          ctx.stroke();
        }
        places.forEach((place) => this.dot(ctx, ...at(place), hue, "", 4));
      }
      for (const { kind, sign, hue, place } of points) {
        const [x, y] = at(place);
        this.dot(ctx, x, y, hue, SIGNS[kind] ?? sign ?? "", 8);
        labels.reserve(x, y, 18, 18);
      }
    }
  }

  dot(ctx, x, y, hue, sign, radius) {
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    ctx.fillStyle = "#ffffff";
    ctx.fill();
    ctx.lineWidth = 2.4;
    ctx.strokeStyle = hue;
    ctx.stroke();
    if (!sign) return;
    ctx.font = `700 ${radius + 2}px ${FONT}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillStyle = hue;
    ctx.fillText(sign, x, y + 0.5);
  }
}
