// What the page says above its list: whose connection, sign-in or storage is not as it should be.

const { el, fill } = await import(new URL("../elements.js" + new URL(import.meta.url).search, import.meta.url));
const part = (name) => import(new URL(name + new URL(import.meta.url).search, import.meta.url));
const { timeText } = await part("elements.js");

// Returns [kind, text, button or link] of each notice, the gravest first.
export function noticesOf(page) {
  const { words, queue, data } = page;
  const told = [];
  if (queue.trouble === "signed_out") {
    told.push(["warn", words.signedOut, el("a", { href: data.signIn }, words.signIn)]);
  } else if (queue.trouble === "other_account") {
    told.push(["warn", words.otherAccount, el("button", { type: "button",
      onclick: () => location.reload() }, words.reload)]);
  } else if (queue.trouble === "not_allowed") {
    told.push(["warn", words.notAllowed]);
  } else if (isAway(page)) {
    told.push(["info", awayText(page)]);
  }
  if (queue.unkept.size) told.push(["warn", words.notKept]);
  if (page.store?.unreadable) told.push(["warn", fill(words.unreadable, { n: page.store.unreadable })]);
  if (page.total > page.cards.size) {
    told.push(["info", fill(words.notAll, { n: page.cards.size, all: page.total })]);
  }
  if (page.mayRecord && page.opensOffline === false) told.push(["info", words.staysOpen]);
  const others = queue.ofOthers();
  if (others) told.push(["info", fill(words.othersWait, { n: others })]);
  return told;
}

export function isAway({ queue, isAway: listIsAway }) {
  return !navigator.onLine || listIsAway || (queue.trouble === "offline" && queue.waiting() > 0);
}

// Who, since when, and how much waits.
function awayText({ words, data, language, queue, loadedAt, keptAt }) {
  const at = loadedAt ?? keptAt;
  const facts = { person: data.person, n: queue.waiting(),
    time: at ? timeText(new Date(at).toISOString(), language) : "–" };
  return fill(words.offline, facts);
}
