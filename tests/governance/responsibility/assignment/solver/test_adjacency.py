"""Rules of neighbours, pieces and strays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components

from governance.responsibility.assignment.solver.adjacency import (
    find_strays,
    link_neighbours,
    pieces,
)

PLACES = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=40)


@settings(max_examples=80)
@given(places=PLACES)
def test_all_buildings_hang_together_and_links_go_both_ways(places: list[tuple[int, int]]) -> None:
    x_m, y_m = np.array(places, dtype=float).T
    links = link_neighbours(x_m, y_m)
    assert connected_components(links, directed=False)[0] == 1
    assert (links != links.T).nnz == 0
    assert not links.diagonal().any()


def test_points_on_one_line_are_linked_in_their_order() -> None:
    links = link_neighbours(np.array([3.0, 1.0, 2.0, 4.0]), np.zeros(4))
    assert links.toarray()[1].tolist() == [0, 0, 1, 0]
    assert links.toarray()[2].tolist() == [1, 1, 0, 0]


def test_no_link_leaps_over_a_wide_gap_but_the_one_that_is_needed() -> None:
    x, y = (a.ravel().astype(float) for a in np.meshgrid(np.arange(5), np.arange(5)))
    links = link_neighbours(np.r_[x, x + 100], np.r_[y, y])
    assert links.toarray()[:25, 25:].sum() == 1


def test_the_heaviest_piece_is_the_territory_and_the_rest_is_stray() -> None:
    links = link_neighbours(np.arange(6.0), np.zeros(6))
    warden = np.array([0, 1, 0, 0, 1, 1])
    counts = np.ones(6, dtype=bool)
    load = np.ones(6)
    assert find_strays(links, warden, load, counts=counts).tolist() == [
        *(True, True, False, False, False, False)
    ]
    assert find_strays(links, warden, load, counts=~counts).sum() == 0
    assert len(set(pieces(links, warden).tolist())) == 4


@pytest.mark.parametrize("nobody", [-1])
def test_a_building_without_a_warden_is_no_stray(nobody: int) -> None:
    links = link_neighbours(np.arange(3.0), np.zeros(3))
    found = find_strays(links, np.full(3, nobody), np.ones(3), counts=np.ones(3, dtype=bool))
    assert not found.any()
