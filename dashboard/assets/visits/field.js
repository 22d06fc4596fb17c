// The page of a phone that has no connection, or wants no more than its list: who is here, then the
// same list, records and queue as on the full page.

const here = new URL(import.meta.url);
const part = (name) => import(new URL(name + here.search, here));
const [{ el, fill }, { openHolder }, { rememberedLanguage }, visits] = await Promise.all(
  ["../elements.js", "store.js", "kept.js", "visits.js"].map(part));
const LANGUAGES = { zh: "zh-CN", en: "en" };

await start();

async function start() {
  const language = languageOf();
  document.documentElement.lang = LANGUAGES[language];
  const setup = await (await fetch(`/gw/field/words?lang=${language}`)).json();
  const slot = document.querySelector(".gw-visits-slot");
  const held = await openHolder(setup.holder);
  if (!held.account) {
    slot.replaceChildren(el("p", { class: "gw-v-empty" },
      held.trouble === "offline" ? setup.words.nobodyHere : setup.words.signedOut, " ",
      el("a", { href: setup.signIn }, setup.words.signIn)));
    slot.dataset.ready = "1";
    return;
  }
  const { account, person, mayRecord, mayHistory } = held;
  slot.before(head(setup, held, language));
  visits.show({ parentElement: slot.parentElement,
    data: { ...setup, account, person, mayRecord, mayHistory, held } });
}

function languageOf() {
  const asked = [new URLSearchParams(location.search).get("lang"), rememberedLanguage()];
  return asked.find((name) => name in LANGUAGES) ?? (navigator.language.startsWith("zh") ? "zh" : "en");
}

function head({ words }, { person, store }, language) {
  const form = el("form", { method: "post", action: "/gw/sign-out", onsubmit: (event) => {
    const waiting = document.querySelector('[data-count="waiting"]')?.textContent;
    if (Number(waiting) && !confirm(fill(words.signOutWaits, { n: waiting }))) event.preventDefault();
  } }, el("input", { type: "hidden", name: "lang", value: language }),
  el("button", { type: "submit" }, words.signOut));
  return el("header", { class: "gw-f-head" }, el("h1", {}, words.mine), el("span", {}, person), form,
    store ? el("a", { href: `/my-buildings?lang=${language}` }, words.fullPage) : null);
}
