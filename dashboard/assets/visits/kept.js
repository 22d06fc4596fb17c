// What the page keeps on the device beside records and photos: today's list, what is half typed,
// and the service worker by which the page opens without a connection.

const [LIST, TODAY] = ["list", "today"];
const DRAFT = "draft";
const LANGUAGE = "gridwarden-language";
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

export class Kept {
  constructor(store) {
    this.store = store;
  }

  // Only what is on today's way, and only where it can be sealed.
  keepList(told, shifts) {
    if (!this.store?.seals) return;
    const buildings = told.buildings.filter((building) => building.today);
    const list = { at: Date.now(), shifts: shifts?.filter((shift) => shift.today) ?? null,
      told: { ...told, buildings, total: buildings.length } };
    this.store.put(LIST, TODAY, list).catch(() => {});
  }

  async list() {
    return await this.store?.get(LIST, TODAY).catch(() => null) ?? null;
  }

  keepDraft(draft) {
    // Kept through a sign-out like a record; where that fails it is only on the screen.
    this.store?.put(DRAFT, DRAFT, draft, { waiting: true }).catch(() => {});
  }

  dropDraft() {
    this.store?.remove(DRAFT, DRAFT).catch(() => {});
  }

  async draft() {
    return await this.store?.get(DRAFT, DRAFT).catch(() => null) ?? null;
  }
}

// Without a connection nobody says in which language to open.
export function rememberLanguage(language) {
  try {
    localStorage.setItem(LANGUAGE, language);
  } catch {
    // Then it opens in the browser's own.
  }
}

export function rememberedLanguage() {
  try {
    return localStorage.getItem(LANGUAGE);
  } catch {
    return null;
  }
}

// Tells whether the page opens without a connection from now on; where it could and does not, tries
// again until it does, after growing pauses and when the connection or the page comes back.
export async function installWorker(address, store, { signal, tell }) {
  const may = Boolean(store?.seals && navigator.serviceWorker);
  for (let pause = FIRST_PAUSE_MS; !signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    const opens = may && await tryInstall(address);
    if (!signal.aborted) tell(opens);
    if (opens || !may) return;
    await nextChance(pause, signal);
  }
}

function nextChance(pause, signal) {
  return new Promise((resolve) => {
    const over = new AbortController();
    const end = () => {
      clearTimeout(later);
      over.abort();
      resolve();
    };
    const later = setTimeout(end, pause);
    const seen = () => document.visibilityState === "visible" && end();
    addEventListener("online", end, { signal: over.signal });
    document.addEventListener("visibilitychange", seen, { signal: over.signal });
    signal.addEventListener("abort", end, { signal: over.signal });
  });
}

async function tryInstall(address) {
  try {
    if (navigator.onLine) {
      const registered = await navigator.serviceWorker.register(address,
        { scope: "/", updateViaCache: "none" });
      await installed(registered);
    }
    return Boolean(await navigator.serviceWorker.getRegistration("/"));
  } catch {
    return Boolean(navigator.serviceWorker.controller); // an older one goes on
  }
}

function installed({ installing }) {
  if (!installing) return null;
  return new Promise((resolve) => {
    installing.onstatechange = () => ["activated", "redundant"].includes(installing.state) && resolve();
  });
}
