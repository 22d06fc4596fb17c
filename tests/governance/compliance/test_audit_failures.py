"""Where the audit line cannot be written, the change that it is about has not happened."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import pytest
from service_arguments import DOORS, services
from sqlalchemy import MetaData, select

from data.store.audit.log import AuditTrail
from governance.access.permissions import Actor, Scope, local_owner
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office
from tests.governance.compliance.test_audit import CHANGES, UNTOLD, reached

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from governance.office import Office

OWNER: Final = local_owner()
PLANNER: Final = Actor("li", "李", ("planner",), Scope.whole())
TICKET: Final = "250912101108115401"
LATER: Final = datetime(2027, 6, 26, 4, 0, tzinfo=UTC)
FILE_CHANGES: Final = frozenset({"imports.import_file", "imports.undo"})
"""A marker in the store makes up for the missing line: rules of `data.integrity.file_changes`."""
PENDING: Final = frozenset(
    {
        "accounts.ensure_first_administrator",
        "assignment.approve",
        "assignment.propose",
        "assignment.undo",
        "constraints.remove_absence",
        "constraints.set_absence",
        "constraints.set_building_need",
        "constraints.set_warden_limit",
        "demo_accounts.add",
        "demo_accounts.add_people",
        "duties.correct",
        "duties.end",
        "duties.set_duty",
        "duties.undo",
        "photos.attach",
        "plan_edits.add_stop",
        "plan_edits.lock_stops",
        "plan_edits.move_stop",
        "plan_edits.remove_stop",
        "plan_edits.replan",
        "plan_edits.undo",
        "plans.make",
        "publication.cancel",
        "publication.publish",
        "sessions.session",
        "sessions.sign_out_everywhere",
        "sign_in.act_as",
        "sign_in.by_demo",
        "sign_in.by_directory",
        "sign_in.by_password",
        "sign_in.change_password",
        "sign_in.owner_of",
        "teams.remove",
        "teams.save",
        "visits.correct",
        "visits.undo",
    }
)
"""Services without a case below."""


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


VISIT: Final = NewVisit(key="k", building_id="B1")
CASES: Final[dict[str, Callable[[Office, Path], Callable[[], object]]]] = {
    "accounts.add": lambda office, _: lambda: _added(office),
    "accounts.lock": _lock,
    "accounts.reset_password": _reset,
    "accounts.unlock": _unlock,
    "address_review.decide": _decide,
    "address_review.withdraw": _withdraw,
    "audit.accept": lambda office, _: lambda: office.audit.accept(OWNER, "恢复备份"),
    "audit.export": lambda office, to: lambda: office.audit.export(OWNER, to / "out.csv"),
    "audit.prune": _prune,
    "complainants.look_up": lambda office, _: lambda: office.complainants.look_up(OWNER, TICKET),
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
    "responsibility.chain": lambda office, _: lambda: office.responsibility.chain(OWNER, "B1"),
    "risk_map.note_export": lambda office, _: (
        lambda: office.risk_map.note_export(OWNER, file="map.html")
    ),
    "risk_map.top": _top,
    "team_routes.my_patrol": lambda office, _: (
        lambda: office.team_routes.my_patrol(OWNER, leaves_as="route.xlsx")
    ),
    "verify": lambda office, _: lambda: office.verify(OWNER),
    "visits.record": lambda office, _: lambda: office.visits.record(OWNER, VISIT),
    "visits.record_building": lambda office, _: (
        lambda: office.visits.record_building(OWNER, VISIT, units=["1单元101"])
    ),
    "visits.record_many": lambda office, _: lambda: office.visits.record_many(OWNER, [VISIT]),
    "worklist.my_buildings": lambda office, _: (
        lambda: office.worklist.my_buildings(OWNER, leaves_as="list.xlsx")
    ),
}
"""Service → what prepares an office and returns a call that would change or export something."""
READS_PHOTOS: Final = frozenset({"photos.read"})
"""Needs a visit with a photo: it changes nothing but the log."""


def changing() -> set[str]:
    asked = {*services(), *DOORS} - UNTOLD
    return {name for name in asked if reached(name) & CHANGES}


def test_every_service_that_changes_something_has_a_case_or_is_named() -> None:
    assert changing() - FILE_CHANGES - PENDING - READS_PHOTOS == {*CASES}


@pytest.mark.parametrize("name", sorted(CASES))
def test_without_its_audit_line_nothing_has_changed(
    staffed: Office, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    ask = CASES[name](staffed, out)
    before = content_of(staffed)
    tried: list[str] = []

    def fail(_: AuditTrail, *, action: str, **_line: Any) -> None:
        tried.append(action)
        raise AuditLogFullError

    monkeypatch.setattr(AuditTrail, "add", fail)
    with pytest.raises(AuditLogFullError):
        ask()
    assert tried
    assert content_of(staffed) == before
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
        }
    root = office._workspace.root
    kept = (root / name for name in ("lake", "snapshots", "quarantine", "evidence", "audit.head"))
    paths = (path for each in kept for path in ([each] if each.is_file() else each.rglob("*")))
    files = {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths if p.is_file()}
    return rows, files
