"""Where the audit line cannot be written, the change that it is about has not happened."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from PIL import Image
from service_arguments import DOORS, services
from sqlalchemy import MetaData, select

from data.store.audit.log import AuditTrail
from governance.access.permissions import Actor, Scope, local_owner
from governance.assignment.build_problem import AssignmentOptions
from governance.office import Office
from governance.patrols.routing.model.plan import Plan, PlanOptions
from governance.patrols.routing.model.shifts import Team
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from tests.governance.compliance.test_audit import CHANGES, UNTOLD, reached

OWNER: Final = local_owner()
PLANNER: Final = Actor("li", "李", ("planner",), Scope.whole())
TICKET: Final = "250912101108115401"
LATER: Final = datetime(2027, 6, 26, 4, 0, tzinfo=UTC)
FILE_CHANGES: Final = frozenset({"imports.import_file", "imports.undo"})
"""A marker in the store makes up for the missing line: rules of `data.integrity.file_changes`."""
COUNTS_ATTEMPTS: Final = "failed_attempts"
"""Table of attempts to sign in: one is counted before it is made, whatever becomes of its line."""


class AuditLogFullError(Exception):
    """What a write of an audit line raises in these tests."""


def _decided(office: Office) -> None:
    office.address_review.decide(OWNER, table="complaints", address="某处", building_id=None)


def _asked(office: Office, *, approved: bool = False) -> int:
    number = office.exports.ask_unmasked(PLANNER, "complaints", "核对电话").number
    if approved:
        office.exports.approve_unmasked(OWNER, number)
    return number


def _added(office: Office) -> str:
    office.accounts.add(OWNER, "wang", name="王")
    return "wang"


def _snapshot(office: Office) -> str:
    return office.scores.run(OWNER, as_of=date(2026, 11, 23)).snapshot_id


def _withdraw(office: Office, _: Path) -> Callable[[], object]:
    _decided(office)
    return lambda: office.address_review.withdraw(OWNER, address="某处")


def _decide(office: Office, _: Path) -> Callable[[], object]:
    return lambda: _decided(office)


def _pin(office: Office, _: Path) -> Callable[[], object]:
    snapshot = _snapshot(office)
    return lambda: office.monitoring.pin_reference(OWNER, snapshot)


def _top(office: Office, _: Path) -> Callable[[], object]:
    snapshot = _snapshot(office)
    return lambda: office.risk_map.top(OWNER, snapshot_id=snapshot, leaves_as="top.xlsx")


def _approve(office: Office, _: Path) -> Callable[[], object]:
    number = _asked(office)
    return lambda: office.exports.approve_unmasked(OWNER, number)


def _refuse(office: Office, _: Path) -> Callable[[], object]:
    number = _asked(office)
    return lambda: office.exports.refuse_unmasked(OWNER, number)


def _export_unmasked(office: Office, to: Path) -> Callable[[], object]:
    number = _asked(office, approved=True)
    return lambda: office.exports.export_unmasked(PLANNER, number, to / "out.csv")


def _prune(office: Office, _: Path) -> Callable[[], object]:
    later = open_office(office._workspace.root, now=lambda: LATER)
    return lambda: later.audit.prune(OWNER)


def _lock(office: Office, _: Path) -> Callable[[], object]:
    login = _added(office)
    return lambda: office.accounts.lock(OWNER, login)


def _unlock(office: Office, _: Path) -> Callable[[], object]:
    login = _added(office)
    office.accounts.lock(OWNER, login)
    return lambda: office.accounts.unlock(OWNER, login)


def _reset(office: Office, _: Path) -> Callable[[], object]:
    login = _added(office)
    return lambda: office.accounts.reset_password(OWNER, login)


def _rights(office: Office, _: Path) -> Callable[[], object]:
    login = _added(office)
    return lambda: office.grants.set_rights(OWNER, login, roles=["warden"], scope=Scope.whole())


def _quarantine(office: Office, _: Path) -> Callable[[], object]:
    import_id = str(office.imports.quarantine(OWNER)["import_id"].iloc[0])
    return lambda: office.imports.export_quarantine(OWNER, import_id=import_id)


def _later(office: Office, by: timedelta) -> Office:
    """Return the same office some time after."""
    return open_office(office._workspace.root, now=lambda: NOW + by)


def _session_over(office: Office, _: Path) -> Callable[[], object]:
    token = _signed_in(office)
    later = _later(office, timedelta(days=1))
    return lambda: later.sessions.session(token)


def _password(office: Office) -> str:
    return str(office.accounts.add(OWNER, "wang", name="王"))


def _own_password(office: Office) -> str:
    """Return the password that the account's person chose."""
    first = _password(office)
    owner = office.sign_in.owner_of("wang", first)
    office.sign_in.change_password(owner, old=first, new=CHOSEN)
    return CHOSEN


