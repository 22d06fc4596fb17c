"""Ways on foot: straight lines times a factor, and known ways laid over them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.routes.distances import TravelError, straight_distances_m, with_known_distances
from geo.shapes.projection import EARTH_RADIUS_M

COUNT = 6
places = st.lists(
    st.tuples(st.floats(117.0, 117.1), st.floats(36.1, 36.2)), min_size=COUNT, max_size=COUNT
)
ways = st.lists(
    st.tuples(st.integers(0, COUNT - 1), st.integers(0, COUNT - 1), st.floats(0, 5_000)),
    max_size=12,
)


def line_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The documented formula, one pair at a time."""
    lon, lat = (math.radians(there - here) for here, there in zip(one, other, strict=True))
    middle = math.radians((one[1] + other[1]) / 2)
    return EARTH_RADIUS_M * math.hypot(lon * math.cos(middle), lat)


@given(places, st.floats(1, 3), ways)
def test_known_ways_win_and_all_others_are_straight_lines_times_the_factor(
    points: list[tuple[float, float]], factor: float, known: list[tuple[int, int, float]]
) -> None:
    """Beside a plain oracle: a dictionary of what was said, asked pair by pair.

    Exact to 1e-12 of each way, also between two places a billionth of a metre apart.
    """
    lon, lat = (np.array(each) for each in zip(*points, strict=True))
    straight = straight_distances_m(lon, lat, factor=factor)
    before = straight.copy()
    start = np.array([way[0] for way in known], dtype=np.intp)
    end = np.array([way[1] for way in known], dtype=np.intp)
    laid = with_known_distances(straight, start, end, np.array([way[2] for way in known]))
    said = {(a, b): metres for a, b, metres in known}
    for i in range(COUNT):
        for j in range(COUNT):
            usual = factor * line_m(points[i], points[j])
            way = 0.0 if i == j else said.get((i, j), said.get((j, i), usual))
            assert laid[i, j] == pytest.approx(way, rel=1e-12, abs=0)
    assert (laid >= 0).all()
    assert (np.diag(laid) == 0).all()
    assert (straight == before).all()


@given(places, ways)
def test_ways_given_in_one_direction_only_are_alike_in_both(
    points: list[tuple[float, float]], known: list[tuple[int, int, float]]
) -> None:
    one_way = {(min(a, b), max(a, b)): metres for a, b, metres in known}
    pairs = np.array([*one_way], dtype=np.intp).reshape(-1, 2)
    lon, lat = (np.array(each) for each in zip(*points, strict=True))
    straight = straight_distances_m(lon, lat, factor=1.35)
    laid = with_known_distances(straight, pairs[:, 0], pairs[:, 1], np.array([*one_way.values()]))
    assert np.allclose(laid, laid.T)


@given(places)
def test_a_way_depends_on_its_two_ends_alone(points: list[tuple[float, float]]) -> None:
    lon, lat = (np.array(each) for each in zip(*points, strict=True))
    every = straight_distances_m(lon, lat, factor=1.35)
    part = straight_distances_m(lon[1:3], lat[1:3], factor=1.35)
    assert part[0, 1] == every[1, 2] == every[2, 1]


def test_a_place_without_coordinates_is_unknown_but_for_known_ways() -> None:
    lon, lat = np.array([117.0, np.nan, 117.01]), np.array([36.1, np.nan, 36.1])
    metres = straight_distances_m(lon, lat, factor=1.0)
    assert np.isnan(metres[0, 1])
    assert metres[1, 1] == 0
    laid = with_known_distances(metres, np.array([0]), np.array([1]), np.array([80.0]))
    assert laid[1, 0] == 80.0
    assert np.isnan(laid[1, 2])
    assert straight_distances_m(np.array([]), np.array([]), factor=1.0).shape == (0, 0)


@pytest.mark.parametrize(
    ("start", "end", "metres"), [(0, 1, -1.0), (0, 1, np.nan), (0, 2, 5.0), (-1, 1, 5.0)]
)
def test_ways_that_cannot_be_are_refused(start: int, end: int, metres: float) -> None:
    with pytest.raises(TravelError, match="Known way unusable"):
        with_known_distances(
            np.zeros((2, 2)), np.array([start]), np.array([end]), np.array([metres])
        )


def test_nobody_walks_less_than_the_straight_line() -> None:
    with pytest.raises(TravelError, match="Walk factor too small"):
        straight_distances_m(np.array([117.0]), np.array([36.0]), factor=0.9)
