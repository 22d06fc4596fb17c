// The legend beside the data: what a colour means, and how many buildings have it.

import { el } from "../../elements.js";
import { patternTile } from "./units.js";

export function drawLegend(box, { words, styles, counts, grids }, { theme, open }) {
  const rows = styles.map((style, tier) => {
    const low = tier === styles.length - 1; // such a building is a part of the basemap
    const swatch = el("span", { class: "gw-swatch" });
    swatch.style.backgroundColor = low ? theme.built : style.fill;
    swatch.style.border = `${Math.max(1, style.width_px)}px solid ${low ? theme.builtLine : style.outline}`;
    if (style.pattern !== "plain") {
      swatch.style.backgroundImage = `url(${patternTile(style.pattern, style.outline).toDataURL()})`;
    }
    return el("li", {}, swatch, el("span", {}, `${style.label} `,
      el("b", {}, counts[tier]?.toLocaleString("en") ?? ""), " ", el("small", {}, style.meaning ?? "")));
  });
  if (grids) rows.push(el("li", {}, el("span", { class: "gw-swatch gw-dashed" }), words.gridLine));
  box.replaceChildren(el("details", { open },
    el("summary", {}, words.legend), el("ul", {}, ...rows), el("p", {}, words.note)));
}
