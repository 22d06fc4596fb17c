// The button that hides the list beside the map, and shows it again; the browser remembers that. A
// unit that is picked shows it for now.

const HIDDEN = "gw-list-hidden", KEPT = "gridwarden map without list";
const page = document.documentElement.classList;

const onAWall = new URLSearchParams(location.search).get("screen") === "wall";
page.toggle(HIDDEN, !onAWall && localStorage.getItem(KEPT) !== null);

export function listButton(street) {
  const button = street.button("◨", street.data.words.list, () => {
    if (page.toggle(HIDDEN)) localStorage.setItem(KEPT, "1");
    else localStorage.removeItem(KEPT);
    tell(button);
    if (street.seesWhole) street.whole();
  });
  button.classList.add("gw-list-button");
  return tell(button);
}

export function showList(street) {
  page.remove(HIDDEN);
  tell(street.buttons.querySelector(".gw-list-button"));
}

function tell(button) {
  button.setAttribute("aria-expanded", String(!page.contains(HIDDEN)));
  return button;
}
