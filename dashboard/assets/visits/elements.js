// Small parts that the warden's page is made of.

const { el, newId } =
  await import(new URL("../elements.js" + new URL(import.meta.url).search, import.meta.url));

// As the other pages write days: 1 Dec.
const LOCALES = { en: "en-GB" };

export function dayText(iso, language) {
  if (!iso) return "";
  const at = new Date(iso.length > 10 ? iso : `${iso}T00:00`);
  const year = at.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  const day = { year, month: "short", day: "numeric" };
  return new Intl.DateTimeFormat(LOCALES[language] ?? language, day).format(at);
}

export function timeText(iso, language) {
  if (!iso || iso.endsWith("T00:00")) return dayText(iso, language); // a file told the day alone
  const time = { hour: "2-digit", minute: "2-digit", hour12: false };
  const clock = new Intl.DateTimeFormat(language, time).format(new Date(iso));
  return `${dayText(iso, language)} ${clock}`;
}

// A map that the server makes once it is unfolded.
export function mapPart(address, title) {
  const part = el("details", { class: "gw-v-mapped", ontoggle: () => {
    if (!part.open || part.querySelector("iframe")) return;
    part.append(el("iframe", { class: "gw-v-map", title, src: address }));
  } }, el("summary", {}, title));
  return part;
}

// A row of buttons of which one (or, with `many`, any number) is pressed.
export class Choices {
  constructor({ label, options, many = false, onchange }) {
    this.many = many;
    this.chosen = new Set();
    this.onchange = onchange;
    this.buttons = new Map(options.map(([value, text]) => [value, el("button", {
      type: "button", class: "gw-v-chip", "aria-pressed": "false", onclick: () => this.toggle(value),
    }, text)]));
    this.node = el("div", { class: "gw-v-chips", role: "group", "aria-label": label },
      ...this.buttons.values());
  }

  toggle(value) {
    const on = this.many ? !this.chosen.has(value) : true;
    if (!this.many) this.chosen.clear();
    if (on) this.chosen.add(value);
    else this.chosen.delete(value);
    this.paint();
    this.onchange();
  }

  set(values) {
    this.chosen = new Set(values);
    this.paint();
  }

  paint() {
    for (const [value, button] of this.buttons) {
      button.setAttribute("aria-pressed", String(this.chosen.has(value)));
    }
  }

  get values() {
    return [...this.buttons.keys()].filter((value) => this.chosen.has(value));
  }
}

// A count of people: minus, number, plus. Empty means not counted.
export class Stepper {
  constructor({ label, words, onchange }) {
    const id = newId("count");
    const step = (by) => {
      this.input.value = String(Math.min(999, Math.max(0, (this.value ?? 0) + by)));
      onchange();
    };
    this.input = el("input", {
      id, type: "number", min: "0", max: "999", inputMode: "numeric", oninput: onchange,
    });
    this.node = el("div", { class: "gw-v-stepper" },
      el("label", { htmlFor: id }, label),
      el("button", { type: "button", "aria-label": `${words.less}: ${label}`, onclick: () => step(-1) }, "−"),
      this.input,
      el("button", { type: "button", "aria-label": `${words.more}: ${label}`, onclick: () => step(1) }, "+"));
  }

  get value() {
    const typed = this.input.value.trim();
    return typed === "" ? null : Math.max(0, Math.min(999, Math.round(Number(typed)) || 0));
  }

  set(value) {
    this.input.value = value ?? "";
  }
}
