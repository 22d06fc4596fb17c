// What every map of ours stands in: Leaflet from our own server, a frame, the basemap by day and in
// the dark, a scale, a tooltip, and buttons that say their names.

import { el } from "../elements.js";
import { canvasLayer } from "./canvas_layer.js";
import { shiftedTiles } from "./datum.js";
import { Basemap } from "./basemap.js";
import { Labels } from "./labels.js";
import { THEMES } from "./theme.js";

const PAPER_PX = 680; // what A4 upright leaves between its margins
let leaflet = null;
let chosenDark = null; // what a person chose last on any map of this tab

function loadLeaflet(data) {
  const styles = [data.leaflet[1], data.style]; // ours comes second, and so has the last word
  leaflet ??= Promise.all([import(location.origin + data.leaflet[0]), ...styles.map(loadStyle)])
    .then(drawOnCanvasAlone);
  return leaflet;
}

// Leaflet may draw once more after a map was taken away, on a canvas that is gone.
function drawOnCanvasAlone() {
  const redraw = L.Canvas.prototype._redraw;
  L.Canvas.include({ _redraw() { if (this._ctx) redraw.call(this); } });
}

function loadStyle(href) {
  return new Promise((resolve) => {
    document.head.append(el("link", { rel: "stylesheet", href, onload: resolve, onerror: resolve }));
  });
}

const maps = new WeakMap(); // slot → map
let early = null; // the map that was drawn before the page had a place for it

// Draw a map in a box of its own until the page has its slot: a pick made meanwhile is kept for it.
export function open(box) {
  early = { box, picks: [] };
  return {
    keep: (...pick) => { early?.picks.push(pick); },
    end() {
      if (early?.box !== box) return;
      maps.get(box)?.remove();
      box.remove();
      early = null;
    },
  };
}

// Let the page's slot have the map that was drawn early, as it stands; say whether there was one.
function moveIn(slot) {
  const map = early && slot.closest(".st-key-map_place") && maps.get(early.box);
  if (!map) return false;
  slot.querySelector(".gw-map-slot").replaceWith(map.slot);
  maps.set(slot, map);
  early.box.remove();
  map.moved();
  return true;
}

// Return show() and remove() of a component that keeps one map in its slot.
export function mounting(make) {
  return {
    async show(component) {
      const slot = component.parentElement;
      slot.gridwardenData = component; // the newest wins when several runs overtake each other
      await loadLeaflet(component.data);
      if (slot.gridwardenData !== component) return;
      const moved = !maps.has(slot) && moveIn(slot);
      if (!maps.has(slot)) maps.set(slot, make(slot.querySelector(".gw-map-slot"), component.data));
      maps.get(slot).update(component);
      if (!moved) return;
      early.picks.forEach((pick) => component.setTriggerValue(...pick));
      early = null;
    },
    remove(slot) {
      maps.get(slot)?.remove();
      maps.delete(slot);
    },
  };
}

export class MapFrame {
  constructor(slot, data, { role, ...options }) {
    this.slot = slot;
    this.frame = el("div", { class: "gw-map", tabIndex: 0, role });
    if (data.height) this.frame.style.setProperty("--gw-map-height", `${data.height}px`);
    slot.replaceChildren(this.frame);
    this.map = L.map(this.frame, { zoomControl: false, attributionControl: true,
      maxZoom: 19, minZoom: 8, zoomSnap: 0.25, zoomDelta: 0.5, wheelPxPerZoomLevel: 90,
      fadeAnimation: false, ...options });
    this.map.attributionControl.setPrefix(false);
    this.map.setView([36, 117], 12);
    this.data = null; // set by update()
    this.theme = THEMES.light;
    this.basemap = new Basemap(data.basemap);
    this.layTiles(data);
    this.credit(data.basemap.attribution);
    this.canvas = canvasLayer((view) => (this.data ? this.paint(view) : [])).addTo(this.map);
    this.map.on("moveend", () => this.refresh());
    this.tooltip = L.tooltip({ className: "gw-tip", direction: "top", offset: [0, -6] });
    L.control.scale({ imperial: false }).addTo(this.map);
    this.buttons = this.control("topleft", "gw-buttons leaflet-bar");
    this.resizes = new ResizeObserver(() => this.map.invalidateSize({ animate: false }));
    this.resizes.observe(this.frame);
    this.printing = new AbortController();
    addEventListener("beforeprint", () => this.fitPaper(), { signal: this.printing.signal });
    addEventListener("afterprint", () => this.leavePaper(), { signal: this.printing.signal });
  }

  moved() {}

