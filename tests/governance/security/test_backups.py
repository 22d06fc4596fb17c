"""Rules of the services of backups: by whom, written down, and nobody signed in afterwards."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from data.integrity.backup.restore import restore_backup
from governance.access.permissions import ROLES, Actor, NotAllowedError, Scope, local_owner
from governance.office import Office
from gridwarden.compose import open_office

OWNER = local_owner()
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
PHRASE = "correct horse battery"


def test_no_account_makes_a_backup(empty_office: Office, tmp_path: Path) -> None:
    for role in ROLES.keys() - {"local_owner"}:
        somebody = Actor("x", "x", (role,), Scope.whole())
        with pytest.raises(NotAllowedError):
            empty_office.backups.make(somebody, tmp_path / "b")
        with pytest.raises(NotAllowedError):
            empty_office.backups.restored(somebody, made_at=NOW, file="b")
    assert not (tmp_path / "b").exists()


def test_a_backup_is_in_the_log_by_its_hash(empty_office: Office, tmp_path: Path) -> None:
    made = empty_office.backups.make(OWNER, tmp_path / "b")
    row = empty_office.audit.log(OWNER).iloc[0]
    assert (row["action"], made.sha256 in row["facts"]) == ("back_up", True)


def test_whoever_was_signed_in_is_not_after_restoring(empty_office: Office, tmp_path: Path) -> None:
    first = empty_office.accounts.add(OWNER, "wang", name="王")
    owner = empty_office.sign_in.owner_of("wang", first)
    empty_office.sign_in.change_password(owner, old=first, new="Another-0ne-entirely")
    token = empty_office.sign_in.by_password("wang", "Another-0ne-entirely").token
    assert empty_office.sessions.actor(token) is not None
    made = empty_office.backups.make(OWNER, tmp_path / "b", passphrase=PHRASE)
    restore_backup(made.file, tmp_path / "new", passphrase=PHRASE)
    again = open_office(tmp_path / "new", now=lambda: NOW)
    taken = again.backups.restored(OWNER, made_at=made.made_at, file="b")
    assert (taken.signed_out, taken.erased, taken.report.problems) == (1, 0, ())
    assert again.sessions.actor(token) is None
    assert again.audit.log(OWNER).iloc[0]["action"] == "restore"
    again.close()


def test_scores_and_imports_are_there_after_restoring(scored: Office, tmp_path: Path) -> None:
    made = scored.backups.make(OWNER, tmp_path / "b", passphrase=PHRASE)
    restore_backup(made.file, tmp_path / "new", passphrase=PHRASE)
    again = open_office(tmp_path / "new", now=lambda: NOW)
    assert again.backups.restored(OWNER, made_at=made.made_at, file="b").report.problems == ()
    before, after = (office.risk_map.top(OWNER) for office in (scored, again))
    assert after == before
    again.close()


def test_what_retention_would_have_erased_does_not_come_back(
    office: Office, tmp_path: Path
) -> None:
    settings = office._workspace.root / "gridwarden.toml"
    settings.write_text("[privacy]\nidentities_days = 30\n", encoding="utf-8")
    made = office.backups.make(OWNER, tmp_path / "b", passphrase=PHRASE)
    held = {}
    for name, days in (("soon", 1), ("late", 60)):
        restore_backup(made.file, tmp_path / name, passphrase=PHRASE)
        again = open_office(tmp_path / name, now=lambda d=days: NOW + timedelta(days=d))
        taken = again.backups.restored(OWNER, made_at=made.made_at, file="b")
        kept = again._workspace.identities
        held[name] = sum(kept.read(each).num_rows for each in kept.imports())
        assert (taken.erased > 0, taken.report.problems) == (name == "late", ())
        again.close()
    assert held["soon"] > 0 == held["late"]
