// The service worker of the warden's page. It keeps that page's own files and nothing else of this
// server, and answers with them where the server cannot: on the way to the page, and for its
// scripts. It gives up what the phone keeps as soon as somebody signs out or in.

import { CHANNEL, forgetHolder, openDatabase, oweSignOut, settleSignOut } from "./database.js";

const CACHE = "gridwarden-field-";
const PATIENCE_MS = 6_000;
const GATEWAY_ERROR = 502;
const PAGES = new Set(["/", "/my-buildings", "/gw/field"]);
const DOORS = /^\/gw\/(sign-in|sign-out|demo-sign-in|oidc\/)/;

export function serve(kept) {
  const name = CACHE + kept.version;
  addEventListener("install", (event) => event.waitUntil(fetchFiles(name, kept).then(() => skipWaiting())));
  addEventListener("activate", (event) => event.waitUntil(dropOthers(name).then(() => clients.claim())));
  addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname, search } = new URL(request.url);
    if (origin !== location.origin) return;
    if (request.mode === "navigate") {
      if (DOORS.test(pathname)) event.respondWith(throughDoor(request, name, kept));
      else if (PAGES.has(pathname) && request.method === "GET") {
        event.respondWith(pageOf(request, name, kept));
      }
    } else if (request.method === "GET" && pathname + search in kept.files) {
      event.respondWith(fileOf(request, pathname + search, name, kept));
    }
  });
}

async function fetchFiles(name, { files }) {
  const cache = await caches.open(name);
  await Promise.all(Object.keys(files).map(async (address) => {
    const answer = await fetch(address, { cache: "no-cache", credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(`${answer.status} ${address}`);
    await cache.put(address, answer);
  }));
}

async function dropOthers(name) {
  const names = await caches.keys();
  await Promise.all(names.filter((each) => each.startsWith(CACHE) && each !== name)
    .map((each) => caches.delete(each)));
}

// A kept file is given out only while it is, byte for byte, what the server delivered.
async function keptFile(address, name, { files, policy }) {
  const found = await (await caches.open(name)).match(address);
  if (!found) return null;
  const [type, wanted] = files[address];
  const bytes = await found.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex !== wanted) return null;
  return new Response(bytes, { headers: { "content-type": type, "content-security-policy": policy,
    "x-content-type-options": "nosniff", "referrer-policy": "same-origin" } });
}

// A file's address names its version, so what is kept under it is as good as the server's own.
async function fileOf(request, address, name, kept) {
  return await keptFile(address, name, kept) ?? fetch(request);
}

async function pageOf(request, name, kept) {
  const late = new Promise((resolve, reject) => setTimeout(reject, PATIENCE_MS, new Error("late")));
  try {
    await Promise.race([openDatabase().then(settleSignOut), late]);
    const answer = await Promise.race([fetch(request), late]);
    if (answer.status < GATEWAY_ERROR) return answer;
  } catch {
    // No connection, or none that is of use: what is kept answers.
  }
  return await keptFile(kept.page, name, kept) ?? Response.error();
}

// Whoever signs in or out leaves nothing readable behind, also without a connection.
async function throughDoor(request, name, kept) {
  const leaves = request.method === "POST" && new URL(request.url).pathname.endsWith("sign-out");
  try {
    const answer = await fetch(request);
    await leave().catch(() => {}); // where nothing can be kept, nothing has to go
    return answer;
  } catch (problem) {
    if (!leaves) throw problem;
    await leave({ owed: true }).catch(() => {});
    return await keptFile(kept.page, name, kept) ?? Response.error();
  }
}

async function leave({ owed = false } = {}) {
  const database = await openDatabase();
  await forgetHolder(database);
  if (owed) await oweSignOut(database);
  new BroadcastChannel(CHANNEL).postMessage("left");
}
