// The browser's database of the warden's page, shared by the page and its service worker. It holds
// the device's random name, who may read what is kept here ("holder": an account and a key that no
// script can read out, until when), and records and photos sealed under that key.

const DATABASE = "gridwarden";
export const [DEVICE, RECORDS, PHOTOS] = ["device", "records", "photos"];
const HOLDER = "holder";
const OWED = "signOutOwed";
export const CHANNEL = "gridwarden-visits";

export function openDatabase() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      for (const store of [DEVICE, RECORDS, PHOTOS]) request.result.createObjectStore(store);
    };
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close(); // whoever empties it may
      resolve(request.result);
    };
  });
}

// Asks one store within a transaction of its own, and waits until that is on the disk.
export function within(database, store, mode, ask) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const request = ask(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export async function holderOf(database) {
  const holder = await within(database, DEVICE, "readonly", (store) => store.get(HOLDER));
  if (holder && Date.now() > holder.until) {
    await forgetHolder(database);
    return null;
  }
  return holder ?? null;
}

export function keepHolder(database, holder) {
  return within(database, DEVICE, "readwrite", (store) => store.put(holder, HOLDER));
}

// The key goes, and with it every way to read what is kept; what was not sent yet stays sealed
// until its own account signs in again, all else is deleted.
export async function forgetHolder(database) {
  await within(database, DEVICE, "readwrite", (store) => store.delete(HOLDER));
  await within(database, RECORDS, "readwrite", (store) => {
    store.openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      if (!cursor.value.waiting) cursor.delete();
      cursor.continue();
    };
  });
}

// Somebody who signed out without a connection is signed out at the server as soon as there is one.
export function oweSignOut(database) {
  return within(database, DEVICE, "readwrite", (store) => store.put(true, OWED));
}

export async function settleSignOut(database) {
  if (!await within(database, DEVICE, "readonly", (store) => store.get(OWED))) return;
  await fetch("/gw/sign-out", { method: "POST", credentials: "same-origin", redirect: "manual",
    body: new URLSearchParams() });
  await within(database, DEVICE, "readwrite", (store) => store.delete(OWED));
}
