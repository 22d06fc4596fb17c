"""Rules of the audit log as the auditor reads it, and that every change is in it."""

import ast
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from service_arguments import DOORS, services, services_by_attribute
from sqlalchemy import text

import governance
from data.workspace.clock import Clock
from data.workspace.sections import SettingsError
from data.workspace.settings import read_settings
from governance.access.permissions import Actor, NotAllowedError, Scope, local_owner
from governance.access.roles import GRANTED
from governance.office import Office
from governance.security.compliance.audit import AuditFilter, AuditReasonError, NothingToPruneError
from gridwarden.compose import open_office

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
AUDITOR = Actor(id="auditor", name="审计", roles=("auditor",), scope=Scope.nothing())
CHANGES = {".commit", ".undo", ".import_file"}
"""Calls that change something, as services write them."""
UNTOLD = {"close", "evidence_intake.begin", "evidence_intake.drop", "evidence_intake.piece",
          "public_intake.count_try", "public_intake.outcome", "sessions.actor",
          "sessions.sign_out", "sign_in.needs_password"}  # fmt: skip
"""Services that commit what is no event: when a session was last seen, how often a stranger asked,
how far a file has come that is no material yet, or what was only read."""


def test_the_auditor_reads_the_log_and_nobody_else(office: Office, actor: Actor) -> None:
    log = office.audit.log(AUDITOR)
    assert log["action"].tolist() == ["import"] * 3
    assert log["number"].tolist() == [3, 2, 1]
    assert list(log.columns) == ["number", "at", "person", "action", "facts"]
    assert log["person"].tolist() == [actor.id] * 3
    manager = replace(AUDITOR, roles=("office_manager",))
    for ask in (office.audit.log, office.audit.state, office.audit.prune):
        with pytest.raises(NotAllowedError):
            ask(manager)


def test_no_account_prunes_the_log_or_goes_on_from_a_broken_one(office: Office) -> None:
    for actor in (replace(AUDITOR, roles=(role,)) for role in GRANTED):
        with pytest.raises(NotAllowedError):
            office.audit.prune(actor)
        with pytest.raises(NotAllowedError):
            office.audit.accept(actor, "备份")


def test_days_are_local_and_inclusive(office: Office) -> None:
    day = Clock(lambda: NOW).today()
    assert len(office.audit.log(AUDITOR, AuditFilter(since=day, until=day))) == 3
    assert office.audit.log(AUDITOR, AuditFilter(since=day + timedelta(days=1))).empty
    assert office.audit.log(AUDITOR, AuditFilter(until=day - timedelta(days=1))).empty
    assert (
        len(office.audit.log(AUDITOR, AuditFilter(action="import", person="local"), limit=2)) == 2
    )
    assert office.audit.log(AUDITOR, AuditFilter(person="somebody")).empty


def test_the_state_says_whether_the_chain_is_unbroken(office: Office) -> None:
    state = office.audit.state(AUDITOR)
    assert (state.unbroken, state.events, state.number, state.pruned) == (True, 3, 3, 0)
    assert len(state.seal) == 64
    (office._workspace.root / "audit.head").unlink()
    broken = office.audit.state(AUDITOR)
    assert not broken.unbroken
    assert [problem.code for problem in broken.problems] == ["audit_head_file_missing"]


def test_a_walk_of_a_moment_ago_is_gone_on_from(office: Office, tmp_path: Path) -> None:
    before = office.audit.state(AUDITOR, anew=False)
    office.audit.export(AUDITOR, tmp_path / "log.csv")
    later = office.audit.state(AUDITOR, anew=False)
    assert (before.number, later.number) == (3, 4)
    assert later == replace(office.audit.state(AUDITOR), walked=before.walked)
    _forge(office, number=2)
    assert office.audit.state(AUDITOR, anew=False) == later, "it was right when it was walked"
    assert [p.code for p in office.audit.state(AUDITOR).problems] == ["audit_event_changed"]
    assert not office.audit.state(AUDITOR, anew=False).unbroken


def test_what_came_since_a_walk_is_never_taken_on_trust(office: Office, tmp_path: Path) -> None:
    office.audit.state(AUDITOR, anew=False)
    office.audit.export(AUDITOR, tmp_path / "log.csv")
    _forge(office, number=4)
    problems = office.audit.state(AUDITOR, anew=False).problems
    assert [each.code for each in problems] == ["audit_event_changed"]


def test_a_log_set_back_or_pruned_since_a_walk_is_walked_whole(office: Office) -> None:
    root = office._workspace.root
    later = open_office(root, now=lambda: datetime(2027, 6, 26, 4, 0, tzinfo=UTC))
    assert later.audit.state(AUDITOR, anew=False).events == 3
    later.audit.prune(local_owner())
    state = later.audit.state(AUDITOR, anew=False)
    assert (state.unbroken, state.events, state.pruned) == (True, 1, 3)
    _change(later, "UPDATE audit_head SET number = 2")
    assert not later.audit.state(AUDITOR, anew=False).unbroken
    later.close()


def _forge(office: Office, *, number: int) -> None:
    _change(office, "UPDATE audit_events SET actor = 'somebody' WHERE id = :number", number=number)


def _change(office: Office, statement: str, **bound: int) -> None:
    """Write to the database as who has its file can."""
    with office._workspace.store.engine.begin() as connection:
        triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in connection.execute(triggers).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement), bound)


