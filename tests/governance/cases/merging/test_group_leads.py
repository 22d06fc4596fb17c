"""Which leads are of one event: the algorithm, on listings whose places are known."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from benchmarks.records.group_leads import PLACES, TOLERANCE, measure_listings
from governance.cases.merging.candidates import candidate_pairs
from governance.cases.merging.evidence import BITS, character_grams
from governance.cases.merging.propose import Decided, group_leads
from governance.cases.merging.rows import rows_of_leads

FURTHEST = 4
AT = datetime(2026, 11, 2, 19, 0)  # noqa: DTZ001 -- local times throughout


def leads(*facts: dict[str, object]) -> pd.DataFrame:
    usual: dict[str, object] = {
        "received_at": AT, "text": "", "address": "", "building_id": "", "caller": "",
        "contact": "", "ticket_no": "", "related": "", "url": "",
    }  # fmt: skip
    return pd.DataFrame([{"lead_id": at} | usual | each for at, each in enumerate(facts)])


def groups(*facts: dict[str, object], decided: Decided | None = None) -> list[int]:
    return group_leads(rows_of_leads(leads(*facts)), decided=decided).group.tolist()


@pytest.fixture(scope="module")
def measured() -> pd.DataFrame:
    return measure_listings(seeds=range(4))


def test_200_listings_come_down_to_58_places_on_the_average(measured: pd.DataFrame) -> None:
    """Of single towns 19 in 20 are that near, none further than `FURTHEST`."""
    ours = measured[measured["method"] == "proposed"]
    assert abs(ours["groups"].mean() - PLACES) <= 1
    assert ((ours["groups"] - PLACES).abs() <= TOLERANCE).mean() >= 0.85
    assert ((ours["groups"] - PLACES).abs() <= FURTHEST).all()


def test_pairs_are_right_more_often_than_by_address_or_building(measured: pd.DataFrame) -> None:
    mean = measured.groupby("method")[["precision", "recall"]].mean()
    for plain in ("same address", "same building"):
        assert (mean.loc["proposed"] > mean.loc[plain]).all()


def test_two_buildings_are_never_of_one_event_however_alike_the_words() -> None:
    same = {"text": "初二数学一对一，周末上课，欢迎咨询", "contact": "abc"}
    assert groups(same | {"building_id": "B1"}, same | {"building_id": "B2"}) == [0, 1]


def test_a_number_that_is_named_puts_leads_together_at_any_distance_in_time() -> None:
    told = groups(
        {"ticket_no": "250912101108115401", "text": "反映补课"},
        {"ticket_no": "260912101108115402", "related": "250912101108115401",
         "received_at": AT + timedelta(days=300)},
        {"ticket_no": "260912101108115403", "received_at": AT + timedelta(days=310),
         "text": "催办 250912101108115401"},
    )  # fmt: skip
    assert told == [0, 0, 0]


def test_stairwell_and_room_tell_flats_of_a_building_apart() -> None:
    flat = {"building_id": "B1", "address": "示例花园3号楼2单元501室"}
    other = {"building_id": "B1", "address": "示例花园3号楼1单元302室"}
    assert groups(flat, other, flat) == [0, 1, 0]


def test_what_a_person_kept_apart_stays_apart() -> None:
    flat = {"building_id": "B1", "address": "示例花园3号楼2单元501室"}
    assert groups(flat, flat) == [0, 0]
    assert groups(flat, flat, decided=Decided(frozenset({(0, 1)}))) == [0, 1]


def test_leads_of_one_case_are_together_whatever_they_say() -> None:
    told = leads({"building_id": "B1"}, {"building_id": "B2"}).assign(case_id=7)
    assert group_leads(rows_of_leads(told)).group.tolist() == [0, 0]


def test_the_order_of_leads_changes_nothing() -> None:
    told = leads(
        *({"building_id": f"B{at % 7}", "text": f"第{at % 5}个家长反映补课", "caller": f"p{at % 9}",
           "received_at": AT + timedelta(days=at)} for at in range(40))
    )  # fmt: skip
    once = group_leads(rows_of_leads(told)).group
    again = group_leads(rows_of_leads(told.sample(frac=1, random_state=1))).group
    assert once.tolist() == again.tolist()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_blocking_leaves_out_no_pair_that_shares_a_key(rng: np.random.Generator) -> None:
    """The oracle looks at every pair."""
    told = leads(
        *({"building_id": str(rng.choice(["", "B1", "B2", "B3"])), "caller": f"p{rng.integers(8)}",
           "received_at": AT + timedelta(days=int(rng.integers(400)))} for _ in range(60))
    )  # fmt: skip
    rows = rows_of_leads(told)
    found = set(zip(*candidate_pairs(rows, character_grams(rows["text"])), strict=True))
    for a in range(60):
        for b in range(a + 1, 60):
            one, other = rows.iloc[a], rows.iloc[b]
            near = abs((one["received_at"] - other["received_at"]).days) <= 200
            same = one["building_id"] == other["building_id"] != ""
            apart = one["building_id"] and other["building_id"] and not same
            person = one["caller"] == other["caller"] and not apart
            assert ((a, b) in found) == bool(near and (same or person)), (a, b)


def test_no_weight_but_two_buildings_and_a_named_number_decides_alone() -> None:
    without = {"prior", "number_named", "other_building", "same_flat"}
    most = max(abs(bits) for name, bits in BITS.items() if name not in without)
    assert most < BITS["number_named"] + BITS["prior"]
