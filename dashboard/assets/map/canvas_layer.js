// A picture over the map, moved and scaled with it; a new one is drawn in short tasks on a second
// canvas, and takes the place of the old one when it is complete.

import { nextTask } from "./slices.js";

const MOST_IN_TASK = 9_000; // corners that are drawn in a task
const LONGEST_WAIT_MS = 200;
export const STROKE = 3; // how much longer a corner takes to stroke than to fill
let CanvasLayer = null;

function define() {
  return L.Renderer.extend({
    options: { padding: 0.15, pane: "overlayPane" },

    initialize(painter, options) {
      L.Renderer.prototype.initialize.call(this, options);
      this.painter = painter;
      [this.told, this.later] = [[], []]; // who waits for the picture at hand, and for the next
    },

    _initContainer() {
      this._container = document.createElement("div");
      this._container.style.cssText = "position: absolute; left: 0; top: 0; pointer-events: none";
      this.drawn = null; // what the picture that is seen shows
      [this.front, this.back] = [this.canvas(), this.canvas()];
    },

    canvas() {
      const canvas = document.createElement("canvas");
      canvas.style.cssText = "position: absolute; left: 0; top: 0; visibility: hidden";
      this._container.append(canvas);
      return canvas;
    },

    _destroyContainer() {
      this.painting = null;
      L.DomUtil.remove(this._container);
      delete this._container;
    },

    _update() {
      if (!this._container || (this._map._animatingZoom && this._bounds)) return;
      L.Renderer.prototype._update.call(this);
      this.paint();
    },

    _updatePaths() {},

    // Keep the picture over what it shows, at another zoom larger or smaller.
    _updateTransform(center, zoom) {
      if (!this.drawn) return;
      const scale = this._map.getZoomScale(zoom, this.drawn.zoom);
      const corner = L.point(this.drawn.left, this.drawn.top).multiplyBy(scale);
      L.DomUtil.setTransform(this._container,
        corner.subtract(this._map._getNewPixelOrigin(center, zoom)), scale);
    },

    // What the painter is told: the canvas, what it shows, and how the unit square lies on it.
    view() {
      const zoom = this._map.getZoom(), world = 256 * 2 ** zoom;
      const corner = this._map.getPixelOrigin().add(this._bounds.min);
      const size = this._bounds.getSize();
      const dots = Math.min(2, window.devicePixelRatio || 1);
      return {
        ctx: this.back.getContext("2d"), zoom, world, left: corner.x, top: corner.y,
        width: size.x, height: size.y, dots: Math.round(size.x * dots) / size.x,
        box: [corner.x / world, corner.y / world,
          (corner.x + size.x) / world, (corner.y + size.y) / world],
      };
    },

    // Draw anew; the promise is kept when that is seen. What is asked for while a picture is drawn
    // begins it anew, unless that goes on for long: then this one is finished first.
    paint() {
      const late = this.painting && performance.now() - this.asked > LONGEST_WAIT_MS;
      const seen = new Promise((resolve) => (late ? this.later : this.told).push(resolve));
      if (late) this.again = true;
      else this.begin();
      return seen;
    },

    begin() {
      this.asked = this.painting ? this.asked : performance.now();
      this.again = false;
      const mine = (this.painting = {});
      const goesOn = () => this.painting === mine && !this._map._animatingZoom;
      this.draw(goesOn).catch(console.error).then(() => {
        if (this.painting === mine) this.painting = null;
      });
    },

    // A page that is being left has no size any more: there is nothing to paint on. While the map
    // is zoomed nothing is drawn: when it rests, that is asked for.
    async draw(goesOn) {
      await nextTask(); // what is asked for twice in a task is drawn once
      if (!goesOn() || !this._bounds.getSize().x || !this._bounds.getSize().y) return;
      const view = this.view();
      this.clear(view);
      let corners = 0;
      for (const count of this.painter(view)) {
        corners += count;
        if (corners < MOST_IN_TASK) continue;
        corners = 0;
        await nextTask();
        if (!goesOn()) return;
      }
      this.show(view);
    },

    clear({ width, height, dots }) {
      const { back } = this;
      [back.width, back.height] = [Math.round(width * dots), Math.round(height * dots)];
      [back.style.width, back.style.height] = [`${width}px`, `${height}px`];
    },

    show(view) {
      [this.front, this.back] = [this.back, this.front];
      this.front.style.visibility = "";
      this.back.style.visibility = "hidden";
      this.drawn = view;
      this._updateTransform(this._map.getCenter(), this._map.getZoom());
      this.painting = null;
      this.told.splice(0).forEach((tell) => tell());
      [this.told, this.later] = [this.later, []];
      if (this.again) this.begin();
    },
  });
}

export function canvasLayer(painter, options) {
  CanvasLayer ??= define();
  return new CanvasLayer(painter, options);
}

// Let the context draw in a tile's own whole numbers; return how many of them make one pixel.
export function intoTile({ ctx, world, left, top, dots }, { z, x, y }, extent) {
  const side = world / 2 ** z, scale = side / extent;
  ctx.setTransform(dots * scale, 0, 0, dots * scale, dots * (x * side - left), dots * (y * side - top));
  return 1 / scale;
}