def _signed_in(office: Office) -> str:
    return office.sign_in.by_password("wang", _own_password(office)).token


def _sign_out_everywhere(office: Office, _: Path) -> Callable[[], object]:
    actor = office.sessions.actor(_signed_in(office))
    assert actor is not None
    return lambda: office.sessions.sign_out_everywhere(actor)


def _by_password(office: Office, _: Path) -> Callable[[], object]:
    password = _own_password(office)
    return lambda: office.sign_in.by_password("wang", password)


def _act_as(office: Office, _: Path) -> Callable[[], object]:
    password = _own_password(office)
    return lambda: office.sign_in.act_as("wang", password)


def _change_password(office: Office, _: Path) -> Callable[[], object]:
    first = _password(office)
    owner = office.sign_in.owner_of("wang", first)
    return lambda: office.sign_in.change_password(owner, old=first, new=CHOSEN)


def _owner_of(office: Office, _: Path) -> Callable[[], object]:
    password = _password(office)
    office.accounts.lock(OWNER, "wang")
    return lambda: office.sign_in.owner_of("wang", password)


def _by_directory(office: Office, _: Path) -> Callable[[], object]:
    office.accounts.add(OWNER, "wang", name="王", directory=True)
    return lambda: office.sign_in.by_directory("subject", "wang")


def _demo(office: Office) -> Office:
    """Return the same office as a demonstration."""
    root = office._workspace.root
    (root / "gridwarden.toml").write_text("[office]\ndemo = true\n", encoding="utf-8")
    return _later(office, timedelta())


def _demo_add(office: Office, _: Path) -> Callable[[], object]:
    demo = _demo(office)
    return lambda: demo.demo_accounts.add(
        OWNER, "demo", name="示范", role="planner", scope=Scope.whole()
    )


def _demo_people(office: Office, _: Path) -> Callable[[], object]:
    demo = _demo(office)
    return lambda: demo.demo_accounts.add_people(OWNER)


def _by_demo(office: Office, _: Path) -> Callable[[], object]:
    demo = _demo(office)
    demo.demo_accounts.add(OWNER, "demo", name="示范", role="planner", scope=Scope.whole())
    return lambda: demo.sign_in.by_demo("planner")


def _proposed(office: Office) -> str:
    options = AssignmentOptions(curve=False)
    return office.assignment.propose(OWNER, options=options).proposal_id


def _approve_proposal(office: Office, _: Path) -> Callable[[], object]:
    proposal = _proposed(office)
    return lambda: office.assignment.approve(OWNER, proposal)


def _undo_proposal(office: Office, _: Path) -> Callable[[], object]:
    proposal = _proposed(office)
    office.assignment.approve(OWNER, proposal)
    return lambda: office.assignment.undo(OWNER, proposal)


def _away(office: Office) -> int:
    return office.constraints.set_absence(OWNER, "P3", since=TODAY)


def _back(office: Office, _: Path) -> Callable[[], object]:
    absence = _away(office)
    return lambda: office.constraints.remove_absence(OWNER, absence)


def _duty_set(office: Office) -> int:
    return office.duties.set_duty(
        OWNER, target_kind="building", target_id="B1", duty="网格员", person_id="P4",
        valid_from=TODAY,
    )  # fmt: skip


def _end_duty(office: Office, _: Path) -> Callable[[], object]:
    _duty_set(office)
    with office._workspace.store.begin() as unit:
        duty = int(unit.duties.held()["id"].iloc[0])
    return lambda: office.duties.end(OWNER, duty, on=TODAY)


def _undo_duty(office: Office, _: Path) -> Callable[[], object]:
    change = _duty_set(office)
    return lambda: office.duties.undo(OWNER, change)


def _visited(office: Office) -> str:
    return office.visits.record(OWNER, VISIT).visit_id


def _undo_visit(office: Office, _: Path) -> Callable[[], object]:
    visit = _visited(office)
    return lambda: office.visits.undo(OWNER, visit)


def _photo(office: Office, *, of_visit: str) -> str:
    content = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(content, "PNG")
    return office.photos.attach(OWNER, of_visit, content.getvalue(), no_faces=True).sha256


def _attach(office: Office, _: Path) -> Callable[[], object]:
    visit = _visited(office)
    return lambda: _photo(office, of_visit=visit)


def _read_photo(office: Office, _: Path) -> Callable[[], object]:
    photo = _photo(office, of_visit=_visited(office))
    return lambda: office.photos.read(OWNER, photo)


def _save_team(office: Office) -> str:
    team = Team(team_id="new", name="一队", members=("P3",), shifts=((1, "evening"), (6, "day")))
    return office.teams.save(OWNER, team).team_id


