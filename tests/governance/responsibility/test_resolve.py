"""Rules of who answers, worked out from claims."""

from datetime import date
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.responsibility.resolve import (
    CLAIM_COLUMNS,
    DUTIES,
    IMPORTED,
    LAYERS,
    STORE,
    TARGETS,
    find_problems,
    resolve_duties,
)

DAY = date(2026, 11, 24)
BUILDINGS = pd.DataFrame(
    {
        "building_id": ["B1", "B2", "B3"],
        "estate": ["E1", "E1", ""],
        "grid_code": ["G1", "G1", "G2"],
        "community_code": ["C1", "C1", "C1"],
        "kind": ["住宅", "商务楼宇", "住宅"],
        "rental_count": [0, 0, 2],
    }
)


def claims(*rows: dict[str, Any]) -> pd.DataFrame:
    filled = [
        {"person_id": "", "org": "", "duty": "网格员", "layer": STORE, "source": "", **row}
        for row in rows
    ]
    frame = pd.DataFrame(filled).reindex(columns=[*CLAIM_COLUMNS, "layer"])
    frame["duty_id"] = pd.to_numeric(frame["duty_id"]).astype("Int64")
    for name in ("pledge_on", "valid_from", "valid_to"):
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    return frame


def test_a_nearer_target_decides() -> None:
    frame = claims(
        {"target_kind": "community", "target_id": "C1", "person_id": "P1"},
        {"target_kind": "grid", "target_id": "G1", "person_id": "P2"},
        {"target_kind": "estate", "target_id": "E1", "person_id": "P3"},
        {"target_kind": "building", "target_id": "B1", "person_id": "P4"},
        {"target_kind": "grid", "target_id": "G2", "person_id": "P5"},
    )
    rows = resolve_duties(BUILDINGS, frame, on=DAY)
    assert dict(zip(rows["building_id"], rows["person_id"], strict=True)) == {
        "B1": "P4",
        "B2": "P3",
        "B3": "P5",
    }


def test_two_people_at_the_same_target_are_an_overlap_and_the_later_one_answers() -> None:
    frame = claims(
        {"target_kind": "grid", "target_id": "G2", "person_id": "P1", "valid_from": "2026-01-01"},
        {"target_kind": "grid", "target_id": "G2", "person_id": "P2", "valid_from": "2026-02-01"},
    )
    rows = resolve_duties(BUILDINGS, frame, on=DAY)
    assert rows[["person_id", "others"]].to_numpy().tolist() == [["P2", "P1"]]


def test_gaps_people_gone_and_pledges_missing_are_listed() -> None:
    frame = claims(
        {"target_kind": "community", "target_id": "C1", "person_id": "P1"},
        {"target_kind": "community", "target_id": "C1", "person_id": "P8", "duty": "包片领导"},
        {"target_kind": "building", "target_id": "B2", "org": "某公司", "duty": "产权人"},
    )
    staff = pd.DataFrame({"person_id": ["P1", "P2"], "active": [True, False]})
    found = find_problems(BUILDINGS, resolve_duties(BUILDINGS, frame, on=DAY), staff)
    said = {(row.kind, row.duty, row.building_id) for row in found.itertuples()}
    assert said == {
        *(("gap", "网格长", b) for b in ("B1", "B2", "B3")),
        ("gap", "楼长", "B2"),
        ("gap", "楼长", "B3"),
        ("gap", "受委托管理单位", "B2"),
        ("no_pledge", "产权人", "B2"),
        *(("left", "包片领导", b) for b in ("B1", "B2", "B3")),
    }
    assert set(found.loc[found["kind"] == "left", "detail"]) == {"unknown"}


NEAREST_FIRST = ("building", "estate", "grid", "community")
HERE_FIRST = (STORE, IMPORTED, LAYERS)
CLAIM = st.fixed_dictionaries(
    {
        "target": st.sampled_from(
            [("building", "B1"), ("building", "B3"), ("estate", "E1"), ("grid", "G1"),
             ("grid", "G2"), ("community", "C1")]
        ),
        "duty": st.sampled_from(DUTIES[:3]),
        "person_id": st.sampled_from(["P1", "P2", "P3"]),
        "layer": st.sampled_from([STORE, IMPORTED, LAYERS]),
        "valid_from": st.sampled_from([None, "2026-01-01", "2026-11-24", "2027-01-01"]),
        "valid_to": st.sampled_from([None, "2026-11-24", "2028-01-01"]),
    }
)  # fmt: skip


@settings(max_examples=60)
@given(made=st.lists(CLAIM, min_size=1, max_size=12))
def test_what_was_decided_here_comes_first_then_the_nearest_target_that_holds_that_day(
    made: list[dict[str, Any]],
) -> None:
    rows = [
        {**row, "target_kind": row["target"][0], "target_id": row["target"][1], "duty_id": n}
        for n, row in enumerate(made)
    ]
    for row in rows:
        del row["target"]
    found = resolve_duties(BUILDINGS, claims(*rows), on=DAY)
    answers = {
        (row.building_id, row.duty): (row.person_id, row.others) for row in found.itertuples()
    }
    assert answers == _plain_search(rows)


def _plain_search(rows: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[str, str]]:
    """Ask for every building and duty who is nearest, and who else is as near; the oracle."""
    moment = pd.Timestamp(DAY)
    answers = {}
    for building in BUILDINGS.to_dict("records"):
        for duty in DUTIES[:3]:
            found: list[tuple[Any, ...]] = []
            for row in rows:
                column = TARGETS[row["target_kind"]]
                since, until = pd.Timestamp(row["valid_from"]), pd.Timestamp(row["valid_to"])
                if row["duty"] != duty or building[column] != row["target_id"]:
                    continue
                if since > moment or until <= moment:
                    continue
                start = -since.value if pd.notna(since) else 2**62
                near = NEAREST_FIRST.index(row["target_kind"])
                layer = HERE_FIRST.index(row["layer"])
                found.append((layer, near, start, -row["duty_id"], row["person_id"]))
            if found:
                first, *others = sorted(found)
                rivals = (each[-1] for each in others if each[:2] == first[:2])
                named = [person for person in dict.fromkeys(rivals) if person != first[-1]]
                answers[building["building_id"], duty] = first[-1], ";".join(named)
    return answers
