// A button that turns the map dark and light again.
// Each shape swaps its style with the one that it has under `dark`.

export default function (map, { label }) {
  const turn = (layer) => {
    const { dark } = layer.options;
    if (!dark) return;
    const names = Object.keys(dark).map((name) => [name, layer.options[name]]);
    layer.setStyle({ ...dark, dark: Object.fromEntries(names) });
  };
  const control = L.control({ position: "topleft" });
  control.onAdd = () => {
    const box = L.DomUtil.create("div", "leaflet-bar");
    const button = L.DomUtil.create("button", "gw-darken", box);
    button.type = "button";
    button.title = button.ariaLabel = label;
    button.textContent = "◐";
    L.DomEvent.disableClickPropagation(box);
    button.onclick = () => {
      document.documentElement.classList.toggle("gw-dark");
      map.eachLayer(turn);
    };
    return box;
  };
  control.addTo(map);
}
