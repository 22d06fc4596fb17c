// Dragging a card by mouse, pen or finger. A mouse takes hold of the card, a finger of its grip, so
// that the page still scrolls; the page itself scrolls along near its edges.

const FAR_PX = 6;
const EDGE_PX = 70;
const STEP_PX = 14;

export class Dragging {
  constructor(columns, ondrop) {
    Object.assign(this, { columns, ondrop });
    this.line = Object.assign(document.createElement("div"), { className: "gw-b-line" });
    columns.addEventListener("pointerdown", (event) => this.begin(event));
    this.on = {
      pointermove: (event) => this.follow(event),
      pointerup: (event) => this.drop(event),
      pointercancel: () => this.stop(),
      keydown: (event) => event.key === "Escape" && this.stop(),
    };
  }

  begin(event) {
    const card = event.target.closest(".gw-b-card");
    const grip = event.target.closest(".gw-b-grip");
    const mouse = event.pointerType === "mouse";
    if (!card?.querySelector(".gw-b-grip") || event.button || event.target.closest("button")) return;
    if (!mouse && !grip) return;
    this.held = { card, x: event.clientX, y: event.clientY, id: event.pointerId };
    for (const [name, act] of Object.entries(this.on)) addEventListener(name, act);
  }

  follow(event) {
    const { held } = this;
    if (!held || event.pointerId !== held.id) return;
    if (!held.ghost && Math.hypot(event.clientX - held.x, event.clientY - held.y) < FAR_PX) return;
    if (!held.ghost) this.lift();
    event.preventDefault();
    held.at = [event.clientX, event.clientY];
    held.ghost.style.transform =
      `translate(${event.clientX - held.x}px, ${event.clientY - held.y}px) rotate(1deg)`;
    this.mark();
  }

  lift() {
    const { held } = this;
    getSelection()?.removeAllRanges();
    const box = held.card.getBoundingClientRect();
    held.ghost = held.card.cloneNode(true);
    held.ghost.className += " gw-b-ghost";
    held.ghost.setAttribute("aria-hidden", "true");
    held.ghost.style.cssText = `left:${box.left}px;top:${box.top}px;width:${box.width}px`;
    this.columns.parentElement.append(held.ghost);
    held.card.classList.add("gw-b-lifted");
    document.body.classList.add("gw-b-dragging");
    held.scrolling = setInterval(() => this.scroll(), 30);
  }

  // Where the card would come to lie: the column under the pointer, after the cards above it.
  mark() {
    const { held } = this;
    const [x, y] = held.at;
    const column = document.elementFromPoint(x, y)?.closest(".gw-b-column");
    for (const each of this.columns.children) each.classList.toggle("gw-b-target", each === column);
    held.to = column?.dataset.shift;
    if (!column) return this.line.remove();
    const others = [...column.querySelectorAll(".gw-b-card")].filter((card) => card !== held.card);
    const above = others.filter((card) => {
      const box = card.getBoundingClientRect();
      return box.top + box.height / 2 < y;
    }).length;
    held.place = above + 1;
    const next = others[above]?.closest("li");
    if (next) next.before(this.line);
    else column.querySelector("ol").append(this.line);
  }

  scroll() {
    const { at } = this.held ?? {};
    if (!at) return;
    const page = this.columns.closest(".stMain") ?? document.scrollingElement;
    if (at[1] < EDGE_PX) page.scrollTop -= STEP_PX;
    if (at[1] > innerHeight - EDGE_PX) page.scrollTop += STEP_PX;
    const box = this.columns.getBoundingClientRect();
    if (at[0] < box.left + EDGE_PX / 2) this.columns.scrollLeft -= STEP_PX;
    if (at[0] > box.right - EDGE_PX / 2) this.columns.scrollLeft += STEP_PX;
  }

  drop() {
    const { held } = this;
    this.stop();
    if (held?.ghost && held.to) this.ondrop(held.card.dataset.building, held.to, held.place);
  }

  stop() {
    for (const [name, act] of Object.entries(this.on)) removeEventListener(name, act);
    clearInterval(this.held?.scrolling);
    this.held?.ghost?.remove();
    this.held?.card.classList.remove("gw-b-lifted");
    document.body.classList.remove("gw-b-dragging");
    for (const each of this.columns.children) each.classList.remove("gw-b-target");
    this.line.remove();
    this.held = null;
  }
}
