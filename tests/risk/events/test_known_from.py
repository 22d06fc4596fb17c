"""A field that is written after its row counts from when it was certainly there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from risk.config.score import ExposureRule, ScoreConfig
from risk.events.fetch import fetch
from risk.events.known_from import OUTCOME_DAYS
from risk.events.rows import complaint_rows, known_buildings, rental_rows
from tests.risk.conftest import CUT, a_building, make_engine

RECEIVED = CUT - timedelta(days=90)
OVER = RECEIVED + timedelta(days=10)
USUAL = RECEIVED + timedelta(days=OUTCOME_DAYS)
FIRST = {"row_key": "first", "ticket_no": "T1", "building_id": "B1", "event_at": RECEIVED}
LATER = FIRST | {"row_key": "later", "ticket_no": "T2"}
MOMENT = timedelta(microseconds=1)


def counted(cut: datetime, table: str, *rows: dict[str, Any], **exposure: Any) -> list[str]:
    """Return the keys of the complaints that count, or of the leases that run, at a cut."""
    source = make_engine({"buildings": [a_building(1)], table: list(rows)})
    config = ScoreConfig(exposure=ExposureRule(**exposure))
    read = complaint_rows if table == "complaints" else rental_rows
    frame = fetch(read(source, cut=cut, config=config))
    if table == "rentals":
        frame = frame[frame["active"]]
    return sorted(frame["row_key"])


@pytest.mark.parametrize("mark", [{"status": "重复件"}, {"related_ticket": "T1"}], ids=str)
@pytest.mark.parametrize(
    ("times", "known_from"),
    [
        ({"closed_at": OVER}, OVER),
        ({}, USUAL),
        ({"imported_at": OVER}, OVER),
        ({"closed_at": USUAL, "imported_at": OVER}, OVER),
        ({"closed_at": OVER, "imported_at": USUAL}, OVER),
    ],
    ids=str,
)
def test_a_ticket_repeats_another_once_that_was_known(
    mark: dict[str, Any], times: dict[str, Any], known_from: datetime
) -> None:
    rows = (FIRST, LATER | mark | times)
    assert counted(known_from, "complaints", *rows) == ["first", "later"]
    assert counted(known_from + MOMENT, "complaints", *rows) == ["first"]


@pytest.mark.parametrize(
    ("times", "known_from"),
    [
        ({"imported_at": OVER}, OVER),
        ({"end_date": OVER}, OVER),
        ({"end_date": USUAL, "imported_at": OVER}, OVER),
    ],
    ids=str,
)
def test_a_lease_is_cancelled_once_that_was_known(
    times: dict[str, Any], known_from: datetime
) -> None:
    row = {"row_key": "lease", "building_id": "B1", "unit_id": "F1", "event_at": RECEIVED}
    row |= {"start_date": RECEIVED, "status": "注销"} | times
    assert counted(known_from, "rentals", row) == ["lease"]
    assert counted(known_from + MOMENT, "rentals", row) == []


def test_a_lease_is_short_once_it_ended_where_ends_are_written_in_afterwards() -> None:
    row = {"building_id": "B1", "unit_id": "F1", "event_at": RECEIVED, "start_date": RECEIVED}
    source = make_engine({"buildings": [a_building(1)], "rentals": [row | {"end_date": OVER}]})
    for trust, expected in ((True, [True, True]), (False, [False, True])):
        config = ScoreConfig(exposure=ExposureRule(trust_end_date=trust))
        rows = [rental_rows(source, cut=cut, config=config) for cut in (OVER, OVER + MOMENT)]
        assert [bool((fetch(each)["decayed_weight"] > 0).all()) for each in rows] == expected


def test_a_building_that_was_first_mentioned_later_is_not_in_the_register() -> None:
    made = a_building(2) | {"made": True, "learnt_at": OVER}
    source = make_engine({"buildings": [a_building(1), made]})
    known = [set(fetch(known_buildings(source, cut))["building_id"]) for cut in (OVER, CUT)]
    assert known == [{"B1"}, {"B1", "B2"}]
