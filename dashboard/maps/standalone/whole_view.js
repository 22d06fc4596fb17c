// Show all of it beside the panels, again whenever the frame gets its size.
// Once a person moved the map it is left alone.

export default function (map, { bounds }) {
  let own = true;
  const zoomOf = ([a, b]) => map.getBoundsZoom(bounds, false, L.point(a).add(L.point(b)));
  const fit = () => {
    if (!own) return;
    map.invalidateSize(false);
    const names = document.querySelector(".gw-bottom")?.getBoundingClientRect();
    const [beside, above] = names ? [names.width + 30, names.height + 30] : [30, 30];
    const rooms = [[60, 84], [30, 130]].flatMap((start) => // beside or below the buttons
      [[beside, 30], [30, above]].map((end) => [start, end]));
    const [start, end] = rooms.sort((a, b) => zoomOf(b) - zoomOf(a))[0];
    const room = { paddingTopLeft: start, paddingBottomRight: end };
    map.fitBounds(bounds, { ...room, maxZoom: 18, animate: false });
  };
  for (const name of ["pointerdown", "wheel", "keydown"]) {
    addEventListener(name, () => { own = false; }, { capture: true });
  }
  for (const name of ["load", "resize"]) addEventListener(name, fit);
  fit();
}
