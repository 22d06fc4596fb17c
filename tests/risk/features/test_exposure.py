from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.config.score import ExposureRule
from risk.features.exposure import estimate_exposure, spread_households, typical_exposure

RULE = ExposureRule(dwelling=1, registered_unit=2, minimum=1)
UNKNOWN = float("nan")


def estimate(
    dwellings: list[float], registered: list[float], kinds: list[str] | None = None
) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "kind": pd.array(kinds or ["住宅"] * len(dwellings), dtype="str"),
            "dwellings": np.array(dwellings, dtype=float),
            "registered_units": np.array(registered, dtype=float),
        }
    )
    return estimate_exposure(frame, rule=RULE)


U = UNKNOWN


@pytest.mark.parametrize(
    ("dwellings", "registered", "kinds", "exposure", "known"),
    [
        pytest.param([100, 50], [10, 0], "aa", [120, 50], [1, 1], id="they add up by weight"),
        pytest.param([100, 100], [10, U], "aa", [120, 120], [1, 0], id="average, not none"),
        pytest.param([100, U], [10, 5], "aa", [120, 60], [1, 0], id="from registered units"),
        pytest.param([10, 30, 500, U], [0, 0, 0, U], "aaba", [10, 30, 500, 20], [1, 1, 1, 0],
                     id="like others of its kind"),
        pytest.param([10, 30, U], [0, 0, U], "aab", [10, 30, 20], [1, 1, 0], id="like all others"),
        pytest.param([U] * 3, [4, 1, U], "aaa", [8, 2, 5], [1, 1, 0], id="no dwellings at all"),
        pytest.param([U] * 2, [U] * 2, "aa", [1, 1], [0, 0], id="nothing known: the least"),
    ],
)  # fmt: skip
def test_what_is_unknown_is_estimated_from_what_is_known(
    dwellings: list[float], registered: list[float], kinds: str,
    exposure: list[float], known: list[int],
) -> None:  # fmt: skip
    frame = estimate(dwellings, registered, list(kinds))
    assert frame["exposure"].tolist() == exposure
    assert frame["exposure_known"].tolist() == [bool(each) for each in known]


def test_an_empty_register_stays_empty() -> None:
    assert estimate([], []).empty
    assert typical_exposure(np.array([])) == 1


MAYBE = st.one_of(st.just(UNKNOWN), st.integers(0, 500).map(float))


@given(st.lists(st.tuples(MAYBE, MAYBE), min_size=1, max_size=30))
def test_exposure_is_always_a_positive_number(rows: list[tuple[float, float]]) -> None:
    exposure = estimate([row[0] for row in rows], [row[1] for row in rows])["exposure"]
    assert np.isfinite(exposure).all()
    assert (exposure >= RULE.minimum).all()


def in_grids(grids: list[str], dwellings: list[float], kinds: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": pd.array(kinds, dtype="str"),
            "dwellings": np.array(dwellings, dtype=float),
            "registered_units": np.full(len(grids), UNKNOWN),
            "grid_code": pd.array(grids, dtype="str"),
            "community_code": pd.array([code[:1] for code in grids], dtype="str"),
        }
    )


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["a1", "a2", "b1", ""]),
            st.one_of(st.none(), st.integers(0, 300)),
            st.sampled_from(["住宅", "商铺"]),
        ),
        min_size=1,
        max_size=12,
    ),
    totals=st.dictionaries(st.sampled_from(["a1", "a2", "b1"]), st.integers(0, 2000)),
)
@settings(max_examples=40)
def test_counts_stay_and_what_is_left_of_a_grids_total_goes_to_its_uncounted_buildings(
    rows: list[tuple[str, int | None, str]], totals: dict[str, int]
) -> None:
    grids, counts, kinds = (list(each) for each in zip(*rows, strict=True))
    frame = in_grids(grids, [UNKNOWN if n is None else n for n in counts], kinds)
    got = pd.Series(spread_households(frame, pd.Series(totals, dtype=float)))
    counted = frame["dwellings"].notna()
    assert got[counted].tolist() == frame.loc[counted, "dwellings"].tolist()
    for grid in set(grids):
        mine = frame["grid_code"] == grid
        known = frame.loc[mine, "dwellings"].sum()
        if (mine & ~counted).any() and totals.get(grid, 0) > known:
            assert got[mine].sum() == totals[grid]
        else:
            assert got[mine & ~counted].isna().all()


def test_a_total_is_shared_by_what_a_kind_usually_has() -> None:
    frame = in_grids(["a1"] * 4, [90, 10, UNKNOWN, UNKNOWN], ["住宅", "商铺"] * 2)
    got = spread_households(frame, pd.Series({"a1": 200.0}))
    assert got.tolist() == [90, 10, 90, 10]


def test_a_communitys_total_reaches_what_no_grids_total_does() -> None:
    frame = in_grids(["a1", "a2", ""], [UNKNOWN, 30, UNKNOWN], ["住宅"] * 3)
    frame["community_code"] = pd.array(["a"] * 3, dtype="str")
    got = spread_households(frame, pd.Series({"a1": 20.0, "a": 60.0}))
    assert got.tolist() == [20, 30, 10]


def test_a_share_of_a_total_is_no_count() -> None:
    frame = in_grids(["a1", "a1"], [UNKNOWN, 30], ["住宅"] * 2)
    got = estimate_exposure(frame, rule=RULE, totals=pd.Series({"a1": 100.0}))
    assert got["exposure"].tolist() == [70, 30]
    assert got["exposure_known"].tolist() == [False, True]


def test_totals_change_nothing_where_every_building_has_a_count() -> None:
    frame = in_grids(["a1", "a1"], [10, 30], ["住宅"] * 2)
    with_totals = estimate_exposure(frame, rule=RULE, totals=pd.Series({"a1": 500.0}))
    pd.testing.assert_frame_equal(with_totals, estimate_exposure(frame, rule=RULE))
