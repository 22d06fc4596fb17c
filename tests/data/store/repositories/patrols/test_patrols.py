"""Rules of the tables of patrols, on SQLite and, where its URL is given, on PostgreSQL."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete

from data.store.repositories.versioned import ChangedMeanwhileError
from data.store.tables.patrols import PatrolPlan, PatrolStop, PatrolTeam
from data.store.unit_of_work import Store

NOON = datetime(2026, 11, 27, 4, 0)  # noqa: DTZ001 -- naive UTC throughout
MONDAY = date(2026, 11, 30)
SUNDAY = MONDAY + timedelta(days=6)


PATROL_TABLES = {"patrol_teams", "patrol_plans", "patrol_stops"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    empty_store: Callable[[], str],
) -> Iterator[Store]:
    """Return a store on each database; migrating it takes longer than all that is asked of it."""
    sqlite = f"sqlite:///{tmp_path_factory.mktemp('patrols') / 'gridwarden.db'}"
    made = Store(sqlite if request.param == "sqlite" else empty_store())
    made.upgrade()
    yield made
    made.close()


@pytest.fixture
def store(database: Store) -> Store:
    """Return a store whose tables of patrols are empty."""
    with database.begin() as unit:
        for table in (PatrolStop, PatrolPlan, PatrolTeam):
            unit.session.execute(delete(table))
        unit.commit()
    return database


def version(plan_id: str = "W1", number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "plan_id": plan_id,
        "version": number,
        "kind": "week",
        "title": "",
        "first": MONDAY,
        "last": SUNDAY,
        "state": "draft",
        "made_at": NOON,
        "made_by": "li",
        "seed": "s",
        "note": "made",
        "restores": None,
        "stops": 2,
        "expected_finds": 0.5,
        "content": {"stops": {"building_id": ["B1", "B2"]}},
    } | changes


def stop(building: str, place: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "plan_id": "W1",
        "version": 1,
        "first": MONDAY,
        "last": SUNDAY,
        "shift_id": "T1/2026-11-30/day",
        "team_id": "T1",
        "day": MONDAY,
        "part": "day",
        "place": place,
        "building_id": building,
        "arm": "list",
        "arrive": 840,
        "minutes": 12,
        "mode": "日查",
    } | changes


def team(team_id: str = "T1", *members: str) -> dict[str, Any]:
    return {
        "team_id": team_id, "name": f"{team_id}队", "members": list(members), "people": 2,
        "officers": 0, "departments": ["教育"], "lon": None, "lat": None,
        "shifts": [[1, "day"], ["working", "evening"]],
    }  # fmt: skip


def add(store: Store, *versions: dict[str, Any]) -> None:
    with store.begin() as unit:
        for each in versions:
            unit.patrols.add_version(each)
        unit.commit()


def put(store: Store, plan_id: str, *stops: dict[str, Any]) -> None:
    with store.begin() as unit:
        unit.patrols.put_stops(plan_id, stops)
        unit.commit()


def save(store: Store, *teams: dict[str, Any], at: datetime = NOON) -> None:
    with store.begin() as unit:
        for each in teams:
            unit.patrols.save_team(each, at=at, by="li")
        unit.commit()


def test_the_highest_version_holds_and_the_others_stay(store: Store) -> None:
    changed = {"stops": {"building_id": ["B1"]}}
    add(store, version(), version(number=2, content=changed, note="removed"))
    with store.begin() as unit:
        newest, first = unit.patrols.version("W1"), unit.patrols.version("W1", 1)
        assert newest is not None
        assert first is not None
        assert (newest.version, newest.content) == (2, changed)
        assert first.content == version()["content"]
        assert list(unit.patrols.versions("W1")["note"]) == ["removed", "made"]
        assert unit.patrols.version("W2") is None
        assert unit.patrols.version("W1", 3) is None


def test_of_two_changes_of_one_version_only_one_can_be(store: Store) -> None:
    add(store, version())

    def change(by: int) -> bool:
        try:
            add(store, version(number=2, made_by=str(by)))
        except ChangedMeanwhileError as refused:
            return refused.code != "plan_changed"
        return True

    with ThreadPoolExecutor(max_workers=4) as pool:
        assert sorted(pool.map(change, range(6))) == [False] * 5 + [True]
    with store.begin() as unit:
        assert list(unit.patrols.versions("W1")["version"]) == [2, 1]


def test_the_list_of_plans_has_each_once_and_no_seed(store: Store) -> None:
    later: dict[str, Any] = {
        "first": MONDAY + timedelta(days=7),
        "last": SUNDAY + timedelta(days=7),
    }
    add(store, version(), version(number=2, title="two"), version("W2", **later))
    with store.begin() as unit:
        listed = unit.patrols.plans()
    assert list(listed["plan_id"]) == ["W2", "W1"]
    assert list(listed["title"]) == ["", "two"]
    assert not {"seed", "content"} & set(listed)


def test_everybody_who_made_any_version_of_a_plan_is_among_its_makers(store: Store) -> None:
    add(store, version(), version(number=2, made_by="wang"), version("W2", made_by="wang"))
    with store.begin() as unit:
        assert unit.patrols.makers() == {"li", "wang"}


def test_the_plan_of_a_day_is_the_one_last_changed_that_counts(store: Store) -> None:
    add(store, version("W1"), version("W2"), version("C1", kind="campaign"))

    def of(day: date) -> tuple[str, int] | None:
        with store.begin() as unit:
            return unit.patrols.of_day(day, kind="week", without="cancelled")

    assert of(MONDAY) == of(SUNDAY) == ("W2", 1)
    assert of(SUNDAY + timedelta(days=1)) is None
    add(store, version("W1", 2))
    assert of(MONDAY) == ("W1", 2)
    add(store, version("W1", 3, state="cancelled"))
    assert of(MONDAY) == ("W2", 1)


def test_of_a_version_only_the_parts_asked_for_are_read(store: Store) -> None:
    content = {"stops": {"place": [1]}, "uncovered": {"rank": [1, 2]}, "notes": ["n"]}
    add(store, version("W1", content=content), version("W1", 2, content=content | {"notes": []}))
    put(store, "W1", stop("B1"))
    with store.begin() as unit:
        row = unit.patrols.version_in_parts("W1", 1, parts=("stops", "notes"))
        assert row is not None
        assert row.content == {"stops": {"place": [1]}, "notes": ["n"]}
        assert (row.plan_id, row.version, row.made_by) == ("W1", 1, "li")
        assert unit.patrols.version_in_parts("W1", 3, parts=("stops",)) is None
        assert (unit.patrols.newest_version("W1"), unit.patrols.newest_version("W9")) == (2, None)
        assert (unit.patrols.shown_version("W1"), unit.patrols.shown_version("W9")) == (1, None)


def test_publishing_replaces_the_stops_of_this_plan_alone(store: Store) -> None:
    add(store, version("W1"), version("W2"))
    put(store, "W2", stop("B9", plan_id="W2"))
    put(store, "W1", stop("B1"), stop("B2", 2))
    put(store, "W1", stop("B3", version=2))
    with store.begin() as unit:
        assert list(unit.patrols.stops(plan_id="W1")["building_id"]) == ["B3"]
        assert unit.patrols.published_of_span(SUNDAY, SUNDAY, kind="week") == ["W1", "W2"]
        assert unit.patrols.published_of_span(SUNDAY, SUNDAY, kind="campaign") == []
        after = SUNDAY + timedelta(days=1)
        assert unit.patrols.published_of_span(after, after, kind="week") == []
    put(store, "W1")
    with store.begin() as unit:
        assert set(unit.patrols.stops()["plan_id"]) == {"W2"}


def test_stops_come_by_day_shift_and_place_within_what_was_asked(store: Store) -> None:
    tuesday = MONDAY + timedelta(days=1)
    put(
        store, "W1",
        stop("B3", 2), stop("B1", 1), stop("B2", 1, day=tuesday, shift_id="T2/x", team_id="T2"),
    )  # fmt: skip

    def asked(**limits: Any) -> list[str]:
        with store.begin() as unit:
            return list(unit.patrols.stops(**limits)["building_id"])

    assert asked() == ["B1", "B3", "B2"]
    assert asked(teams={"T2"}) == asked(since=tuesday) == ["B2"]
    assert asked(until=MONDAY) == asked(buildings={"B1", "B3"}) == ["B1", "B3"]
    assert asked(buildings=set()) == asked(spans=SUNDAY + timedelta(days=1)) == []
    assert asked(spans=SUNDAY, buildings={"B2", "B9"}) == ["B2"]


def test_members_are_delegated_the_stops_of_their_active_teams_while_the_plan_lasts(
    store: Store,
) -> None:
    save(store, team("T1", "P1", "wang"), team("T2", "P2"))
    put(store, "W1", stop("B1"), stop("B2", team_id="T2"))

    def delegated(*members: str, on: date = MONDAY, late: int = 0) -> set[str]:
        with store.begin() as unit:
            late_from = on - timedelta(days=late)
            return set(unit.patrols.buildings_of_members(members, on=on, late_from=late_from))

    assert delegated("P1") == delegated("wang") == {"B1"}
    assert delegated("wang", "P2") == {"B1", "B2"}
    assert delegated("P3") == delegated() == set()
    assert delegated("P1", on=MONDAY - timedelta(days=1)) == set()
    after = SUNDAY + timedelta(days=3)
    assert delegated("P1", on=after) == set()
    assert delegated("P1", on=after, late=3) == {"B1"}
    with store.begin() as unit:
        assert unit.patrols.remove_team("T1", at=NOON, by="li")
        assert not unit.patrols.remove_team("T1", at=NOON, by="li")
        unit.commit()
    assert delegated("P1") == set()
    with store.begin() as unit:
        assert [each.team_id for each in unit.patrols.teams()] == ["T2"]
        assert len(unit.patrols.teams(everybody=True)) == 2


def test_the_state_changes_with_every_plan_and_every_team(store: Store) -> None:
    seen = []

    def look() -> None:
        with store.begin() as unit:
            seen.append(unit.patrols.state())

    look()
    add(store, version())
    look()
    save(store, team("T1", "P1"))
    look()
    save(store, team("T1", "P2"), at=NOON + timedelta(seconds=1))
    look()
    assert len(set(seen)) == 4


def test_the_state_changes_also_where_who_began_first_commits_last(store: Store) -> None:
    """Kept by it is who may see a building: a cancelled plan would lend it for minutes more."""
    save(store, team("T1", "P1"), team("T2", "P2"))
    seen = []

    def look() -> None:
        with store.begin() as unit:
            seen.append(unit.patrols.state())

    look()
    with store.begin() as first:
        if store.engine.dialect.name == "postgresql":
            first.patrols.add_version(version(state="cancelled"))
        add(store, version("W2"))
        save(store, team("T2", "P3"), at=NOON + timedelta(seconds=2))
        look()
        assert first.patrols.remove_team("T1", at=NOON + timedelta(seconds=1), by="li")
        first.commit()
    look()
    assert len(set(seen)) == 3
    if store.engine.dialect.name == "postgresql":
        assert seen[2].versions == seen[1].versions + 1
