// What this device keeps for one account: sealed with AES-GCM where the browser can (https or
// localhost), under a key that the server gives to this account on this device alone and that no
// script can read out again. On plain http there is no such cryptography: then records and photos
// lie open in this browser, as they must not get lost, and the list is not kept at all.

const part = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url));
const { CHANNEL, DEVICE, PHOTOS, RECORDS, forgetHolder, holderOf, keepHolder, openDatabase,
  settleSignOut, within } = await part("database.js");
const CAN_SEAL = Boolean(globalThis.isSecureContext && crypto.subtle);
const ENTRY = "entry";
const PATIENCE_MS = 10_000;

// Says who is signed in here: {account, person, mayRecord, mayHistory, ...}, with `trouble`
// "offline" where only what is kept says so and "signed_out" where nobody is; and a store, or null
// where this browser keeps nothing.
export async function openHolder(address) {
  const database = await openDatabase().catch(() => null);
  const told = await ask(address, database).catch(() => ({ trouble: "offline" }));
  const { key, seconds, ...holder } = told;
  if (!database) return { ...holder, store: null };
  try {
    if (told.trouble === "offline") return await lastHolder(database);
    if (told.trouble) await forgetHolder(database);
    else return await heldBy(database, told);
  } catch {
    // A full or broken disk: the page works as long as it stays open.
  }
  return { ...holder, store: null };
}

async function lastHolder(database) {
  const kept = CAN_SEAL ? await holderOf(database) : null;
  return { ...kept, trouble: "offline", store: kept && await opened(database, kept) };
}

async function heldBy(database, { key, seconds, ...holder }) {
  const before = await within(database, DEVICE, "readonly", (store) => store.get("holder"));
  const stays = before?.account === holder.account && holder.mayRecord;
  if (before && !stays) await forgetHolder(database);
  if (key) {
    holder.key = await imported(key);
    holder.until = Date.now() + seconds * 1000;
    await keepHolder(database, holder);
  }
  return { ...holder, store: await opened(database, holder) };
}

async function ask(address, database) {
  if (database) await settleSignOut(database);
  const device = database && CAN_SEAL ? await deviceName(database).catch(() => "") : "";
  const answer = await fetch(`${address}?${new URLSearchParams({ device })}`,
    { credentials: "same-origin", redirect: "manual", cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.ok) return answer.json();
  const isOut = answer.type === "opaqueredirect" || [401, 403].includes(answer.status);
  return { trouble: isOut ? "signed_out" : "offline" };
}

async function deviceName(database) {
  const known = await within(database, DEVICE, "readonly", (store) => store.get("name"));
  if (known) return known;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const name = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  await within(database, DEVICE, "readwrite", (store) => store.put(name, "name"));
  return name;
}

function imported(key) {
  const bytes = Uint8Array.from(atob(key), (letter) => letter.charCodeAt(0));
  return crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
}

async function opened(database, holder) {
  const store = new Store(database, holder.account, holder.key);
  await store.count();
  return store;
}

export class Store extends EventTarget {
  constructor(database, account, key) {
    super();
    Object.assign(this, { database, account, key, others: 0, unreadable: 0, pending: 0 });
    this.last = Promise.resolve();
    this.channel = new BroadcastChannel(CHANNEL);
    this.channel.onmessage = ({ data }) => this.dispatchEvent(new Event(data));
  }

  get seals() {
    return Boolean(this.key);
  }

  close() {
    this.channel.close();
  }

  // One after the other, as they were asked for, so that an older state never overwrites a newer.
  inTurn(job) {
    this.pending += 1;
    const turn = this.last.then(job).finally(() => {
      this.pending -= 1;
      if (!this.pending) this.dispatchEvent(new Event("idle"));
    });
    this.last = turn.catch(() => {});
    return turn;
  }

  put(kind, id, value, { waiting = false } = {}) {
    return this.inTurn(async () => {
      const name = this.nameOf(kind, id);
      const row = { owner: this.account, kind, id, waiting, ...await this.sealed(name, value) };
      await within(this.database, placeOf(kind), "readwrite", (store) => store.put(row, name));
      if (kind === ENTRY) this.channel.postMessage("changed");
    });
  }

  remove(kind, id) {
    return this.inTurn(async () => {
      await within(this.database, placeOf(kind), "readwrite",
        (store) => store.delete(this.nameOf(kind, id)));
      if (kind === ENTRY) this.channel.postMessage("changed");
    });
  }

  get(kind, id) {
    return this.inTurn(async () => this.open(await within(this.database, placeOf(kind), "readonly",
      (store) => store.get(this.nameOf(kind, id)))));
  }

  // Every one of a kind that can be read; the rest is counted.
  all(kind) {
    return this.inTurn(async () => {
      const rows = await this.rows(kind);
      const found = await Promise.all(rows.filter((row) => row.owner === this.account)
        .map((row) => this.open(row).catch(() => null)));
      this.unreadable = found.filter((value) => !value).length;
      return found.filter(Boolean);
    });
  }

  async count() {
    const rows = await this.rows(ENTRY);
    this.others = rows.filter((row) => row.owner !== this.account && row.waiting).length;
  }

  async rows(kind) {
    const rows = await within(this.database, placeOf(kind), "readonly", (store) => store.getAll());
    return rows.filter((row) => row.kind === kind);
  }

  // A photo that no record and no form names any more was left behind by one that was closed.
  async sweepPhotos(wanted) {
    const names = await within(this.database, PHOTOS, "readonly", (store) => store.getAllKeys());
    const own = names.filter(([owner]) => owner === this.account).map(([, , id]) => id);
    for (const id of own) if (!wanted.has(id)) await this.remove("photo", id);
  }

  // Gives up the key: from now on nothing of this account can be read on this device.
  async forget() {
    await this.last;
    await forgetHolder(this.database);
  }

  nameOf(kind, id) {
    return [this.account, kind, id];
  }

  // The name is sealed in, so that nothing can be put in another's place.
  async sealed(name, value) {
    const plain = value instanceof Blob ? await value.arrayBuffer()
      : new TextEncoder().encode(JSON.stringify(value));
    const type = value instanceof Blob ? value.type : null;
    if (!this.key) return { type, data: plain };
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { type, iv, data: await crypto.subtle.encrypt(algorithm(iv, name), this.key, plain) };
  }

  async open(row) {
    if (!row) return null;
    const name = this.nameOf(row.kind, row.id);
    if (row.iv && !this.key) return null;
    const plain = row.iv
      ? await crypto.subtle.decrypt(algorithm(row.iv, name), this.key, row.data) : row.data;
    return row.type ? new Blob([plain], { type: row.type })
      : JSON.parse(new TextDecoder().decode(plain));
  }
}

function algorithm(iv, name) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(JSON.stringify(name)) };
}

function placeOf(kind) {
  return kind === "photo" ? PHOTOS : RECORDS;
}
