// What every map has that stands alone: a scale, patterns, and a way onto paper.
// `patternTile` of assets/map/street/units.js stands before it.

export default function (map) {
  L.control.scale({ imperial: false }).addTo(map); // folium's own shows feet as well
  fillPatterns();
  if (window === parent) fitOnPaper(); // in a frame, it is printed as it is seen

  // What has a `pattern` is filled with it as well: tiers are told apart without colour.
  function fillPatterns() {
    const plain = L.Canvas.prototype._fillStroke, made = new Map();
    L.Canvas.include({
      _fillStroke(ctx, layer) {
        const { pattern, color } = layer.options;
        plain.call(this, ctx, layer);
        if (!pattern || pattern === "plain") return;
        const key = pattern + color;
        if (!made.has(key)) made.set(key, ctx.createPattern(patternTile(pattern, color), "repeat"));
        ctx.globalAlpha = 0.8;
        ctx.fillStyle = made.get(key);
        ctx.fill("evenodd");
      },
    });
    addEventListener("DOMContentLoaded", () => {
      for (const key of document.querySelectorAll("i[data-pattern]")) {
        const tile = patternTile(key.dataset.pattern, key.style.borderColor);
        const seen = Object.assign(document.createElement("canvas"), { width: 20, height: 12 });
        const ctx = seen.getContext("2d");
        ctx.fillStyle = ctx.createPattern(tile, "repeat");
        ctx.fillRect(0, 0, 20, 12);
        key.append(seen);
      }
    });
  }

  // What is seen, or the map's `paperBounds`, lies on a page of A4 while it is printed.
  function fitOnPaper() {
    let seen;
    const snap = map.options.zoomSnap;
    const paper = (on) => {
      document.body.classList.toggle("gw-paper", on);
      map.options.zoomSnap = on ? 0 : snap;
      map.invalidateSize({ animate: false });
    };
    addEventListener("beforeprint", () => {
      const bounds = map.paperBounds ?? map.getBounds();
      seen = [map.getCenter(), map.getZoom()];
      paper(true);
      const room = { paddingTopLeft: [10, 90], paddingBottomRight: [10, 10] };
      map.fitBounds(bounds, { animate: false, ...room });
    });
    addEventListener("afterprint", () => {
      paper(false);
      map.setView(...seen, { animate: false });
    });
  }
}