def _remove_team(office: Office, _: Path) -> Callable[[], object]:
    team = _save_team(office)
    return lambda: office.teams.remove(OWNER, team)


def _planned(office: Office) -> Plan:
    plan = office.plans.of_week(OWNER, OPTIONS.first)
    assert plan is not None
    return plan


def _of_plan(
    change: Callable[[Office, Plan, str], object],
) -> Callable[[Office, Path], Callable[[], object]]:
    """Return a case that changes a draft, given the building of its first stop."""

    def prepare(office: Office, _: Path) -> Callable[[], object]:
        plan = _planned(office)
        return lambda: change(office, plan, str(plan.stops["building_id"].iloc[0]))

    return prepare


def _of_shorter_plan(
    change: Callable[[Office, Plan, str], object],
) -> Callable[[Office, Path], Callable[[], object]]:
    """Return a case that changes version 2 of a plan, given the building taken off it."""

    def prepare(office: Office, _: Path) -> Callable[[], object]:
        plan = _planned(office)
        building = str(plan.stops["building_id"].iloc[0])
        shorter = office.plan_edits.remove_stop(OWNER, plan.plan_id, building, version=1)
        return lambda: change(office, shorter, building)

    return prepare


CHOSEN: Final = "green-lantern-2026-Q"
NOW: Final = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
TODAY: Final = date(2026, 11, 24)
OPTIONS: Final = PlanOptions(
    first=date(2026, 11, 30), last=date(2026, 12, 6), seconds=0.05, one_more=False, seed="s"
)
VISIT: Final = NewVisit(key="k", building_id="B1")
PLAN_CASES: Final[dict[str, Callable[[Office, Path], Callable[[], object]]]] = {
    "plan_edits.add_stop": _of_shorter_plan(
        lambda office, plan, building: office.plan_edits.add_stop(
            OWNER, plan.plan_id, building, to_shift=str(plan.shifts["shift_id"].iloc[0]), version=2
        )
    ),
    "plan_edits.lock_stops": _of_plan(
        lambda office, plan, building: office.plan_edits.lock_stops(
            OWNER, plan.plan_id, [building], locked=True, version=1
        )
    ),
    "plan_edits.move_stop": _of_plan(
        lambda office, plan, building: office.plan_edits.move_stop(
            OWNER, plan.plan_id, building, to_shift=str(plan.shifts["shift_id"].iloc[-1]), version=1
        )
    ),
    "plan_edits.remove_stop": _of_plan(
        lambda office, plan, building: office.plan_edits.remove_stop(
            OWNER, plan.plan_id, building, version=1
        )
    ),
    "plan_edits.replan": _of_plan(
        lambda office, plan, _: office.plan_edits.replan(
            OWNER, plan.plan_id, version=1, seconds=0.05
        )
    ),
    "plan_edits.undo": _of_shorter_plan(
        lambda office, plan, _: office.plan_edits.undo(OWNER, plan.plan_id, version=2)
    ),
    "plans.cancel": _of_plan(
        lambda office, plan, _: office.plans.cancel(OWNER, plan.plan_id, version=1)
    ),
    "plans.make": lambda office, _: lambda: office.plans.make(OWNER, OPTIONS),
    "plans.publish": _of_plan(
        lambda office, plan, _: office.plans.publish(OWNER, plan.plan_id, version=1)
    ),
}
"""Of an office that has a score, a team and the draft of a plan."""
CASES: Final[dict[str, Callable[[Office, Path], Callable[[], object]]]] = {
    **PLAN_CASES,
    "accounts.add": lambda office, _: lambda: _added(office),
    "accounts.ensure_first_administrator": lambda office, _: (
        office.accounts.ensure_first_administrator
    ),
    "accounts.lock": _lock,
    "accounts.reset_password": _reset,
    "accounts.unlock": _unlock,
    "address_review.decide": _decide,
    "address_review.withdraw": _withdraw,
    "assignment.approve": _approve_proposal,
    "assignment.propose": lambda office, _: lambda: _proposed(office),
    "assignment.undo": _undo_proposal,
    "audit.accept": lambda office, _: lambda: office.audit.accept(OWNER, "恢复备份"),
    "audit.export": lambda office, to: lambda: office.audit.export(OWNER, to / "out.csv"),
    "audit.prune": _prune,
    "complainants.look_up": lambda office, _: lambda: office.complainants.look_up(OWNER, TICKET),
    "constraints.remove_absence": _back,
    "constraints.set_absence": lambda office, _: lambda: _away(office),
    "constraints.set_building_need": lambda office, _: (
        lambda: office.constraints.set_building_need(OWNER, "B1", lift=True)
    ),
    "constraints.set_warden_limit": lambda office, _: (
        lambda: office.constraints.set_warden_limit(OWNER, "P3", max_stairs=4)
    ),
    "demo_accounts.add": _demo_add,
    "demo_accounts.add_people": _demo_people,
    "duties.end": _end_duty,
    "duties.set_duty": lambda office, _: lambda: _duty_set(office),
    "duties.undo": _undo_duty,
    "exports.approve_unmasked": _approve,
    "exports.ask_unmasked": lambda office, _: lambda: _asked(office),
    "exports.export_table": lambda office, to: (
        lambda: office.exports.export_table(OWNER, "complaints", to / "out.csv")
    ),
    "exports.export_unmasked": _export_unmasked,
    "exports.refuse_unmasked": _refuse,
    "grants.set_rights": _rights,
    "handovers.sheet": lambda office, _: (
        lambda: office.handovers.sheet(OWNER, since=date(2026, 11, 1))
    ),
    "imports.export_quarantine": _quarantine,
    "monitoring.pin_reference": _pin,
    "photos.attach": _attach,
    "photos.read": _read_photo,
    "responsibility.chain": lambda office, _: lambda: office.responsibility.chain(OWNER, "B1"),
    "risk_map.note_export": lambda office, _: (
        lambda: office.risk_map.note_export(OWNER, file="map.html")
    ),
    "risk_map.top": _top,
    "sessions.session": _session_over,
    "sessions.sign_out_everywhere": _sign_out_everywhere,
    "sign_in.act_as": _act_as,
    "sign_in.by_demo": _by_demo,
    "sign_in.by_directory": _by_directory,
    "sign_in.by_password": _by_password,
    "sign_in.change_password": _change_password,
    "sign_in.owner_of": _owner_of,
    "team_routes.my_patrol": lambda office, _: (
        lambda: office.team_routes.my_patrol(OWNER, leaves_as="route.xlsx")
    ),
    "teams.remove": _remove_team,
    "teams.save": lambda office, _: lambda: _save_team(office),
    "verify": lambda office, _: lambda: office.verify(OWNER),
    "visits.record": lambda office, _: lambda: office.visits.record(OWNER, VISIT),
    "visits.record_many": lambda office, _: lambda: office.visits.record_many(OWNER, [VISIT]),
    "visits.undo": _undo_visit,
    "worklist.my_buildings": lambda office, _: (
        lambda: office.worklist.my_buildings(OWNER, leaves_as="list.xlsx")
    ),
}
"""Service → what prepares an office and returns a call that would change or export something."""


