"""Rules of the tables of visits, on SQLite and, where its URL is given, on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from pandas.testing import assert_frame_equal
from sqlalchemy import delete
from sqlalchemy.event import listen, remove
from stored_visits import NOON
from stored_visits import visit_version as version

from data.store.repositories import visits
from data.store.repositories.versioned import ChangedMeanwhileError
from data.store.tables.visits import VisitVersion
from data.store.unit_of_work import Store


def add(store: Store, *versions: dict[str, Any]) -> list[bool]:
    with store.begin() as unit:
        added = [unit.visits.add(each)[1] for each in versions]
        unit.commit()
    return added


def test_what_is_sent_twice_under_one_key_is_kept_once(store: Store) -> None:
    assert add(store, version(), version(result="属实")) == [True, False]
    with store.begin() as unit:
        assert list(unit.visits.log()["result"]) == ["未发现异常"]


def test_visits_that_stand_are_counted_from_a_time_on(store: Store) -> None:
    late = {"at": NOON + timedelta(days=365)}
    add(store, version(), version("V2", **late), version("V3", **late))
    add(store, version("V3", 2, withdrawn=True, **late))
    with store.begin() as unit:
        assert unit.visits.later_than(NOON) == 1


def test_the_same_key_of_another_person_is_another_visit(store: Store) -> None:
    assert add(store, version(key="k"), version("V2", key="k", recorded_by="li")) == [True, True]


def test_what_is_sent_twice_at_the_same_moment_is_kept_once(store: Store) -> None:
    def send(_: int) -> bool:
        return add(store, version())[0]

    with ThreadPoolExecutor(max_workers=4) as pool:
        assert sorted(pool.map(send, range(8))) == [False] * 7 + [True]


def test_two_second_versions_of_one_visit_cannot_both_be(store: Store) -> None:
    add(store, version(), version(number=2))
    with store.begin() as unit, pytest.raises(ChangedMeanwhileError):
        unit.visits.add(version(number=2, key="other"))


def test_the_highest_version_holds_and_a_withdrawn_one_is_no_visit(store: Store) -> None:
    add(
        store,
        version("V1"),
        version("V2", building_id="B2"),
        version("V1", 2, result="疑似"),
        version("V2", 2, building_id="B2", withdrawn=True),
    )
    with store.begin() as unit:
        holding = unit.visits.holding()
        assert list(holding["visit_id"]) == ["V1"]
        assert list(holding["result"]) == ["疑似"]
        assert list(unit.visits.versions("V2")["withdrawn"]) == [False, True]
        assert list(unit.visits.last_per_building()["building_id"]) == ["B1"]


def test_the_last_visit_of_a_building_is_the_latest_that_was_before(store: Store) -> None:
    days = [NOON - timedelta(days=n) for n in (3, 1, 2)]
    add(store, *(version(f"V{n}", at=at, key=f"k{n}") for n, at in enumerate(days)))
    with store.begin() as unit:
        assert list(unit.visits.last_per_building(buildings={"B1"})["visit_id"]) == ["V1"]
        before = unit.visits.last_per_building(before=NOON - timedelta(days=1))
        assert list(before["visit_id"]) == ["V2"]
        some = ["building_id", "at"]
        own = unit.visits.last_per_building(columns=some)
        assert own.equals(unit.visits.last_per_building()[some])
        assert unit.visits.last_per_building(buildings={"B9"}).empty
        assert unit.visits.last_per_building(buildings=set()).empty


def test_visits_are_listed_newest_first_within_place_time_and_account(store: Store) -> None:
    add(
        store,
        version("V1"),
        version("V2", at=NOON + timedelta(hours=1)),
        version("V3", building_id="B2", recorded_by="li"),
    )
    with store.begin() as unit:
        assert list(unit.visits.holding(buildings={"B1"})["visit_id"]) == ["V2", "V1"]
        assert list(unit.visits.holding(since=NOON + timedelta(minutes=1))["visit_id"]) == ["V2"]
        assert list(unit.visits.holding(before=NOON)["visit_id"]) == []
        assert list(unit.visits.holding(recorded_by="li")["visit_id"]) == ["V3"]
        assert len(unit.visits.holding(limit=2)) == 2


def test_of_the_newest_visits_the_last_to_each_door_is_found_by_its_next_step(
    store: Store,
) -> None:
    at = [NOON + timedelta(hours=hours) for hours in range(6)]
    add(
        store,
        version("V1", at=at[1], next_step="chief"),
        version("V2", at=at[2], next_step="again", unit="302"),
        version("V3", at=at[3], next_step="none", unit="302"),  # settles V2
        version("V4", at=at[4], next_step="again", building_id="B2"),
        version("V5", at=at[4], next_step="chief", building_id="B2"),  # of one time the later
        version("V6", at=at[0], next_step="again", building_id="B3"),
        version("V7", at=at[5], next_step="none", building_id="B3"),
        version("V7", number=2, at=at[5], next_step="none", building_id="B3", withdrawn=True),
    )
    with store.begin() as unit:
        holding = unit.visits.holding
        whole = holding()
        for limit in (None, *range(1, len(whole) + 1)):
            for steps in ({"chief"}, {"chief", "again"}, {"none"}):
                last = whole[:limit].drop_duplicates(["building_id", "unit"])
                expected = last[last["next_step"].isin(steps)].reset_index(drop=True)
                assert_frame_equal(holding(limit=limit, ending_with=steps), expected)
        assert list(holding(ending_with={"chief", "again"})["visit_id"]) == ["V5", "V1", "V6"]
        some = holding(buildings={"B1", "B3"}, ending_with={"chief", "again"})
        assert list(some["visit_id"]) == ["V1", "V6"]


def test_what_was_told_of_last_visits_is_told_anew_once_a_visit_came(store: Store) -> None:
    def left() -> list[str]:
        with store.begin() as unit:
            return list(unit.visits.holding(limit=9, ending_with={"again"})["visit_id"])

    add(store, version("V1", next_step="again"))
    assert left() == left() == ["V1"]
    add(store, version("V1", number=2, next_step="again", withdrawn=True))
    assert left() == []
    add(store, version("V2", next_step="again"), version("V3", next_step="again", unit="302"))
    assert sorted(left()) == ["V2", "V3"]


def test_an_accounts_visits_to_a_building_are_looked_up_by_the_building(store: Store) -> None:
    add(store, version("V1"), version("V2", building_id="B2"), version("V3", recorded_by="b"))
    asked: list[Any] = []
    with store.begin() as unit:
        by = unit.visits.log()["recorded_by"].iloc[0]
        base = unit.session.get_bind()
        listen(base, "before_cursor_execute", note := lambda *call: asked.append(call[2:4]))
        found = unit.visits.holding(buildings={"B1"}, recorded_by=by, limit=20)
        remove(base, "before_cursor_execute", note)
        assert list(found["visit_id"]) == ["V1"]
        if base.dialect.name == "sqlite":
            query, values = asked[0]
            plan = unit.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values)
            assert "ix_visits_building_id_at" in str(plan.all())


def test_of_a_long_log_the_state_is_the_same_though_only_its_end_is_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "LATELY", 2)
    for number in range(12):
        add(store, version(f"V{number}"))
        with store.begin() as unit:
            assert unit.visits.state() == unit.visits.state(until=10**9)
            assert unit.visits.state().rows == number + 1
    assert any(old.rows for old in visits._LONG_AGO.values())
    with store.begin() as unit:
        first = int(unit.visits.log()["id"].min())
        unit.session.execute(delete(VisitVersion).where(VisitVersion.id > first))
        assert unit.visits.state() == visits.VisitsState(1, first), "an earlier log in its place"


def test_the_state_changes_with_every_version(store: Store) -> None:
    with store.begin() as unit:
        before = unit.visits.state()
    add(store, version())
    with store.begin() as unit:
        first = unit.visits.state()
    add(store, version(number=2))
    with store.begin() as unit:
        second = unit.visits.state()
        assert len({before, first, second}) == 3
        assert list(unit.visits.log(after=first.newest)["version"]) == [2]


def test_others_at_the_same_door_and_my_visit_before(store: Store) -> None:
    hour = timedelta(hours=1)
    add(store, version("V1"), version("V2", recorded_by="li", at=NOON + hour))
    with store.begin() as unit:
        span = {"since": NOON - hour, "until": NOON + hour}
        asked = unit.visits.neighbours_in_time
        assert asked(building_id="B1", other_than="wang", **span) == 1
        assert asked(building_id="B1", other_than="x", **span) == 2
        assert asked(building_id="B2", other_than="x", **span) == 0
        last = unit.visits.last_before
        assert last(recorded_by="wang", at=NOON + hour, since=NOON - hour) == NOON
        assert last(recorded_by="wang", at=NOON, since=NOON - hour) is None


def test_a_photo_belongs_to_the_buildings_of_its_visits(store: Store) -> None:
    add(store, version())
    photo = {
        "visit_id": "V1", "sha256": "ab", "bytes": 1, "width": 1, "height": 1,
        "added_at": NOON, "added_by": "wang",
    }  # fmt: skip
    with store.begin() as unit:
        unit.visits.add_photo(**photo)
        unit.commit()
    with store.begin() as unit:
        assert unit.visits.photos(["V1", "V2"]) == {"V1": ["ab"]}
        assert unit.visits.buildings_of_photo("ab") == ["B1"]
        assert unit.visits.photo_hashes() == ["ab"]
    add(store, version(number=2, withdrawn=True))
    with store.begin() as unit:
        assert unit.visits.buildings_of_photo("ab") == unit.visits.photo_hashes() == []
