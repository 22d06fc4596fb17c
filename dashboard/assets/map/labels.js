// Names on the map: the weightier first, none over another.

import { FONT } from "./theme.js";

const MEASURED = 20, DRAWN = 250; // in corners of a path that take as long

// How wide a name is at most, in heights of its letters: those of Latin script are narrow.
export function widthInLetters(name) {
  let long = 0;
  for (const letter of name) long += letter < "\u2e80" ? 0.6 : 1;
  return long;
}

export class Labels {
  constructor(view, theme) {
    this.view = view;
    this.theme = theme;
    this.boxes = [];
    this.said = new Map(); // name → where it stands
  }

  // Keep a box free, for pins and the like.
  reserve(x, y, width, height) {
    this.boxes.push([x - width / 2, y - height / 2, x + width / 2, y + height / 2]);
  }

  // Draw a name at a place of the canvas unless something is there; return how much that was.
  put(text, x, y, { size = 12, weight = 500, colour, angle = 0, apart = 0, spacing = 0 } = {}) {
    if (!text) return 0;
    const { ctx, dots, width, height } = this.view;
    if (x < 0 || y < 0 || x > width || y > height) return 0;
    const before = this.said.get(text);
    if (apart && before?.some(([a, b]) => Math.hypot(a - x, b - y) < apart)) return 0;
    ctx.setTransform(dots, 0, 0, dots, 0, 0);
    ctx.font = `${weight} ${size}px ${FONT}`;
    if ("letterSpacing" in ctx) ctx.letterSpacing = `${spacing}px`;
    const long = ctx.measureText(text).width + spacing, high = size * 1.25;
    const cos = Math.abs(Math.cos(angle)), sin = Math.abs(Math.sin(angle));
    const [w, h] = [long * cos + high * sin + 6, long * sin + high * cos + 2];
    const box = [x - w / 2, y - h / 2, x + w / 2, y + h / 2];
    if (this.boxes.some((b) => b[0] < box[2] && b[2] > box[0] && b[1] < box[3] && b[3] > box[1])) {
      return MEASURED;
    }
    this.boxes.push(box);
    if (apart) this.said.set(text, [...(before ?? []), [x, y]]);
    ctx.translate(x, y);
    ctx.rotate(angle);
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3;
    ctx.strokeStyle = this.theme.halo;
    ctx.strokeText(text, 0, 0);
    ctx.fillStyle = colour ?? this.theme.text;
    ctx.fillText(text, 0, 0);
    if ("letterSpacing" in ctx) ctx.letterSpacing = "0px";
    return DRAWN;
  }
}
