// The map while the page still starts: drawn where the page will have its map, then handed over.

import { el } from "../../elements.js";
import { open } from "../map_frame.js";
import { show } from "./street_map.js";

const ASK_EVERY_MS = 100, LONGEST_MS = 60_000;
const PLACE = `gridwarden map below figures ${innerWidth}`;
const wall = new URLSearchParams(location.search).get("screen") === "wall";

async function draw() {
  // The page's answer has a browser fetch this beforehand: the address must be the same.
  const answer = await fetch(`/gw/first-sight${location.search}`, { credentials: "same-origin" });
  if (answer.status !== 200) return; // nothing scored, or not theirs: the page says so
  const data = await answer.json();
  if (document.querySelector(".st-key-map_place .gw-map-slot")) return;
  const box = el("div", { class: `gw-first-sight${wall ? " gw-wall" : ""}` },
    el("div", { class: "gw-map-slot" }), el("div", { class: "gw-first-panel" }));
  document.body.append(box);
  const given = open(box);
  show({ parentElement: box, data, setTriggerValue: given.keep });
  const until = performance.now() + LONGEST_MS;
  const asking = setInterval(() => {
    if (box.isConnected && !isElsewhere() && performance.now() < until) return;
    clearInterval(asking);
    given.end();
  }, ASK_EVERY_MS);
}

// Another page, one that drew its own map, or one that came to its end without any.
function isElsewhere() {
  if (location.pathname !== "/map") return true;
  if (document.querySelector(".st-key-map_place .gw-map-slot[data-ready]")) return true;
  const state = document.querySelector(".stApp")?.getAttribute("data-test-script-state");
  const told = document.querySelector(".stMainBlockContainer .stElementContainer");
  return state === "notRunning" && told && !document.querySelector(".st-key-map_place");
}

// On a narrow screen title and figures stand above the map, in as many lines as the last time.
function keepPlace() {
  const [top, head] = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
  if (!top) return;
  document.documentElement.style.setProperty("--gw-first-top", `${top}px`);
  document.documentElement.style.setProperty("--gw-first-head", `${head}px`);
}

// Told when the page is left: its figures are drawn by then.
function rememberPlace() {
  const [place, head, strip] = [".st-key-map_place", ".st-key-map_head", ".gw-strip"].map((name) =>
    document.querySelector(name)?.getBoundingClientRect());
  if (!place || !strip) return;
  const scrolled = document.querySelector(".stMain")?.scrollTop ?? 0;
  const drawn = strip.bottom - head.top;
  localStorage.setItem(PLACE, JSON.stringify([place.top + scrolled - head.height + drawn, drawn]));
}

keepPlace();
document.addEventListener("visibilitychange", rememberPlace);
draw().catch(console.error);
