"""Whoever is refused by a service leaves a line in the audit log, and cannot flood it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from governance.access.permissions import Actor, NotAllowedError, Scope, local_owner
from governance.office import Office
from governance.service import REFUSED
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office

WARDEN = Actor("wang", "王", ("warden",), Scope(buildings=frozenset({"B1"})))


def refusals(office: Office) -> list[tuple[str, dict[str, Any]]]:
    with office._workspace.store.begin() as unit:
        return [(e.actor, dict(e.facts)) for e in unit.audit.find(action=REFUSED)][::-1]


def refused(ask: Callable[[], object]) -> None:
    with pytest.raises(NotAllowedError):
        ask()


def test_a_refused_attempt_leaves_who_asked_for_what(office: Office, tmp_path: Path) -> None:
    refused(lambda: office.exports.export_table(WARDEN, "complaints", tmp_path / "x.csv"))
    refused(lambda: office.audit.log(WARDEN))
    line = {"asked": "export", "reason": "not_allowed",
            "service": "ExportService.export_table", "target": "table"}  # fmt: skip
    assert refusals(office) == [
        ("wang", line),
        ("wang", line | {"asked": "read_audit", "service": "AuditService.log", "target": ""}),
    ]


def test_a_refusal_inside_a_scope_is_noted_once_also_in_a_batch(office: Office) -> None:
    answers = office.sent_visits.record_many(WARDEN, [NewVisit(key="k", building_id="B8")])
    assert answers[0].recorded is None
    refused(lambda: office.worklist.building(WARDEN, "B8"))
    assert [facts["service"] for _, facts in refusals(office)] == [
        "VisitService.record",
        "WorklistService.building",
    ]


def test_the_same_refusal_is_one_line_an_hour_for_each_person(tmp_path: Path) -> None:
    from gridwarden.compose import create_workspace

    folder, hour = create_workspace(tmp_path / "office"), 4
    office = open_office(folder, now=lambda: datetime(2026, 11, 24, hour, 30, tzinfo=UTC))
    for _ in range(3):
        refused(lambda: office.audit.log(WARDEN))
    refused(lambda: office.audit.log(Actor("li", "李", ("planner",), Scope.whole())))
    assert [actor for actor, _ in refusals(office)] == ["wang", "li"]
    hour = 5
    refused(lambda: office.audit.log(WARDEN))
    assert [actor for actor, _ in refusals(office)] == ["wang", "li", "wang"]
    office.close()


def test_what_is_allowed_leaves_no_refusal(office: Office) -> None:
    office.audit.log(local_owner())
    office.worklist.my_buildings(WARDEN)
    assert refusals(office) == []


def test_looking_at_telephones_of_staff_is_written_down_once_an_hour(staffed: Office) -> None:
    chief = Actor("li", "李", ("grid_chief",), Scope.whole())
    for _ in range(2):
        assert any(link.phone for link in staffed.responsibility.chain(chief, "B1").links)
    assert "phone" not in staffed.responsibility.staff(chief)
    with staffed._workspace.store.begin() as unit:
        looks = [dict(e.facts) for e in unit.audit.find(action="see_responsibility")]
    assert looks == [{"telephones_of": "building", "unit": "B1"}]


def test_the_services_of_an_office_share_what_they_work_with(empty_office: Office) -> None:
    assert empty_office.sign_in._session_store is empty_office.sessions._session_store
    pinned = empty_office.scores._pinned()
    assert pinned._snapshot_reader is not empty_office.scores._snapshot_reader
    assert pinned._snapshot_reader._engine is pinned._engine
