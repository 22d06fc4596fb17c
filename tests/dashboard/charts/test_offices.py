"""Charts of several offices' figures."""

from itertools import pairwise

from dashboard.charts.offices import outlines, weeks

SQUARE = ((117.1, 36.1), (117.2, 36.1), (117.2, 36.2), (117.1, 36.2), (117.1, 36.1))


def area(ring: list[list[float]]) -> float:
    """Return twice the area, positive where the ring runs clockwise."""
    return sum((x2 - x1) * (y2 + y1) for (x1, y1), (x2, y2) in pairwise(ring))


def test_an_outline_runs_clockwise_however_it_was_told() -> None:
    spec = outlines([("a", [SQUARE], 1.0), ("b", [SQUARE[::-1]], None)], title="t")
    shapes = spec["layer"][0]["data"]["values"]
    rings = [shape["geometry"]["coordinates"][0][0] for shape in shapes]
    assert [area(ring) > 0 for ring in rings] == [True, True]
    assert [shape["value"] for shape in shapes] == [1.0, None]


def test_the_name_of_an_office_stands_within_its_outline() -> None:
    spec = outlines([("a", [SQUARE], 1.0)], title="t")
    (middle,) = spec["layer"][1]["data"]["values"]
    assert 117.1 < middle["lon"] < 117.2
    assert 36.1 < middle["lat"] < 36.2


def test_offices_differ_by_colour_and_beyond_the_colours_by_dashes() -> None:
    names = [f"office {number}" for number in range(14)]
    spec = weeks([{"week": "2026-W48", "name": name, "value": 1} for name in names], title="t")
    drawn = spec["layer"][0]["encoding"]
    colours = drawn["color"]["scale"]["range"]
    dashes = drawn["strokeDash"]["scale"]["range"]
    looks = {(colour, tuple(dash)) for colour, dash in zip(colours, dashes, strict=True)}
    assert len(looks) == len(names)
