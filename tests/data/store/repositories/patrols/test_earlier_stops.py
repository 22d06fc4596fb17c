"""Rules of what was published at an earlier moment, on SQLite and, if given, on PostgreSQL."""

from datetime import date, datetime, timedelta
from typing import Any

from data.store.repositories.patrols.earlier_stops import EarlierStop
from data.store.unit_of_work import Store

NOON = datetime(2026, 11, 27, 4, 0)  # noqa: DTZ001 -- naive UTC throughout
MONDAY = date(2026, 11, 30)


def keep(store: Store, number: int, state: str, team: str = "T1", plan: str = "W1") -> None:
    """Keep a version, made so many hours after noon, that sends a team to B1."""
    shift = f"{team}/2026-11-30/day"
    content: dict[str, Any] = {
        "shifts": {"shift_id": ["other", shift], "team_id": ["T9", team]},
        "stops": {"building_id": ["B2", "B1"], "shift_id": ["other", shift],
                  "arm": ["list", "random"], "mode": ["日查", "抽检"]},
    }  # fmt: skip
    with store.begin() as unit:
        unit.patrols.add_version({
            "plan_id": plan, "version": number, "kind": "week", "title": "", "first": MONDAY,
            "last": MONDAY + timedelta(days=6), "state": state, "seed": "s", "note": "",
            "made_at": NOON + timedelta(hours=number), "made_by": "li", "restores": None,
            "stops": 2, "expected_finds": 0.5, "content": content,
        })  # fmt: skip
        unit.commit()


def shown(store: Store, hours: float, *, building: str = "B1", day: date = MONDAY) -> list[Any]:
    moment = NOON + timedelta(hours=hours)
    with store.begin() as unit:
        found = unit.earlier_stops.at(building, moment=moment, day=day)
    return [(each.plan_id, each.version, each.team_id) for each in found]


def test_the_version_published_last_by_then_holds_until_it_is_taken_back(store: Store) -> None:
    states = ("draft", "published", "draft", "published", "cancelled")
    for number, state in enumerate(states, start=1):
        keep(store, number, state, team=f"T{number}")
    told = {hours: shown(store, hours) for hours in (1, 1.9, 2, 3.5, 4, 5, 99)}
    second, fourth = [("W1", 2, "T2")], [("W1", 4, "T4")]
    assert told == {1: [], 1.9: [], 2: second, 3.5: second, 4: fourth, 5: [], 99: []}


def test_only_the_building_in_plans_of_the_day_counts_the_latest_plan_first(store: Store) -> None:
    keep(store, 1, "published")
    keep(store, 1, "published", team="T2", plan="C1")
    assert shown(store, 2) == [("C1", 1, "T2"), ("W1", 1, "T1")]
    assert shown(store, 2, building="B3") == []
    assert shown(store, 2, day=MONDAY - timedelta(days=1)) == []
    assert shown(store, 2, day=MONDAY + timedelta(days=7)) == []
    with store.begin() as unit:
        first = unit.earlier_stops.at("B1", moment=NOON + timedelta(hours=2), day=MONDAY)[0]
    wanted = {"plan_id": "C1", "version": 1, "team_id": "T2", "arm": "random", "mode": "抽检"}
    assert first == EarlierStop(**wanted)  # type: ignore[arg-type]
