"""Rules of duties in the store: decisions are added and withdrawn, never rewritten."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from data.store.repositories.versioned import ChangedMeanwhileError
from data.store.unit_of_work import Store

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def duty(target: str, person: str, **more: Any) -> dict[str, Any]:
    given = {"target_kind": "building", "target_id": target, "duty": "网格员", "person_id": person}
    return given | {"valid_from": date(2026, 11, 24)} | more


def decide(store: Store, *, hours: int = 0, **more: Any) -> int:
    with store.begin() as unit:
        number = unit.duties.change(at=NOON + timedelta(hours=hours), by="li", kind="set", **more)
        unit.commit()
    return number


def held(store: Store, **asked: Any) -> list[tuple[str, str]]:
    with store.begin() as unit:
        frame = unit.duties.held(**asked)
    return list(zip(frame["target_id"], frame["person_id"], strict=True))


def test_what_is_withdrawn_no_longer_holds_but_stays_known(store: Store) -> None:
    decide(store, add=[duty("B1", "P1")])
    decide(store, hours=2, add=[duty("B1", "P2")], withdraw=[1])
    assert held(store) == [("B1", "P2")]
    with store.begin() as unit:
        rows = unit.duties.history({"building": ["B1"]})
    assert rows["person_id"].tolist() == ["P1", "P2"]
    assert rows["withdrawn_by"].tolist()[0] == "li"


def test_nothing_is_withdrawn_twice(store: Store) -> None:
    decide(store, add=[duty("B1", "P1")])
    decide(store, withdraw=[1])
    with pytest.raises(ChangedMeanwhileError):
        decide(store, withdraw=[1])


def test_changes_say_who_when_and_how_many(store: Store) -> None:
    first = decide(store, add=[duty("B1", "P1"), duty("B2", "P1")], proposal_id="A1")
    decide(store, hours=1, withdraw=[1, 2], undoes=first)
    with store.begin() as unit:
        frame = unit.duties.changes()
        own = unit.duties.changes(proposal_id="A1")
        assert unit.duties.newest_change() == frame["change_id"].max()
    assert frame["rows"].tolist() == [2, 2]
    assert [bool(each) for each in frame["undone"]] == [False, True]
    assert own["by"].tolist() == ["li"]


def test_only_some_targets_can_be_asked_for(store: Store) -> None:
    decide(store, add=[duty("B1", "P1"), duty("G1", "P2", target_kind="grid")])
    assert held(store, targets={"grid": ["G1", "B1"]}) == [("G1", "P2")]


def test_a_proposal_is_kept_once_and_found_again(store: Store) -> None:
    with store.begin() as unit:
        for content in ({"a": 1}, {"a": 2}):
            unit.assignments.keep(
                "A1", at=NOON, by="li", valid_from=date(2026, 12, 1), content=content
            )
        unit.commit()
    with store.begin() as unit:
        found = unit.assignments.proposal("A1")
        assert found is not None
        assert (found.content, found.valid_from) == ({"a": 1}, date(2026, 12, 1))
        assert unit.assignments.proposal("A2") is None


def test_proposals_are_listed_by_their_figures_and_rows_read_by_column(store: Store) -> None:
    content = {
        "options": {"stickiness": 0.5},
        "totals": {"moved": 2, "max_over_mean": 1.25},
        "wardens": {"person_id": ["P1", "P2"], "moved_in": [2, 0]},
        "rows": {"building_id": ["B1", "B2"], "to_id": ["P1", ""], "changed": [True, False]},
    }
    with store.begin() as unit:
        unit.assignments.keep("A1", at=NOON, by="li", valid_from=NOON.date(), content=content)
        unit.commit()
    with store.begin() as unit:
        (line,) = unit.assignments.newest()
        rows = unit.assignments.rows_of("A1", ["building_id", "changed"])
        assert unit.assignments.holds("A1")
        assert not unit.assignments.holds("A2")
    assert (line.id, line.stickiness, line.moved, line.max_over_mean) == ("A1", 0.5, 2, 1.25)
    assert (line.wardens, line.moved_in) == (["P1", "P2"], [2, 0])
    assert rows.to_dict("list") == {"building_id": ["B1", "B2"], "changed": [True, False]}


def test_what_was_approved_of_a_proposal_is_counted_without_what_was_cut_off(store: Store) -> None:
    cut = duty("B1", "P9", valid_to=date(2026, 12, 1))
    first = decide(store, add=[duty("B1", "P1"), duty("B2", "P1"), cut], proposal_id="A1")
    with store.begin() as unit:
        assert unit.duties.approved_buildings("A1") == {"B1", "B2"}
        assert unit.duties.approvals(["A1", "A2"]).to_numpy().tolist() == [["A1", False, "P1", 2]]
    decide(store, hours=1, withdraw=[1, 2, 3], undoes=first)
    with store.begin() as unit:
        assert unit.duties.approved_buildings("A1") == frozenset()
        assert unit.duties.approvals(["A1"])["undone"].tolist() == [True]


def test_limits_needs_and_absences_replace_what_was_noted(store: Store) -> None:
    with store.begin() as unit:
        for stairs in (3, None):
            unit.assignments.limit_warden("P1", max_stairs=stairs, languages=["维吾尔语"])
        unit.assignments.need("B1", languages=["朝鲜语"], lift=True, fixed_person_id="P1")
        unit.assignments.need("B1", fixed_person_id="P2")
        unit.assignments.need("B2", lift=False)
        number = unit.assignments.add_absence("P1", since=date(2026, 11, 1), until=None)
        unit.commit()
    with store.begin() as unit:
        wardens, buildings, absences = unit.assignments.limits()
        assert wardens["languages"].tolist() == [["维吾尔语"]]
        assert wardens["max_stairs"].isna().all()
        noted = buildings[["languages", "lift", "fixed_person_id"]].iloc[0].tolist()
        assert noted == [["朝鲜语"], True, "P2"]
        assert buildings["languages"].tolist()[1] == []
        assert absences["person_id"].tolist() == ["P1"]
        assert unit.assignments.remove_absence(number)
        assert not unit.assignments.remove_absence(number)
