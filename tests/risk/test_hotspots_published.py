"""Hotspots of two data sets that libpysal ships, found as esda and SciPy find them."""

from __future__ import annotations

import warnings
from typing import Any

import esda
import numpy as np
import pytest
from scipy import sparse
from scipy.stats import false_discovery_control

from risk.hotspots import HIGH_HIGH, control_false_discoveries, find_clusters, find_hotspots

libpysal = pytest.importorskip("libpysal")


def data_set(table: str, column: str, borders: str) -> tuple[np.ndarray, Any, sparse.csr_array]:
    """Read a column, and who borders whom, of a shipped data set."""
    rows = libpysal.io.open(libpysal.examples.get_path(table))
    neighbours = libpysal.io.open(libpysal.examples.get_path(borders))
    values, weights = np.array(rows.by_col(column), dtype=float), neighbours.read()
    rows.close()
    neighbours.close()
    weights.transform = "B"
    return values, weights, sparse.csr_array(weights.sparse)


@pytest.fixture(
    scope="module",
    params=[("stl_hom.txt", "HR8893", "stl.gal"), ("columbus.dbf", "CRIME", "columbus.gal")],
    ids=["homicides around St. Louis", "crime in Columbus"],
)
def shipped(request: pytest.FixtureRequest) -> tuple[np.ndarray, Any, sparse.csr_array]:
    return data_set(*request.param)


def test_gi_star_agrees_with_esda(shipped: tuple[np.ndarray, Any, sparse.csr_array]) -> None:
    values, weights, matrix = shipped
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # esda warns that it adds the place itself
        theirs = esda.G_Local(values, weights, transform="B", star=True, permutations=0)
    np.testing.assert_allclose(find_hotspots(values, matrix).z, theirs.Zs, rtol=1e-9)


def test_local_moran_adds_up_to_esdas_global_moran(
    shipped: tuple[np.ndarray, Any, sparse.csr_array],
) -> None:
    """With rows summing to 1, the mean of (n / (n - 1)) · I_i is Moran's I (Anselin 1995)."""
    values, weights, matrix = shipped
    ours = find_clusters(values, matrix, rng=np.random.default_rng(1), permutations=99)
    scale = len(values) / (len(values) - 1)
    weights.transform = "R"
    overall = esda.Moran(values, weights, permutations=0).I
    weights.transform = "B"
    assert ours.statistic.mean() * scale == pytest.approx(overall, rel=1e-9)


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.2])
def test_the_false_discovery_cut_of_local_moran_is_that_of_esda_and_scipy(
    shipped: tuple[np.ndarray, Any, sparse.csr_array], rate: float
) -> None:
    values, _, matrix = shipped
    p = find_clusters(values, matrix, rng=np.random.default_rng(2), permutations=9_999).p
    marked = control_false_discoveries(p, rate=rate)
    np.testing.assert_array_equal(marked, false_discovery_control(p) <= rate)
    limit = esda.fdr(p, rate)  # where nothing passes, esda gives Bonferroni's limit
    np.testing.assert_array_equal(marked, p <= limit)


def test_the_hot_core_of_columbus_stays_significant_when_all_are_asked_at_once() -> None:
    """The inner city stays a cluster; asked one by one, twice as many places seem to be one."""
    values, _, matrix = data_set("columbus.dbf", "CRIME", "columbus.gal")
    found = find_clusters(values, matrix, rng=np.random.default_rng(3), permutations=9_999)
    alone, held = found.p < 0.05, control_false_discoveries(found.p, rate=0.05)
    assert held.sum() < alone.sum()
    assert (found.quadrant[held] == HIGH_HIGH).sum() >= 5
    assert values[held & (found.quadrant == HIGH_HIGH)].min() > values.mean()
