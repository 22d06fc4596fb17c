"""Rules of the walking order, beside a slow search through all orders."""

from itertools import pairwise, permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.routes.order import walking_order
from geo.shapes.projection import distances_between_m

PLACES = st.lists(
    st.tuples(st.floats(117.10, 117.12), st.floats(36.18, 36.20)), min_size=1, max_size=7
)


def way_m(order: object, gaps: np.ndarray) -> float:
    stops = list(order)  # type: ignore[call-overload]
    return float(sum(gaps[a, b] for a, b in pairwise(stops)))


@given(places=PLACES)
@settings(max_examples=60)
def test_every_place_is_visited_once_and_no_turned_stretch_is_shorter(
    places: list[tuple[float, float]],
) -> None:
    lon, lat = (np.array(values) for values in zip(*places, strict=True))
    order, gaps = walking_order(lon, lat), distances_between_m(lon, lat)
    assert sorted(order) == list(range(len(places)))
    assert order[0] == 0
    for i in range(1, len(order)):
        for j in range(i + 1, len(order)):
            turned = [*order[:i], *order[i : j + 1][::-1], *order[j + 1 :]]
            assert way_m(turned, gaps) >= way_m(order, gaps) - 1e-3


@given(places=PLACES)
@settings(max_examples=40)
def test_the_way_is_never_much_longer_than_the_shortest(places: list[tuple[float, float]]) -> None:
    lon, lat = (np.array(values) for values in zip(*places, strict=True))
    gaps = distances_between_m(lon, lat)
    rest = range(1, len(places))
    shortest = min(way_m((0, *others), gaps) for others in permutations(rest))
    assert way_m(walking_order(lon, lat), gaps) <= 1.6 * shortest + 1e-3


def test_houses_in_a_row_are_walked_in_a_row() -> None:
    lon = np.array([117.10, 117.14, 117.11, 117.13, 117.12])
    assert list(walking_order(lon, np.full(5, 36.19))) == [0, 2, 4, 3, 1]


def test_the_start_can_be_chosen() -> None:
    lon = np.array([117.12, 117.11, 117.10])
    assert list(walking_order(lon, np.full(3, 36.19), first=2)) == [2, 1, 0]


def test_a_place_without_coordinates_comes_last() -> None:
    lon = np.array([np.nan, 117.11, 117.10])
    assert list(walking_order(lon, np.full(3, 36.19))) == [1, 2, 0]
    assert list(walking_order(np.full(2, np.nan), np.full(2, np.nan))) == [0, 1]
    assert list(walking_order(np.array([]), np.array([]))) == []
