// One canvas over the map, moved while a person drags and drawn anew when the map rests.

let CanvasLayer = null;

function define() {
  // L.Renderer keeps the canvas in place while the map is dragged or zoomed.
  return L.Renderer.extend({
    options: { padding: 0.15, pane: "overlayPane" },

    initialize(painter, options) {
      L.Renderer.prototype.initialize.call(this, options);
      this.painter = painter;
    },

    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.style.pointerEvents = "none";
      this.context = this._container.getContext("2d");
    },

    _destroyContainer() {
      L.DomUtil.remove(this._container);
      delete this._container;
    },

    _update() {
      if (!this._container || (this._map._animatingZoom && this._bounds)) return;
      L.Renderer.prototype._update.call(this);
      const canvas = this._container, size = this._bounds.getSize();
      const dots = Math.min(2, window.devicePixelRatio || 1);
      L.DomUtil.setPosition(canvas, this._bounds.min);
      const [width, height] = [Math.round(size.x * dots), Math.round(size.y * dots)];
      if (canvas.width !== width || canvas.height !== height) {
        [canvas.width, canvas.height] = [width, height];
        canvas.style.width = `${size.x}px`;
        canvas.style.height = `${size.y}px`;
      }
      this.paint();
    },

    _updatePaths() {},

    // What the painter is told: the canvas, what it shows, and how the unit square lies on it.
    view() {
      const zoom = this._map.getZoom(), world = 256 * 2 ** zoom;
      const corner = this._map.getPixelOrigin().add(this._bounds.min);
      const size = this._bounds.getSize();
      return {
        ctx: this.context, zoom, world, left: corner.x, top: corner.y,
        width: size.x, height: size.y,
        dots: this._container.width / size.x,
        box: [corner.x / world, corner.y / world,
          (corner.x + size.x) / world, (corner.y + size.y) / world],
      };
    },

    // A page that is being left has no size any more: there is nothing to paint on.
    paint() {
      if (!this._container?.width || !this._container.height || !this._bounds) return;
      const view = this.view();
      view.ctx.setTransform(1, 0, 0, 1, 0, 0);
      view.ctx.clearRect(0, 0, this._container.width, this._container.height);
      this.painter(view);
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
