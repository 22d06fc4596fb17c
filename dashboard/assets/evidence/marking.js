// A picture on which parts are marked that must not be made out; what is marked goes to the server.

const part = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url));
const { component, el } = await part("../elements.js");
const LEAST = 0.01;

class Picture {
  constructor(slot, data) {
    this.slot = slot;
  }

  update(component) {
    this.send = (name, value) => component.setTriggerValue(name, value);
    const wanted = JSON.stringify(component.data);
    if (wanted === this.wanted) return;
    Object.assign(this, { wanted, data: component.data, parts: [] });
    this.build();
  }

  build() {
    const { words, picture, marks, label } = this.data;
    const image = el("img", { src: picture, alt: label, draggable: false });
    this.frame = el("div", { class: "gw-marking" }, image);
    const below = el("div", { class: "gw-marking-ways" });
    if (marks) {
      this.frame.dataset.marks = "yes";
      this.frame.addEventListener("pointerdown", (event) => this.begin(event));
      below.append(
        el("button", { type: "button", onclick: () => this.done() }, words.blur),
        el("button", { type: "button", onclick: () => { this.parts = []; this.draw(); } }, words.clear));
    }
    this.slot.replaceChildren(this.frame, marks ? el("p", {}, words.mark) : "", below);
    this.slot.dataset.ready = "yes";
  }

  at(event) {
    const box = this.frame.querySelector("img").getBoundingClientRect();
    const share = (value, low, size) => Math.min(1, Math.max(0, (value - low) / size));
    return [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)];
  }

  begin(event) {
    event.preventDefault();
    const [x, y] = this.at(event);
    const mark = [x, y, x, y];
    this.parts.push(mark);
    const move = (moved) => { [mark[2], mark[3]] = this.at(moved); this.draw(); };
    const end = () => {
      window.removeEventListener("pointermove", move);
      const small = Math.abs(mark[0] - mark[2]) < LEAST || Math.abs(mark[1] - mark[3]) < LEAST;
      if (small) this.parts.splice(this.parts.indexOf(mark), 1);
      this.draw();
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end, { once: true });
    window.addEventListener("pointercancel", end, { once: true });
  }

  draw() {
    this.frame.querySelectorAll("i").forEach((mark) => mark.remove());
    const percent = (share) => `${(share * 100).toFixed(2)}%`;
    for (const [a, b, c, d] of this.parts) {
      const mark = el("i");
      Object.assign(mark.style, { left: percent(Math.min(a, c)), top: percent(Math.min(b, d)),
        width: percent(Math.abs(a - c)), height: percent(Math.abs(b - d)) });
      this.frame.append(mark);
    }
  }

  done() {
    if (this.parts.length) this.send("marked", { parts: this.parts });
  }
}

export const { show, remove } = component(".gw-marking-slot", Picture);
