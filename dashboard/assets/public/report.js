// What the form of a report does beyond a plain form: the position, once somebody asks for it,
// and the focus on what is wrong.
const problems = document.getElementById("problems");
if (problems) problems.focus();

const place = document.querySelector(".place");
if (place && navigator.geolocation && window.isSecureContext) {
  const [lon, lat] = ["lon", "lat"].map((name) => document.querySelector(`input[name=${name}]`));
  const [ask, forget] = [".ask", ".forget"].map((name) => place.querySelector(name));
  const said = place.querySelector("[role=status]");
  const show = (known, words) => {
    ask.hidden = known;
    forget.hidden = !known;
    said.textContent = words;
  };
  ask.addEventListener("click", () => {
    said.textContent = place.dataset.asking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        lon.value = coords.longitude.toFixed(6);
        lat.value = coords.latitude.toFixed(6);
        show(true, place.dataset.known.replace("{metres}", Math.ceil(coords.accuracy)));
      },
      () => show(false, place.dataset.failed),
      { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 },
    );
  });
  forget.addEventListener("click", () => {
    lon.value = lat.value = "";
    show(false, "");
  });
  if (lon.value) show(true, place.dataset.kept);
  place.hidden = false;
}
