"""A visit that SQL changes, removes or adds is found by its seal or its audit line and named."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert, text
from stored_visits import visit_version

from data.integrity.sealed.audit import Fault
from data.integrity.sealed.visits import RECORDED, verify_visits
from data.store.tables.visits import VisitVersion
from data.store.unit_of_work import Store

NOON = datetime(2026, 11, 24, 12, 0, 0, 120, tzinfo=UTC)


def version(number: int, **changed: Any) -> dict[str, Any]:
    own = {
        "building_id": f"B{number}",
        "signs": ["课桌"],
        "pupils": 3,
        "note": "看过",
        "minutes": 12,
    }
    at = {"recorded_at": NOON.replace(tzinfo=None), "at": NOON.replace(tzinfo=None)}
    return visit_version(f"V{number}", **own | at | changed)


def record(store: Store, *numbers: int) -> None:
    for number in numbers:
        with store.begin() as unit:
            stored, _ = unit.visits.add(version(number))
            facts = {"visit_id": stored.visit_id, "version": 1, "building_id": stored.building_id}
            unit.audit.add(
                at=NOON, actor="wang", action=RECORDED, facts=facts | {"seal": stored.seal}
            )
            unit.commit()


def execute(store: Store, statement: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text(statement))


def checked(store: Store) -> tuple[int, dict[str, int], list[Fault]]:
    """Return how many versions were looked at, what could not be, and what is wrong."""
    unchecked: dict[str, int] = {}
    found = list(verify_visits(store, unchecked=unchecked))
    return found.count(None), unchecked, [each for each in found if each]


def faults(store: Store) -> list[tuple[str, str]]:
    return [(fault.code, fault.facts["visit"]) for fault in checked(store)[2]]


def test_what_was_recorded_holds(store: Store) -> None:
    record(store, 1, 2, 3)
    assert checked(store) == (3, {}, [])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE visits SET result = '属实' WHERE visit_id = 'V2'",
        "UPDATE visits SET building_id = 'B9' WHERE visit_id = 'V2'",
        "UPDATE visits SET pupils = NULL WHERE visit_id = 'V2'",
        "UPDATE visits SET signs = '[]' WHERE visit_id = 'V2'",
        "UPDATE visits SET at = '2026-11-23 12:00:00.000120' WHERE visit_id = 'V2'",
        "UPDATE visits SET result = '属实', seal = NULL WHERE visit_id = 'V2'",
        "UPDATE visits SET seal = 'of another' WHERE visit_id = 'V2'",
    ],
)
def test_a_visit_changed_by_sql_is_named(store: Store, change: str) -> None:
    record(store, 1, 2, 3)
    execute(store, change)
    found = faults(store)
    assert [visit for _, visit in found] == ["V2"]
    assert found[0][0] in {"visit_changed", "visit_seal_missing"}


def test_a_visit_removed_by_sql_is_named(store: Store) -> None:
    record(store, 1, 2)
    execute(store, "DELETE FROM visits WHERE visit_id = 'V2'")
    assert faults(store) == [("visit_missing", "V2")]


def test_a_visit_put_in_by_sql_is_named(store: Store) -> None:
    record(store, 1)
    with store.engine.begin() as connection:
        connection.execute(insert(VisitVersion).values(version(2, seal=None)))
        connection.execute(insert(VisitVersion).values(version(3, seal="0" * 64)))
    assert faults(store) == [("visit_seal_missing", "V2"), ("visit_changed", "V3")]


def test_visits_older_than_seals_are_counted_and_no_fault(store: Store) -> None:
    with store.begin() as unit:
        facts = {"visit_id": "V1", "version": 1, "building_id": "B1"}
        unit.audit.add(at=NOON, actor="wang", action=RECORDED, facts=facts)
        unit.commit()
    with store.engine.begin() as connection:
        connection.execute(insert(VisitVersion).values(version(1, seal=None)))
    record(store, 2)
    assert checked(store) == (1, {"visits": 1}, [])


def test_no_more_than_twenty_visits_are_named(store: Store) -> None:
    record(store, *range(1, 24))
    execute(store, "UPDATE visits SET minutes = 1")
    found = checked(store)[2]
    assert len(found) == 21
    assert (found[-1].code, found[-1].facts) == ("visit_more_faults", {"count": 3})