def changing() -> set[str]:
    asked = {*services(), *DOORS} - UNTOLD
    return {name for name in asked if reached(name) & CHANGES}


def test_every_service_that_changes_something_has_a_case() -> None:
    assert changing() - FILE_CHANGES == {*CASES}


@pytest.fixture(scope="module")
def planned_folder(tmp_path_factory: pytest.TempPathFactory, staffed_folder: Path) -> Path:
    folder = shutil.copytree(staffed_folder, tmp_path_factory.mktemp("planned") / "office")
    office = open_office(folder, now=lambda: NOW)
    _snapshot(office)
    _save_team(office)
    office.plans.make(OWNER, OPTIONS)
    office.close()
    return folder


@pytest.fixture
def prepared(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Office]:
    """Return an office in which a case can be."""
    start = request.getfixturevalue("planned_folder" if name in PLAN_CASES else "staffed_folder")
    office = open_office(shutil.copytree(start, tmp_path / "office"), now=lambda: NOW)
    yield office
    office.close()


@pytest.mark.parametrize("name", sorted(CASES))
def test_without_its_audit_line_nothing_has_changed(
    prepared: Office, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    ask = CASES[name](prepared, out)
    before = content_of(prepared)
    tried: list[str] = []

    def fail(_: AuditTrail, *, action: str, **_line: Any) -> None:
        tried.append(action)
        raise AuditLogFullError

    monkeypatch.setattr(AuditTrail, "add", fail)
    with pytest.raises(AuditLogFullError):
        ask()
    assert tried
    assert content_of(prepared) == before
    assert list(out.iterdir()) == []


def content_of(office: Office) -> tuple[dict[str, list[tuple[Any, ...]]], dict[str, str]]:
    """Return all rows of the store, and the hashes of all files but its own and caches."""
    engine = office._workspace.store.engine
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        rows = {
            name: [tuple(map(str, row)) for row in connection.execute(select(table))]
            for name, table in tables.tables.items()
            if name != COUNTS_ATTEMPTS
        }
    root = office._workspace.root
    kept = (root / name for name in ("lake", "snapshots", "quarantine", "evidence", "audit.head"))
    paths = (path for each in kept for path in ([each] if each.is_file() else each.rglob("*")))
    files = {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths if p.is_file()}
    return rows, files
