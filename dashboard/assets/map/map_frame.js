// What every map of ours stands in: Leaflet from our own server, and buttons that say their names.

let leaflet = null;

export function loadLeaflet(data) {
  leaflet ??= (async () => {
    for (const href of [data.leaflet[1], data.style]) {
      await new Promise((resolve) => {
        const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
        link.onload = link.onerror = resolve;
        document.head.append(link);
      });
    }
    await import(location.origin + data.leaflet[0]);
  })();
  return leaflet;
}

// A column of buttons to zoom and to see everything; draw() names them in the page's language.
export class ZoomButtons {
  constructor(map, whole) {
    Object.assign(this, { map, whole });
    this.control = L.control({ position: "topleft" });
    this.control.onAdd = () => L.DomUtil.create("div", "gw-buttons leaflet-bar");
    this.control.addTo(map);
    L.DomEvent.disableClickPropagation(this.control.getContainer());
  }

  draw(words) {
    const button = (sign, label, act) => {
      const made = Object.assign(document.createElement("button"),
        { type: "button", textContent: sign, title: label });
      made.setAttribute("aria-label", label);
      made.addEventListener("click", act);
      return made;
    };
    this.control.getContainer().replaceChildren(
      button("+", words.zoomIn, () => this.map.zoomIn(1)),
      button("−", words.zoomOut, () => this.map.zoomOut(1)),
      button("⤢", words.whole, this.whole),
    );
  }
}
