// Photos that wait: made small, redrawn (which leaves place, time and camera behind) and kept in
// this browser's database until they are sent.

const DATABASE = "gridwarden-photos";
const STORE = "photos";
const LONGEST_PX = 1600;
const QUALITY = 0.82;

export class Photos {
  constructor(account) {
    this.account = account;
    this.memory = new Map();
  }

  async keep(file, key) {
    const image = await redrawn(file);
    try {
      await this.run("readwrite", (store) => store.put({ account: this.account, image }, key));
    } catch {
      this.memory.set(key, image);
    }
    return key;
  }

  async read(key) {
    if (this.memory.has(key)) return this.memory.get(key);
    const found = await this.run("readonly", (store) => store.get(key));
    return found && found.account === this.account ? found.image : null;
  }

  async remove(key) {
    this.memory.delete(key);
    await this.run("readwrite", (store) => store.delete(key)).catch(() => {});
  }

  async run(mode, ask) {
    this.opened ??= open();
    const database = await this.opened;
    return asked(ask(database.transaction(STORE, mode).objectStore(STORE)));
  }
}

function open() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return asked(request);
}

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function redrawn(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const canvas = Object.assign(document.createElement("canvas"), {
    width: Math.max(1, Math.round(picture.width * scale)),
    height: Math.max(1, Math.round(picture.height * scale)),
  });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no image"))),
      "image/jpeg", QUALITY);
  });
}
