// What was recorded and is not on the server yet. Every entry lies on this device, under its
// account's name, from the tap until the server has answered; its key makes a second sending
// harmless. Another account's entries are counted here, never read out and never sent.

const ENTRY = "entry";
const AT_ONCE = 20;
const PATIENCE_MS = 20_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
const WHOLE_REFUSALS = new Set([400, 404, 413, 415, 422]);

export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Plain http has no randomUUID, but it has the random numbers.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export class Queue extends EventTarget {
  constructor({ account, address, language, store, photos, photoLost }) {
    super();
    Object.assign(this, { account, address, language, store, photos, photoLost });
    this.own = new Map();
    this.storing = new Map(); // how many writes of an entry are under way
    this.unkept = new Set(); // what the browser refused to store
    this.changes = 0;
    this.sending = new Set();
    this.trouble = null; // null, "offline", "signed_out" or "other_account"
    this.failures = 0;
    this.wake = () => this.send();
    this.seen = () => document.visibilityState === "visible" && this.send();
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.seen);
    store?.addEventListener("changed", () => this.reread());
  }

  // What was kept, also by another tab of this browser.
  async reread() {
    let before = -1;
    let kept = [];
    try {
      while (this.store && before !== this.changes) {
        before = this.changes;
        kept = await this.store.all(ENTRY);
        await this.store.count();
      }
    } catch {
      return; // what is known goes on
    }
    if (!this.store) return;
    const unkept = [...this.unkept].map((key) => this.own.get(key)).filter(Boolean);
    this.own = new Map([...kept, ...unkept].map((entry) => [entry.key, entry]));
    this.changed();
  }

  close() {
    clearTimeout(this.later);
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.seen);
    this.closed = true;
  }

  // ---- what is there ------------------------------------------------------------------------

  entries() {
    return [...this.own.values()].sort((a, b) => a.typed - b.typed || a.place - b.place);
  }

  get(key) {
    return this.own.get(key) ?? null;
  }

  waiting() {
    return this.entries().filter((e) => isWaiting(e) && e.state !== "refused").length;
  }

  ofOthers() {
    return this.store?.others ?? 0;
  }

  // An entry is said to be kept here only once it is on the disk.
  stateOf(entry) {
    const moves = this.sending.has(entry.key) || this.storing.has(entry.key);
    return entry.state === "waiting" && moves ? "sending" : entry.state;
  }

  // ---- what is done -------------------------------------------------------------------------

  add(visits) {
    const typed = Date.now();
    const entries = visits.map((visit, place) =>
      ({ key: newKey(), kind: "visit", typed, place, state: "waiting", tries: 0, photos: [], ...visit }));
    entries.forEach((entry) => this.put(entry));
    this.changed();
    this.send();
    return entries;
  }

  undo(key) {
    const entry = this.get(key);
    if (!entry) return;
    if (entry.state === "waiting" && entry.tries === 0 && !this.sending.has(key)) {
      this.discard(key);
      return;
    }
    // It may have arrived although no answer came: have it taken back once that is known.
    this.put(entry.visitId ? { ...entry, state: "undoing" } : { ...entry, undo: true });
    this.changed();
    this.send();
  }

  undoVisit(visitId, building, result) {
    this.put({ key: newKey(), typed: Date.now(), place: 0, state: "undoing", tries: 0, photos: [],
      visitId, building, result });
    this.changed();
    this.send();
  }

  discard(key) {
    this.get(key)?.photos.forEach((photo) => this.photos.remove(photo));
    this.discardKeepingPhotos(key);
  }

  discardKeepingPhotos(key) {
    this.own.delete(key);
    this.unkept.delete(key);
    this.changes += 1;
    this.store?.remove(ENTRY, key).catch(() => {});
    this.changed();
  }

  async put(entry) {
    const { key } = entry;
    this.own.set(key, entry);
    this.changes += 1;
    this.storing.set(key, (this.storing.get(key) ?? 0) + 1);
    try {
      if (!this.store) throw new Error("nothing is kept here");
      await this.store.put(ENTRY, key, entry, { waiting: isWaiting(entry) });
      this.unkept.delete(key);
    } catch {
      if (this.own.has(key)) this.unkept.add(key);
    }
    const left = this.storing.get(key) - 1;
    if (left) this.storing.set(key, left);
    else this.storing.delete(key);
    this.changed();
  }

  forgetOld() {
    for (const entry of this.entries()) {
      if (entry.state === "saved" && !entry.photos.length && Date.now() > entry.undoUntil) {
        this.discard(entry.key);
      }
    }
  }

  changed() {
    this.dispatchEvent(new Event("change"));
  }

  // ---- sending ------------------------------------------------------------------------------

  async send() {
    clearTimeout(this.later);
    if (this.busy || this.closed) return;
    this.busy = true;
    let sent = false;
    try {
      let work = this.due();
      while (work.length) {
        await this.sendSome(work);
        sent = true;
        work = this.due();
      }
      sent = (await this.sendPhotos()) || sent;
      this.failures = 0;
      this.trouble = null;
    } catch (problem) {
      this.failures += 1;
      this.trouble = problem.trouble ?? "offline";
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failures - 1));
      this.later = setTimeout(() => this.send(), pause * (0.75 + Math.random() / 2));
    } finally {
      this.busy = false;
      this.sending.clear();
      this.changed();
    }
    if (sent && !this.closed) this.dispatchEvent(new Event("sent"));
  }

  due() {
    const due = this.entries().filter((entry) => entry.state === "waiting" || entry.state === "undoing");
    return this.oneByOne ? due.slice(0, 1) : due.slice(0, AT_ONCE);
  }

  async sendSome(work) {
    for (const entry of work) this.sending.add(entry.key);
    await Promise.all(work.map((entry) => this.put({ ...entry, tries: entry.tries + 1 })));
    const answer = await this.post(this.address, "application/json",
      JSON.stringify({ account: this.account, entries: work.map(asSent) }));
    if (WHOLE_REFUSALS.has(answer.status)) {
      this.refuseWhole(work, answer.said);
      return;
    }
    this.oneByOne = false;
    for (const told of answer.said.answers) this.settle(told);
  }

  refuseWhole(work, said) {
    this.oneByOne = work.length > 1; // to find the one that is at fault
    if (!this.oneByOne) {
      this.settle({ key: work[0].key, state: "refused", problems: [said] });
    }
    this.sending.clear();
  }

  settle(told) {
    const entry = this.get(told.key);
    this.sending.delete(told.key);
    if (!entry) return;
    if (told.state === "undone") {
      this.discard(told.key);
      this.tell("undone", entry);
    } else if (told.state === "saved") {
      const undoUntil = Date.now() + told.undoS * 1000;
      this.put({ ...withoutDetails(entry), ...told, undo: undefined, undoUntil,
        state: entry.undo ? "undoing" : "saved" });
      if (!entry.undo) this.tell("saved", entry);
    } else if (entry.undo) {
      this.discard(told.key); // refused anyway, and not wanted any more
    } else if (entry.state === "undoing") {
      this.put({ ...entry, state: "saved", undoUntil: 0, problems: told.problems });
    } else {
      this.put({ ...entry, state: "refused", problems: told.problems });
      this.tell("refused", entry);
    }
  }

  tell(name, entry) {
    this.dispatchEvent(new CustomEvent(name, { detail: entry }));
  }

  async sendPhotos() {
    let sent = false;
    for (const { key } of this.entries().filter((e) => e.state === "saved" && e.photos.length)) {
      for (const photo of this.get(key).photos) {
        const refused = await this.sendPhoto(key, photo);
        const entry = this.get(key);
        this.put({ ...entry, photos: entry.photos.filter((id) => id !== photo),
          problems: refused ? [refused] : entry.problems });
        await this.photos.remove(photo);
        sent = true;
      }
    }
    return sent;
  }

  async sendPhoto(key, photo) {
    const image = await this.photos.read(photo);
    if (!image) return { message: this.photoLost };
    const query = new URLSearchParams({ account: this.account, visit: key, no_faces: "1" });
    const answer = await this.post(`${this.address}/photo?${query}`, "image/jpeg", image);
    return WHOLE_REFUSALS.has(answer.status) ? answer.said : null;
  }

  async post(address, kind, body) {
    const joined = `${address}${address.includes("?") ? "&" : "?"}lang=${this.language}`;
    const answer = await fetch(joined, {
      method: "POST", body, headers: { "content-type": kind }, credentials: "same-origin",
      redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const trouble = await troubleOf(answer);
    if (trouble) throw Object.assign(new Error(String(answer.status)), { trouble });
    return { status: answer.status, said: await answer.json() };
  }
}

async function troubleOf(answer) {
  if (answer.type === "opaqueredirect" || answer.status === 401) return "signed_out";
  if (answer.status === 409) return "other_account";
  if (answer.ok || WHOLE_REFUSALS.has(answer.status)) return null;
  if (answer.status !== 403) return "offline";
  const { code } = await answer.json().catch(() => ({}));
  return code === "password_must_change" ? "signed_out" : "not_allowed";
}

function isWaiting(entry) {
  return ["waiting", "undoing", "refused"].includes(entry.state) || entry.photos?.length > 0;
}

function asSent(entry) {
  if (entry.state === "undoing") return { key: entry.key, kind: "undo", visit_id: entry.visitId };
  return {
    key: entry.key,
    kind: "visit",
    building_id: entry.building,
    result: entry.result,
    age_s: Math.max(0, (Date.now() - entry.typed) / 1000),
    unit: entry.unit,
    signs: entry.signs,
    pupils: entry.pupils,
    teachers: entry.teachers,
    note: entry.note,
    next_step: entry.nextStep,
    retry_at: entry.retryAt,
  };
}

function withoutDetails({ signs, pupils, teachers, note, problems, ...rest }) {
  return rest; // once it is on the server, this browser need not know it
}
