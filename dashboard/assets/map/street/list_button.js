// The button that hides the list beside the map, and shows it again; a unit that is picked does too.
// What was chosen holds on the page until it is loaded anew.

const HIDDEN = "gw-list-hidden";
const page = document.documentElement.classList;

export function listButton(street) {
  const button = street.button("◨", street.data.words.list, () => {
    page.toggle(HIDDEN);
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
