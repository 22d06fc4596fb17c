// What opens for anything but "nothing found": a result, then Save. The next step and when to come
// back are filled in; signs, counts, a note and a photo may be added and need not be.

const LOOKED = ["未发现异常", "疑似", "属实"]; // where somebody was seen, signs can be told

const GONE = "已不在"; // of the place, not of the building, which the office records as pulled down

export async function load(part) {
  const { el, fill, newId } = await part("../elements.js");
  const { Choices, Stepper } = await part("elements.js");
  const { newKey } = await part("queue.js");

  class Form {
    constructor({ page, building, onsave, onclose, draft }) {
      Object.assign(this, { page, building, onsave, onclose });
      this.words = page.words;
      this.photos = [];
      this.build();
      if (draft) this.restore(draft);
      this.paint();
    }

    build() {
      const { words, page } = this;
      const changed = () => this.changed();
      this.result = new Choices({
        label: words.whatFound, options: page.data.results, onchange: () => this.resultChosen(),
      });
      this.signs = new Choices({
        label: words.signs, options: page.data.signs, many: true, onchange: changed,
      });
      this.step = el("select", { id: newId("step"), onchange: () => this.stepChosen() },
        ...page.data.steps.map(([value, text]) => el("option", { value }, text)));
      this.retry = el("input", { id: newId("retry"), type: "datetime-local", oninput: changed });
      this.retryRow = labelled(words.retry, this.retry);
      this.unit = el("input", { id: newId("unit"), type: "text", maxLength: 30, autocomplete: "off",
        placeholder: words.unitHint, oninput: changed });
      this.pupils = new Stepper({ label: words.pupils, words, onchange: changed });
      this.teachers = new Stepper({ label: words.teachers, words, onchange: changed });
      this.note = el("textarea", { id: newId("note"), rows: 2, maxLength: 300, oninput: changed });
      this.signRow = el("div", {}, el("p", { class: "gw-v-label" }, words.signs), this.signs.node);
      this.save = el("button", { type: "button", class: "gw-v-primary", onclick: () => this.submit() },
        words.save);
      this.problem = el("p", { class: "gw-v-problem", role: "alert", hidden: true });
      this.more = el("details", { class: "gw-v-more" },
        el("summary", {}, words.moreOptional),
        this.photoPart(),
        labelled(words.note, this.note),
        el("p", { class: "gw-v-hint" }, words.noteWarning),
        el("div", { class: "gw-v-steppers" }, this.pupils.node, this.teachers.node),
        el("p", { class: "gw-v-hint" }, words.countsOnly),
        labelled(words.unit, this.unit));
      this.goneHint = el("p", { class: "gw-v-hint", role: "status" });
      this.afterResult = el("div", {}, this.goneHint, this.signRow, this.more,
        el("div", { class: "gw-v-next" }, labelled(words.nextStep, this.step), this.retryRow));
      this.node = el("div", { class: "gw-v-form", role: "group",
        "aria-label": `${words.somethingElse}: ${this.building.name}` },
        el("p", { class: "gw-v-label" }, words.whatFound), this.result.node, this.afterResult,
        el("div", { class: "gw-v-save" }, this.problem, this.save,
          el("button", { type: "button", onclick: () => this.cancel() }, words.cancel)));
    }

    photoPart() {
      const { words } = this;
      this.file = el("input", { type: "file", accept: "image/*", hidden: true,
        onchange: () => this.addPhoto() });
      this.choose = el("button", { type: "button", onclick: () => this.file.click() }, words.addPhoto);
      this.thumbnails = el("ul", { class: "gw-v-thumbnails" });
      this.noFaces = el("input", { id: newId("faces"), type: "checkbox",
        onchange: () => { this.tell(""); this.changed(); } });
      this.photoList = el("p", { class: "gw-v-hint", role: "status" });
      this.facesRow = el("div", { class: "gw-v-check", hidden: true }, this.noFaces,
        el("label", { htmlFor: this.noFaces.id }, words.noFaces));
      return el("div", { class: "gw-v-field" },
        el("p", { class: "gw-v-label" }, words.photo),
        el("p", { class: "gw-v-hint" }, words.photoWarning),
        this.choose, this.file, this.photoList, this.thumbnails, this.facesRow);
    }

    // ---- changes ------------------------------------------------------------------------------

    resultChosen() {
      const proposed = this.page.proposals[this.result.values[0]];
      this.step.value = proposed?.step ?? "none";
      this.retry.value = proposed?.retryAt ?? "";
      this.changed();
    }

    stepChosen() {
      if (this.step.value === "again" && !this.retry.value) {
        this.retry.value = this.page.proposals["无人"]?.retryAt ?? "";
      }
      if (this.step.value === "none") this.retry.value = "";
      this.changed();
    }

    async addPhoto() {
      const [file] = this.file.files;
      this.file.value = "";
      if (!file) return;
      try {
        this.photos.push(await this.page.photos.keep(file, newKey()));
        await this.paintThumbnails();
        this.tell("");
      } catch {
        this.tell(this.words.photoUnreadable);
      }
      this.changed();
    }

    async paintThumbnails() {
      const { words, page } = this;
      const images = await Promise.all(this.photos.map((photo) => page.photos.read(photo)));
      this.thumbnails.replaceChildren(...images.map((image, place) => {
        const address = image && URL.createObjectURL(image);
        const name = `${words.photo} ${place + 1}`;
        return el("li", {}, address && el("img", { class: "gw-v-thumbnail", src: address, alt: name,
          onload: () => URL.revokeObjectURL(address) }),
        el("button", { type: "button", "aria-label": `${words.removePhoto}: ${name}`,
          onclick: () => this.removePhoto(place) }, words.remove));
      }));
    }

    async removePhoto(place) {
      const [photo] = this.photos.splice(place, 1);
      await this.page.photos.remove(photo);
      await this.paintThumbnails();
      this.noFaces.checked = false;
      this.changed();
      this.choose.focus({ preventScroll: true });
    }

    changed() {
      this.paint();
      this.page.keepDraft(this.building.id, this.values());
    }

    paint() {
      const [result] = this.result.values;
      this.afterResult.hidden = !result;
      this.save.hidden = !result;
      this.goneHint.textContent = result === GONE ? this.words.goneHint : "";
      this.signRow.hidden = !LOOKED.includes(result);
      this.retryRow.hidden = this.step.value === "none" && !this.retry.value;
      this.facesRow.hidden = !this.photos.length;
      this.photoList.textContent = this.photos.length
        ? this.words.photosAttached.replace("{n}", this.photos.length) : "";
    }

    tell(text) {
      this.problem.textContent = text;
      this.problem.hidden = !text;
    }

    // ---- what was typed -----------------------------------------------------------------------

    values() {
      return {
        result: this.result.values[0],
        signs: this.signRow.hidden ? [] : this.signs.values,
        unit: this.unit.value.trim(),
        pupils: this.pupils.value,
        teachers: this.teachers.value,
        note: this.note.value.trim(),
        nextStep: this.step.value,
        retryAt: this.retry.value || null,
        photos: this.photos,
      };
    }

    restore(draft) {
      if (draft.result) this.result.set([draft.result]);
      this.signs.set(draft.signs ?? []);
      this.unit.value = draft.unit ?? "";
      this.pupils.set(draft.pupils);
      this.teachers.set(draft.teachers);
      this.note.value = draft.note ?? "";
      this.step.value = draft.nextStep ?? "none";
      this.retry.value = draft.retryAt ?? "";
      this.photos = [...draft.photos ?? []];
      this.paintThumbnails();
      this.more.open = Boolean(draft.unit || draft.note || this.photos.length
        || draft.pupils != null || draft.teachers != null);
    }

    submit() {
      if (this.photos.length && !this.noFaces.checked) {
        this.more.open = true;
        this.tell(this.words.facesFirst);
        this.noFaces.focus();
        return;
      }
      this.onsave([this.values()]);
    }

    cancel() {
      this.photos.forEach((photo) => this.page.photos.remove(photo));
      this.onclose();
    }
  }

  // A whole building in one go: a line for each flat or floor, all "nothing found" until changed.
  class Batch {
    constructor({ page, building, units, onsave, onclose }) {
      Object.assign(this, { page, building, onsave });
      this.words = page.words;
      this.rows = el("ol", { class: "gw-v-rows" });
      this.from = floorInput("1");
      this.to = floorInput("6");
      this.save = el("button", { type: "button", class: "gw-v-primary", onclick: () => this.submit() });
      this.node = el("div", { class: "gw-v-form", role: "group",
        "aria-label": `${this.words.batch}: ${building.name}` },
        el("p", { class: "gw-v-label" }, this.words.batch),
        el("p", { class: "gw-v-hint" }, this.words.batchHint),
        el("div", { class: "gw-v-floors" },
          labelled(this.words.fromFloor, this.from), labelled(this.words.toFloor, this.to),
          el("button", { type: "button", onclick: () => this.fillFloors() }, this.words.makeLines)),
        this.rows,
        el("button", { type: "button", onclick: () => this.addRow("", true) }, this.words.addLine),
        el("div", { class: "gw-v-save" }, this.save,
          el("button", { type: "button", onclick: onclose }, this.words.cancel)));
      units.forEach((unit) => this.addRow(unit));
      this.paint();
    }

    fillFloors() {
      const [from, to] = [this.from, this.to].map((input) => Math.round(Number(input.value)) || 1);
      const [low, high] = [Math.min(from, to), Math.min(Math.max(from, to), Math.min(from, to) + 59)];
      this.rows.replaceChildren();
      for (let floor = low; floor <= high; floor++) {
        this.addRow(this.words.floor.replace("{n}", floor));
      }
    }

    addRow(unit, focus = false) {
      const number = this.rows.children.length + 1;
      const input = el("input", { type: "text", value: unit, maxLength: 30,
        "aria-label": `${this.words.unit} ${number}` });
      const result = el("select", { "aria-label": `${this.words.whatFound} ${number}` },
        ...this.page.data.results.map(([value, text]) => el("option", { value }, text)));
      const row = el("li", {}, input, result, el("button", { type: "button",
        "aria-label": `${this.words.removeLine} ${number}`,
        onclick: () => { row.remove(); this.paint(); } }, "×"));
      this.rows.append(row);
      this.paint();
      if (focus) input.focus();
    }

    paint() {
      const n = this.rows.children.length;
      this.save.textContent = fill(this.words.saveMany, { n });
      this.save.hidden = n === 0;
    }

    submit() {
      this.onsave([...this.rows.children].map((row) => ({
        unit: row.querySelector("input").value.trim(),
        result: row.querySelector("select").value,
      })));
    }
  }

  function labelled(text, control) {
    return el("div", { class: "gw-v-field" }, el("label", { htmlFor: control.id }, text), control);
  }

  function floorInput(value) {
    return el("input", { id: newId("floor"), type: "number", min: "-3", max: "99",
      inputMode: "numeric", value });
  }

  return { Form, Batch };
}
