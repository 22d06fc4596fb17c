"""Territories on the map can be told apart by everyone."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dashboard.maps.territories import HUES, choose_hues, lay_out

SIDE = 6


def street(from_ids: list[str], to_ids: list[str]) -> pd.DataFrame:
    place = np.arange(len(to_ids))
    return pd.DataFrame(
        {"name": [f"{i}号楼" for i in place], "lon": 117.1 + (place % SIDE) * 0.001,
         "lat": 36.19 + (place // SIDE) * 0.001, "from_id": from_ids,
         "from_person": [f"{p}某" for p in from_ids], "to_id": to_ids,
         "to_person": [f"{p}某" for p in to_ids]}
    )  # fmt: skip


def test_two_wardens_side_by_side_never_share_a_colour() -> None:
    blocks = [f"P{(i % SIDE) // 2}{i // (2 * SIDE)}" for i in range(SIDE * SIDE)]
    points = lay_out(street(blocks, blocks))
    hue = [points.wardens[who]["hue"] for who in points.after]
    for at in range(SIDE * SIDE):
        for step in (1, SIDE):
            other = at + step
            beside = other < SIDE * SIDE and (step == SIDE or other % SIDE)
            if beside and points.after[at] != points.after[other]:
                assert hue[at] != hue[other]


def test_before_and_after_are_told_for_every_building_and_none_is_minus_one() -> None:
    points = lay_out(street(["", "P1"], ["P2", "P1"]))
    assert [each["id"] for each in points.wardens] == ["P1", "P2"]
    assert points.before == [-1, 0]
    assert points.after == [1, 0]


def test_a_building_without_a_place_is_left_out() -> None:
    rows = street(["P1", "P1"], ["P1", "P1"])
    rows.loc[0, "lon"] = np.nan
    assert len(lay_out(rows).lon) == 1


@given(st.lists(st.integers(-1, 11), min_size=1, max_size=40))
def test_every_warden_gets_one_of_the_hues_and_always_the_same(owner: list[int]) -> None:
    points = np.random.default_rng(3).random((len(owner), 2))
    chosen = choose_hues(points, (np.array(owner),), wardens=12)
    assert chosen == choose_hues(points, (np.array(owner),), wardens=12)
    assert all(0 <= hue < len(HUES) for hue in chosen)
