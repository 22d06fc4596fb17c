// Photos that wait: made small, redrawn (which leaves place, time and camera behind) and kept on
// this device until they are sent.

const LONGEST_PX = 1600;
const QUALITY = 0.82;
const PHOTO = "photo";

export class Photos {
  constructor(store) {
    this.store = store;
    this.memory = new Map();
  }

  async keep(file, key) {
    const image = await redrawn(file);
    try {
      await this.store.put(PHOTO, key, image);
    } catch {
      this.memory.set(key, image);
    }
    return key;
  }

  async read(key) {
    return this.memory.get(key) ?? this.store?.get(PHOTO, key) ?? null;
  }

  async remove(key) {
    this.memory.delete(key);
    await this.store?.remove(PHOTO, key).catch(() => {});
  }
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
