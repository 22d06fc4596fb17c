// What is known first of a unit that was picked, over the panel beside the map until the page has
// drawn the unit itself.

import { el } from "../../elements.js";

const LONGEST_MS = 10_000;
const PANEL = ".st-key-map_panel", SWITCH = ".st-key-map_side";

export class UnitCard {
  async show(address) {
    const turn = this.end();
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) return; // the page says why
    const box = el("div", { class: "gw-unit-card" });
    box.innerHTML = await answer.text(); // of our own server, which escapes
    const panel = document.querySelector(PANEL);
    if (panel && turn === this.turn) this.lay(box, panel);
  }

  lay(box, panel) {
    const { unit } = box.querySelector(".gw-facts").dataset;
    const drawn = `.stHtml .gw-facts[data-unit="${CSS.escape(unit)}"]`;
    if (panel.querySelector(drawn)) return;
    panel.scrollTop = 0;
    const above = panel.querySelector(SWITCH)?.getBoundingClientRect().bottom ?? 0;
    const top = Math.max(0, above - panel.getBoundingClientRect().top);
    box.style.top = `${top}px`;
    box.style.minHeight = `${panel.scrollHeight - top}px`;
    panel.append(box);
    this.box = box;
    this.watching = new MutationObserver(() => panel.querySelector(drawn) && this.end());
    this.watching.observe(panel, { childList: true, subtree: true });
    this.timer = setTimeout(() => this.end(), LONGEST_MS);
  }

  // Take it away, and whatever was asked for before; return what the next one is told by.
  end() {
    clearTimeout(this.timer);
    this.watching?.disconnect();
    this.box?.remove();
    return (this.turn = (this.turn ?? 0) + 1);
  }
}