def test_verify_walks_the_log_too(office: Office, actor: Actor) -> None:
    report = office.verify(actor)
    assert report.sound
    assert report.checked["audit"] == 3
    (office._workspace.root / "audit.head").unlink()
    assert "audit_head_file_missing" in {p.code for p in office.verify(actor).problems}


def test_a_workspace_that_lost_its_secret_still_says_so(office: Office, actor: Actor) -> None:
    root = office._workspace.root
    (root / "secret.key").unlink()
    again = open_office(root, now=lambda: NOW)
    codes = {problem.code for problem in again.verify(actor).problems}
    assert {"secret_missing", "audit_not_checked"} <= codes
    again.close()


def test_the_log_leaves_as_a_file_and_says_so(office: Office, tmp_path: Path) -> None:
    assert office.audit.export(AUDITOR, tmp_path / "log.csv", AuditFilter(action="import")) == 3
    assert len(pd.read_csv(tmp_path / "log.csv")) == 3
    assert office.audit.log(AUDITOR)["action"].iloc[0] == "read_audit"


def test_only_what_was_kept_for_the_months_can_go(office: Office) -> None:
    with pytest.raises(NothingToPruneError):
        office.audit.prune(local_owner())
    later = open_office(office._workspace.root, now=lambda: datetime(2027, 6, 26, 4, 0, tzinfo=UTC))
    pruned = later.audit.prune(local_owner())
    assert (pruned.removed, pruned.kept, pruned.before) == (3, 1, date(2026, 11, 26))
    state = later.audit.state(AUDITOR)
    assert (state.unbroken, state.events, state.pruned) == (True, 1, 3)
    assert later.verify(AUDITOR).sound
    later.close()


def test_a_log_without_its_file_goes_on_only_when_a_person_says_why(office: Office) -> None:
    (office._workspace.root / "audit.head").unlink()
    office.audit.export(AUDITOR, office._workspace.root / "log.csv")
    assert not office.audit.state(AUDITOR).unbroken
    with pytest.raises(AuditReasonError):
        office.audit.accept(local_owner(), " ")
    assert office.audit.accept(local_owner(), "restored the backup of Monday").unbroken
    newest = office.audit.log(AUDITOR).iloc[0]
    assert newest["action"] == "accept_audit"
    assert "Monday" in newest["facts"]
    assert "audit head file missing" in newest["facts"]


def test_less_than_six_months_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "gridwarden.toml"
    path.write_text("[audit]\nkeep_months = 5\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="keep_months"):
        read_settings(path)


@cache
def components() -> dict[str, ast.ClassDef]:
    """Return every service and component of the office by its name."""
    kinds = {}
    for path in Path(governance.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases = {getattr(base, "id", "") for base in node.bases}
                if bases & {"Service", "Component"} or node.name in {"Service", "Component"}:
                    kinds[node.name] = node
    return kinds


@cache
def collaborators(kind: str) -> dict[str, str]:
    """Return which component each private attribute of a service holds."""
    held = [b for b in components()[kind].body if isinstance(b, ast.AnnAssign)]
    return {ast.unparse(b.target): ast.unparse(b.annotation).rpartition(".")[2] for b in held}


@cache
def methods() -> dict[tuple[str, str], ast.FunctionDef]:
    """Return every method: by its class and name."""
    return {
        (kind, body.name): body
        for kind, node in components().items()
        for body in node.body
        if isinstance(body, ast.FunctionDef)
    }


def called(kind: str, body: ast.FunctionDef) -> set[tuple[str, str]]:
    """Return what is called: (class, method) for the office's own, (owner, name) for others."""
    names = set()
    held = collaborators(kind)
    for node in ast.walk(body):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = getattr(node.func.value, "attr", None) or getattr(node.func.value, "id", None)
            kinds = (kind, "Service", "Component")
            own = next((each for each in kinds if (each, node.func.attr) in methods()), "Service")
            known = own if owner == "self" else held.get(owner or "", owner or "")
            names.add((known, node.func.attr))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names.add(("", node.func.id))
    return names


@cache
def reached(name: str) -> frozenset[str]:
    """Return all that a service calls, as `.name`, `audit.add` and `self._record`."""
    service, _, method = name.rpartition(".")
    found: set[tuple[str, str]] = set()
    waiting = [(services_by_attribute()[service].__name__ if service else "Office", method)]
    while waiting:
        key = waiting.pop()
        if key not in methods():
            continue
        new = called(key[0], methods()[key]) - found
        found |= new
        waiting += new
    flat = {f".{name}" for _, name in found}
    flat |= {"audit.add"} if any(pair == ("audit", "add") for pair in found) else set()
    flat |= {"self._record"} if any(name == "_record" for _, name in found) else set()
    flat |= {"audit.add"} if ("Service", "_file_change") in found else set()
    return frozenset(flat)


def test_every_service_that_changes_something_writes_it_down() -> None:
    asked = {*services(), *DOORS} - UNTOLD
    silent = [
        name
        for name in sorted(asked)
        if reached(name) & CHANGES and not reached(name) & {"audit.add", "self._record"}
    ]
    assert silent == []
    changing = {name for name in asked if reached(name) & CHANGES}
    assert {
        "imports.import_file",
        "imports.undo",
        "address_review.decide",
        "exports.ask_unmasked",
    } <= changing


@pytest.mark.parametrize(
    "service",
    [
        "exports.export_table",
        "exports.export_unmasked",
        "complainants.look_up",
        "complainants.look_up_advert",
        "audit.export",
        "backups.make",
        "verify",
    ],
)
def test_reading_of_persons_and_exports_are_written_down(service: str) -> None:
    assert "self._record" in reached(service)
