// Sends one file in pieces, each acknowledged once it is on the office's disk. Where the connection
// breaks it asks how far the file has come and goes on from there, also after the page was reloaded.

const part = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url));
const { Sha256 } = await part("./sha256.js");

const UPLOADS = "/gw/evidence/uploads";
const LONGEST_WAIT_MS = 15000;
const AGAIN = new Set([408, 409, 429, 500, 502, 503, 504]);

export class Refused extends Error {}

async function ask(path, options, language) {
  const address = `${path}${path.includes("?") ? "&" : "?"}lang=${language}`;
  const answer = await fetch(address, { cache: "no-store", ...options });
  if (answer.ok) return answer.json();
  const said = await answer.json().catch(() => ({}));
  if (AGAIN.has(answer.status) && said.code !== "uploads_too_many") throw new Error(said.code);
  throw new Refused(said.message ?? `${answer.status}`);
}

const json = (body) => ({
  method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" },
});

export async function sendFile(file, told, { language, progress, waiting, pause = sleep }) {
  const opening = () => ask(UPLOADS, json({
    filename: file.name, bytes: file.size, modified: String(file.lastModified ?? ""), told,
  }), language);
  let tries = 0;
  let whole = new Sha256();
  for (;;) {
    try {
      let state = await opening();
      while (state.received < file.size) {
        progress(state.received / file.size);
        const content = await read(file, state.received, state.received + state.piece);
        const sha256 = new Sha256().add(content).hex();
        const query = `offset=${state.received}&sha256=${sha256}`;
        const options = { method: "POST", body: content,
          headers: { "content-type": "application/octet-stream" } };
        state = await ask(`${UPLOADS}/${state.upload}?${query}`, options, language);
        whole = await hashUpTo(file, whole, state.received, state.piece);
        tries = 0;
      }
      whole = await hashUpTo(file, whole, file.size, state.piece);
      progress(1);
      const done = Object.assign(Object.create(Sha256.prototype), whole,
        { state: whole.state.slice(), rest: whole.rest.slice() });
      const ended = await ask(`${UPLOADS}/${state.upload}/finish`, json({ sha256: done.hex() }), language);
      return ended.evidence_no;
    } catch (error) {
      if (error instanceof Refused) throw error;
      tries += 1;
      waiting();
      await pause(Math.min(LONGEST_WAIT_MS, 500 * 2 ** tries));
    }
  }
}

// The hash of the whole goes over every byte once, in order, wherever the upload went on.
async function hashUpTo(file, whole, end, step) {
  const hash = whole.length > end ? new Sha256() : whole;
  while (hash.length < end) hash.add(await read(file, hash.length, Math.min(end, hash.length + step)));
  return hash;
}

async function read(file, start, end) {
  try {
    return new Uint8Array(await file.slice(start, end).arrayBuffer());
  } catch (error) {
    throw new Refused(String(error.message ?? error));
  }
}

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
