// What every map of ours stands in: Leaflet from our own server, a frame, a scale, a tooltip, and
// buttons that say their names.

const { el } =
  await import(new URL("../elements.js" + new URL(import.meta.url).search, import.meta.url));
let leaflet = null;

function loadLeaflet(data) {
  leaflet ??= (async () => {
    for (const href of [data.leaflet[1], data.style]) {
      await new Promise((resolve) => {
        document.head.append(el("link", { rel: "stylesheet", href, onload: resolve, onerror: resolve }));
      });
    }
    await import(location.origin + data.leaflet[0]);
  })();
  return leaflet;
}

// Return show() and remove() of a component that keeps one map in its slot.
export function mounting(make) {
  const maps = new WeakMap();
  return {
    async show(component) {
      const slot = component.parentElement;
      slot.gridwardenData = component; // the newest wins when several runs overtake each other
      await loadLeaflet(component.data);
      if (slot.gridwardenData !== component) return;
      if (!maps.has(slot)) maps.set(slot, make(slot.querySelector(".gw-map-slot"), component.data));
      maps.get(slot).update(component);
    },
    remove(slot) {
      maps.get(slot)?.remove();
      maps.delete(slot);
    },
  };
}

export class MapFrame {
  constructor(slot, data, { role, attribution = false, ...options }) {
    this.slot = slot;
    this.frame = el("div", { class: "gw-map", tabIndex: 0, role });
    this.frame.style.setProperty("--gw-map-height", `${data.height}px`);
    slot.replaceChildren(this.frame);
    this.map = L.map(this.frame, { zoomControl: false, attributionControl: attribution,
      maxZoom: 19, minZoom: 8, zoomSnap: 0.25, fadeAnimation: false, ...options });
    this.tooltip = L.tooltip({ className: "gw-tip", direction: "top", offset: [0, -6] });
    L.control.scale({ imperial: false }).addTo(this.map);
    this.buttons = this.control("topleft", "gw-buttons leaflet-bar");
    this.resizes = new ResizeObserver(() => this.map.invalidateSize({ animate: false }));
    this.resizes.observe(this.frame);
  }

  remove() {
    this.removed = true; // what was asked of the server may still arrive
    this.resizes.disconnect();
    this.map.remove();
  }

  control(position, className) {
    const control = L.control({ position });
    control.onAdd = () => L.DomUtil.create("div", className);
    const box = control.addTo(this.map).getContainer();
    L.DomEvent.disableClickPropagation(box);
    return box;
  }

  // Buttons to zoom and to see everything, in the page's language.
  drawButtons(words, whole) {
    const button = (sign, title, onclick) =>
      el("button", { type: "button", title, "aria-label": title, onclick }, sign);
    this.buttons.replaceChildren(
      button("+", words.zoomIn, () => this.map.zoomIn(1)),
      button("−", words.zoomOut, () => this.map.zoomOut(1)),
      button("⤢", words.whole, whole),
    );
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
    const half = this.tooltip.getElement().offsetWidth / 2;
    const x = this.map.latLngToContainerPoint(place).x;
    const inwards = Math.max(half - x, Math.min(0, this.map.getSize().x - half - x));
    this.tooltip.options.offset = [inwards, -6];
    this.tooltip.update();
  }
}
