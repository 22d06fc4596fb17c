// Where files are dropped, chosen or taken with the camera, and how far each has come.

const part = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url));
const { component, el, fill } = await part("../elements.js");
const { sendFile } = await part("./sending.js");

class Zone {
  constructor(slot, data) {
    Object.assign(this, { slot, data, queue: Promise.resolve(), going: 0, added: [] });
    this.list = el("ul", { class: "gw-evidence-files" });
    this.onLeave = (event) => { if (this.going) event.preventDefault(); };
    window.addEventListener("beforeunload", this.onLeave);
    this.build();
  }

  remove() {
    window.removeEventListener("beforeunload", this.onLeave);
  }

  update(component) {
    this.send = (name, value) => component.setTriggerValue(name, value);
    const turned = JSON.stringify(component.data.words) !== JSON.stringify(this.data.words);
    this.data = component.data;
    if (turned) this.build();
    this.slot.dataset.ready = "yes";
  }

  build() {
    const { words } = this.data;
    const files = this.input({ multiple: true });
    const camera = this.input({ accept: "image/*,video/*", capture: "environment" });
    const zone = el("div", { class: "gw-evidence-zone" },
      el("p", {}, words.drop),
      el("div", { class: "gw-evidence-ways" },
        el("label", { class: "gw-evidence-way" }, words.choose, files),
        el("label", { class: "gw-evidence-way gw-evidence-camera" }, words.camera, camera)),
      el("p", { class: "gw-evidence-hint" },
        fill(words.hint, { megabytes: this.data.megabytes })));
    for (const name of ["dragover", "dragleave", "drop"]) {
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.toggleAttribute("data-over", name === "dragover");
        if (name === "drop") this.take(event.dataTransfer.files);
      });
    }
    this.slot.replaceChildren(zone, this.list);
  }

  input(more) {
    const input = el("input", { type: "file", ...more });
    if (more.capture) input.setAttribute("capture", more.capture);
    input.addEventListener("change", () => { this.take([...input.files]); input.value = ""; });
    return input;
  }

  take(files) {
    for (const file of files) {
      const row = this.row(file);
      const told = this.data.told;
      this.going += 1;
      this.queue = this.queue.then(() => this.upload(file, told, row));
    }
  }

  row(file) {
    const bar = el("progress", { max: 100, value: 0, "aria-label": file.name });
    const says = el("span", { role: "status" }, this.data.words.queued);
    this.list.append(el("li", {}, el("b", {}, file.name), bar, says));
    return { bar, says };
  }

  async upload(file, told, { bar, says }) {
    const words = this.data.words;
    try {
      const number = await sendFile(file, told, {
        language: this.data.language,
        progress: (share) => {
          bar.value = Math.floor(share * 100);
          says.textContent = fill(words.sent, { percent: bar.value });
        },
        waiting: () => { says.textContent = words.waiting; },
      });
      bar.value = 100;
      says.textContent = fill(words.done, { number });
      this.added.push(number);
    } catch (error) {
      says.textContent = error.message;
      says.dataset.wrong = "yes";
    }
    this.going -= 1;
    if (!this.going && this.added.length) this.send("added", { numbers: this.added.splice(0) });
  }
}

export const { show, remove } = component(".gw-evidence-slot", Zone);