  // On paper the map is as it is seen, made smaller: drawn for another size it would come too late.
  fitPaper() {
    const { width, height } = this.frame.getBoundingClientRect();
    const told = { width: `${width}px`, height: `${height}px`, zoom: Math.min(1, PAPER_PX / width) };
    for (const name in told) this.slot.style.setProperty(`--gw-paper-${name}`, told[name]);
    const keys = [...this.slot.querySelectorAll(".gw-legend, .gw-over")]; // below the map: they would cover what is painted
    this.keyPlaces = keys.map((key) => {
      const place = document.createComment("");
      key.replaceWith(place);
      this.slot.append(key);
      return { key, place };
    });
    this.folded = keys.flatMap((key) => [...key.querySelectorAll("details:not([open])")]);
    this.folded.forEach((key) => { key.open = true; });
  }

  leavePaper() {
    this.folded?.forEach((key) => { key.open = false; });
    this.keyPlaces?.forEach(({ key, place }) => place.replaceWith(key));
    this.keyPlaces = this.folded = null;
  }

  remove() {
    this.removed = true; // what was asked of the server may still arrive
    this.resizes.disconnect();
    this.printing.abort();
    this.map.remove();
  }

  layTiles({ tiles }) {
    this.hasTiles = Boolean(tiles);
    if (!tiles) return;
    shiftedTiles(tiles.url, { datum: tiles.datum, maxZoom: 19, opacity: 0.8, zIndex: 1 }).addTo(this.map);
    this.credit(tiles.attribution);
  }

  // Name whom something is from; Leaflet takes markup here, so it gets text that is escaped.
  credit(text) {
    if (!text) return;
    const escaped = el("span", {}, text).innerHTML;
    this.map.attributionControl.addAttribution(escaped);
  }

  control(position, className) {
    const control = L.control({ position });
    control.onAdd = () => L.DomUtil.create("div", className);
    const box = control.addTo(this.map).getContainer();
    L.DomEvent.disableClickPropagation(box);
    L.DomEvent.disableScrollPropagation(box);
    return box;
  }

  // Dark as a person chose last, else as the page says.
  takeTheme() {
    const dark = chosenDark ?? this.data.theme === "dark";
    this.theme = dark ? THEMES.dark : THEMES.light;
    this.slot.classList.toggle("gw-dark", dark);
  }

  darken() {
    chosenDark = this.theme !== THEMES.dark;
    this.takeTheme();
    this.themed();
    this.canvas.paint();
  }

  themed() {}

  // ---- the basemap -------------------------------------------------------------------------

  // What a map has to load beside the basemap: promises of functions that put it in place.
  wanted() {
    return [];
  }

  painted() {}

  async refresh() {
    if (this.removed || !this.data) return;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const view = this.canvas.view();
    try {
      const placing = await Promise.all([this.basemap.load(view), ...this.wanted(view)]);
      if (this.removed || turn !== this.turn) return;
      placing.forEach((place) => place());
      await this.canvas.paint();
      if (this.removed || turn !== this.turn) return;
      this.painted();
    } catch (error) {
      if (this.removed || turn !== this.turn) return;
      this.failed();
      console.error(error);
    }
  }

  failed() {}

  // Draw in steps, each of which yields how many corners it drew.
  *paint(view) {
    if (!this.hasTiles) yield* this.basemap.paintAreas(view, this.theme);
    yield* this.paintUnder(view);
    if (!this.hasTiles) yield* this.basemap.paintLines(view, this.theme);
    yield* this.paintOver(view);
    yield* this.basemap.paintBorders(view, this.theme);
    const labels = new Labels(view, this.theme);
    this.paintMarks(view, labels);
    yield* this.basemap.paintNames(view, this.theme, labels);
    yield* this.paintLast(view, labels);
  }

  *paintUnder() {}

  *paintOver() {}

  paintMarks() {}

  *paintLast() {}

  // ---- words ------------------------------------------------------------------------------

  // Buttons to zoom, to see everything and to darken, in the page's language.
  drawButtons(words, whole) {
    this.buttons.replaceChildren(
      this.button("+", words.zoomIn, () => this.map.zoomIn(1)),
      this.button("−", words.zoomOut, () => this.map.zoomOut(1)),
      this.button("⤢", words.whole, whole),
      this.button("◐", words.dark, () => this.darken()),
    );
  }

  button(sign, title, onclick) {
    return el("button", { type: "button", title, "aria-label": title, onclick }, sign);
  }

  tell(place, name, facts) {
    const box = el("div", {}, el("div", { class: "gw-tip-name" }, name),
      el("div", { class: "gw-tip-facts" }, facts));
    this.tooltip.setContent(box).setLatLng(place);
    this.map.openTooltip(this.tooltip);
    this.keepTooltipInside(place);
  }

  // At a side of the map the tooltip is moved inwards, so that none of it is cut off.
  keepTooltipInside(place) {
    const half = Math.ceil(this.tooltip.getElement().offsetWidth / 2) + 1;
    const x = this.map.latLngToContainerPoint(place).x;
    const inwards = Math.max(half - x, Math.min(0, this.map.getSize().x - half - x));
    this.tooltip.options.offset = [inwards, -6];
    this.tooltip.update();
  }
}
