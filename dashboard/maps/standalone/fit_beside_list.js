// Show all of a place: beside the list, on a phone between title and list.
// `bounds`: its south-western and north-eastern corner, each latitude and longitude.

export default function (map, { bounds }) {
  map.paperBounds = bounds;
  map.fitBounds(bounds, innerWidth > 700
    ? { paddingTopLeft: [20, 20], paddingBottomRight: [320, 20] }
    : { paddingTopLeft: [10, 120], paddingBottomRight: [10, 0.34 * innerHeight + 34] });
}
