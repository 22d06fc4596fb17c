from __future__ import annotations

import warnings
from typing import Any

import esda
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from geo.cells import cells_of_points, disk
from risk.hotspots import (
    HotspotError,
    control_false_discoveries,
    find_clusters,
    find_hotspots,
    neighbour_weights,
)

libpysal = pytest.importorskip("libpysal")


@pytest.fixture(scope="module")
def st_louis() -> tuple[np.ndarray, Any]:
    """Homicide rates of 78 counties around St. Louis and who borders whom, from libpysal."""
    table = libpysal.io.open(libpysal.examples.get_path("stl_hom.txt"))
    borders = libpysal.io.open(libpysal.examples.get_path("stl.gal"))
    rates, weights = np.array(table.by_col["HR8893"], dtype=float), borders.read()
    table.close()
    borders.close()
    return rates, weights


def matrix_of(weights: Any) -> sparse.csr_array:
    weights.transform = "B"
    return sparse.csr_array(weights.sparse)


def test_hot_spots_agree_with_esda(st_louis: tuple[np.ndarray, Any]) -> None:
    rates, weights = st_louis
    ours = find_hotspots(rates, matrix_of(weights))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # esda warns that it adds the place itself
        theirs = esda.G_Local(rates, weights, transform="B", star=True, permutations=0)
    np.testing.assert_allclose(ours.z, theirs.Zs, rtol=1e-9)
    np.testing.assert_allclose(ours.p, 2 * theirs.p_norm, rtol=1e-6)


def test_local_moran_agrees_with_esda(st_louis: tuple[np.ndarray, Any]) -> None:
    rates, weights = st_louis
    matrix = matrix_of(weights)
    ours = find_clusters(rates, matrix, rng=np.random.default_rng(1), permutations=9_999)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # esda's own numerical warnings
        theirs = esda.Moran_Local(rates, weights, permutations=9_999, seed=1)
    np.testing.assert_allclose(ours.statistic, theirs.Is, rtol=1e-9, atol=1e-12)
    z = (theirs.Is - theirs.EIc) / np.sqrt(theirs.VIc)
    np.testing.assert_allclose(ours.z, z, rtol=1e-9)
    np.testing.assert_allclose(ours.p, theirs.p_sim, atol=0.03)  # both are draws
    names = np.array(["", "HH", "LH", "LL", "HL"])
    assert ours.quadrant.tolist() == names[theirs.q].tolist()


@given(st.lists(st.floats(1e-6, 1), min_size=1, max_size=60, unique=True), st.floats(0.01, 0.2))
def test_false_discovery_control_agrees_with_esda(p: list[float], rate: float) -> None:
    values = np.array(p)
    marked = control_false_discoveries(values, rate=rate)
    limit = esda.fdr(values, rate)
    assert (
        marked.tolist() == (values < limit).tolist()
        or marked.tolist() == (values <= limit).tolist()
    )


def test_noise_shows_almost_no_clusters_once_false_discoveries_are_controlled() -> None:
    cells = disk(cells_of_points([117.1], [36.2], resolution=9), 12)[1]
    weights = neighbour_weights(cells.tolist())
    rng = np.random.default_rng(3)
    alone = controlled = 0
    for _ in range(5):
        p = find_hotspots(rng.normal(size=len(cells)), weights).p
        alone += int((p < 0.05).sum())
        controlled += int(control_false_discoveries(p).sum())
    assert alone > 50
    assert controlled <= 5


def test_a_planted_cluster_is_found_where_it_is() -> None:
    cells = disk(cells_of_points([117.1], [36.2], resolution=9), 8)[1]
    heart = disk(cells_of_points([117.1], [36.2], resolution=9), 1)[1]
    hot = np.isin(cells, heart)
    values = np.random.default_rng(4).normal(size=len(cells)) + 6.0 * hot
    weights = neighbour_weights(cells.tolist())
    marked = control_false_discoveries(find_hotspots(values, weights).p)
    assert marked[hot].all()
    clusters = find_clusters(values, weights, rng=np.random.default_rng(5))
    assert set(clusters.quadrant[hot]) == {"HH"}


def test_neighbours_are_mutual_and_never_the_place_itself() -> None:
    cells = np.random.default_rng(6).permutation(
        disk(cells_of_points([117.1], [36.2], resolution=9), 3)[1]
    )
    weights = neighbour_weights(cells.tolist())
    assert (weights != weights.T).nnz == 0
    assert weights.diagonal().sum() == 0
    assert sorted(set(weights.sum(axis=1))) == [3, 4, 6]


def test_a_place_without_neighbours_is_no_cluster() -> None:
    weights = sparse.csr_array(np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]], dtype=float))
    clusters = find_clusters(np.array([1.0, 2.0, 9.0]), weights, rng=np.random.default_rng(7))
    assert clusters.statistic[2] == 0
    assert clusters.p[2] == 1


@pytest.mark.parametrize("values", [[1.0, 1.0, 1.0], [1.0, float("nan"), 2.0], [1.0, 2.0]])
def test_values_that_carry_no_statistic_are_refused(values: list[float]) -> None:
    weights = sparse.csr_array((len(values), len(values)))
    with pytest.raises(HotspotError):
        find_hotspots(np.array(values), weights)
