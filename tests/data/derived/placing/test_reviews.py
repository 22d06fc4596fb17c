"""Where a row was as of a cut, by what had been decided about its address."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from data.engine import Engine
from data.lake.manifest import Manifest
from data.workspace.folder import Workspace

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
DAY = timedelta(days=1)
NAMED = "老化肥厂宿舍"


def decide(workspace: Workspace, building: str | None, at: datetime, *, what: str = "") -> None:
    with workspace.store.begin() as unit:
        if what == "withdraw":
            unit.address_reviews.withdraw(NAMED, at=at)
        else:
            unit.address_reviews.decide(
                NAMED, table="complaints", building_id=building, reviewer="r", at=at
            )
        unit.commit()


def places(engine: Engine, cut: datetime | None) -> list[tuple[str, str | None, str]]:
    """Return ticket, building and method of every complaint, in order."""
    rows: list[dict[str, Any]] = engine.table("complaints", cut=cut).to_pyarrow().to_pylist()
    told = [(row["ticket_no"], row["building_id"], row["match_method"]) for row in rows]
    return sorted(told)


@pytest.fixture
def office(workspace: Workspace, put_rows: Callable[..., Manifest]) -> Workspace:
    """Return an office with a year of two complaints loaded at once, the second with its code."""
    houses = [
        {
            "building_id": b,
            "estate": "示例花园",
            "building_no": f"{n}号楼",
            "lon": 117.1,
            "lat": 36.1,
        }
        for n, b in enumerate(("A", "B"), start=1)
    ]
    put_rows(workspace, "buildings", houses)
    old = {"received_at": NOON - 300 * DAY}
    rows = [{"ticket_no": "1", "raw_address": NAMED}, {"ticket_no": "2", "building_id": "B"}]
    put_rows(workspace, "complaints", [row | old for row in rows])
    return workspace


PLACED = ("2", "B", "id")


def test_a_row_that_was_here_is_where_it_was_until_its_address_was_reviewed(
    office: Workspace,
) -> None:
    engine, here = Engine(office), NOON + DAY
    before = places(engine, here)
    assert before[0][1] is None
    decide(office, "A", NOON + 5 * DAY)
    decide(office, "B", NOON + 9 * DAY)
    assert places(engine, here) == places(engine, NOON + 5 * DAY) == before
    assert places(engine, NOON + 6 * DAY) == [("1", "A", "reviewed"), PLACED]
    assert places(engine, NOON + 9 * DAY) == [("1", "A", "reviewed"), PLACED]
    assert places(engine, NOON + 10 * DAY) == [("1", "B", "reviewed"), PLACED]
    assert places(engine, None) == [("1", "B", "reviewed"), PLACED]
    engine.close()


def test_a_review_that_was_withdrawn_held_until_then(office: Workspace) -> None:
    engine = Engine(office)
    before = places(engine, None)
    decide(office, "A", NOON + 5 * DAY)
    decide(office, None, NOON + 9 * DAY, what="withdraw")
    reviewed = [("1", "A", "reviewed"), PLACED]
    assert places(engine, NOON + 7 * DAY) == reviewed
    assert places(engine, NOON + 5 * DAY) == places(engine, NOON + 10 * DAY) == before
    assert places(engine, None) == before
    engine.close()


def test_reviews_of_rows_that_came_after_the_cut_are_part_of_their_import(
    office: Workspace, put_rows: Callable[..., Manifest]
) -> None:
    decide(office, "A", NOON + 5 * DAY)
    engine = Engine(office)
    reviewed = [("1", "A", "reviewed"), PLACED]
    assert places(engine, NOON - DAY) == places(engine, NOON) == reviewed
    late = {"ticket_no": "3", "raw_address": NAMED, "received_at": NOON - 200 * DAY}
    put_rows(office, "complaints", [late], now=NOON + 7 * DAY)
    assert places(engine, NOON + DAY)[2] == ("3", "A", "reviewed")
    assert places(engine, NOON + DAY)[0][2] != "reviewed"
    engine.close()


def test_what_was_known_earlier_looks_from_a_later_cut_as_it_looked_then(office: Workspace) -> None:
    """What is decided after the later cut is no news of rows that had come by then."""
    engine, early, later = Engine(office), NOON - 30 * DAY, NOON + 3 * DAY
    assert engine.seen_from(later) is engine
    looked = places(engine, early)
    decide(office, "A", NOON + 5 * DAY)
    assert places(engine, early) != looked, "as it looks now"
    assert places(engine.seen_from(later), early) == looked
    assert places(engine.seen_from(NOON + 6 * DAY), early) == places(engine, early)
    assert places(engine.seen_from(early), early - DAY) == places(engine, early)
    engine.close()


def test_who_remembers_looks_back_from_one_cut_by_the_same_engine(office: Workspace) -> None:
    decide(office, "A", NOON + 5 * DAY)
    engine = Engine(office)
    looks, (first, second) = engine.pinned(remember=True), (NOON + 3 * DAY, NOON + 4 * DAY)
    assert looks.seen_from(first) is looks.seen_from(first)
    other = looks.seen_from(second)
    assert other is not looks.seen_from(first)
    assert other.seen_from(first) is not other
    assert engine.seen_from(first) is not engine.seen_from(first), "it keeps nothing"
    engine.close()
