// Whom the basemap is from.

export default function (map, { credit }) {
  L.control.attribution({ prefix: false, position: "bottomright" })
    .addAttribution(credit).addTo(map);
}
