"""Rules of `gridwarden doctor`: each fault is found, worded, and makes the exit code 1."""

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem
from lakes import put_lake_at
from stored_visits import visit_version

from dashboard.i18n import translator
from data.workspace.clock import Clock
from data.workspace.folder import Workspace
from gridwarden.commands.operations.checks import machine
from gridwarden.commands.operations.checks import workspace as of_workspace
from gridwarden.compose import utc_now

Gridwarden = Callable[..., Any]


def findings(said: Any) -> dict[str, dict[str, Any]]:
    return {each["check"]: each for each in said.json["findings"]}


def states(said: Any) -> dict[str, str]:
    return {check: each["state"] for check, each in findings(said).items()}


def test_a_sound_office_has_no_fault(folder: Path, gridwarden: Gridwarden) -> None:
    said = gridwarden("-w", folder, "doctor", "--json")
    assert said.code == 0
    assert "fault" not in states(said).values()


def test_a_lake_that_can_be_used_is_named_by_its_address(
    folder: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    assert "lake" not in states(gridwarden("-w", folder, "doctor", "--json"))
    put_lake_at(folder, url := f"file://{tmp_path}/at lake")
    found = findings(gridwarden("-w", folder, "doctor", "--json"))["lake"]
    assert (found["state"], found["found"]) == ("ok", url)
    assert not list((tmp_path / "at lake").iterdir())


def test_rows_that_lie_elsewhere_are_missed(filled: Path, gridwarden: Gridwarden) -> None:
    rows = next(filled.glob("lake/*/*/rows.parquet"))
    rows.unlink()
    found = findings(gridwarden("-w", filled, "doctor", "--json"))["lake"]
    assert (found["state"], found["found"]) == ("fault", "rows_missing")
    assert found["facts"]["file"] == rows.relative_to(filled / "lake").as_posix()


def test_rows_of_an_import_that_was_taken_back_need_not_be_there(
    filled: Path, gridwarden: Gridwarden
) -> None:
    rows = next(filled.glob("lake/*/*/rows.parquet"))
    gridwarden("-w", filled, "undo-import", rows.parent.name)
    assert gridwarden("-w", filled, "personal-retention", "--apply").code == 0
    assert not rows.exists()
    assert "lake" not in findings(gridwarden("-w", filled, "doctor", "--json"))


def test_a_backup_that_was_made_is_found(
    folder: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    assert states(gridwarden("-w", folder, "doctor", "--json"))["backup"] == "warning"
    gridwarden("-w", folder, "backup", tmp_path / "b")
    found = findings(gridwarden("-w", folder, "doctor", "--json"))["backup"]
    assert (found["state"], found["found"]) == ("ok", f"{Clock(utc_now).utc():%Y-%m-%d}")


def _no_store(folder: Path, _: pytest.MonkeyPatch) -> None:
    settings = '[store]\nurl = "postgresql+psycopg://nobody@127.0.0.1:1/none"\n'
    (folder / "gridwarden.toml").write_text(settings, encoding="utf-8")


def _older_store(folder: Path, _: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(folder / "gridwarden.db")) as store, store:
        store.execute("UPDATE alembic_version SET version_num = '0001_first_tables'")


def _open_keys(folder: Path, _: pytest.MonkeyPatch) -> None:
    if sys.platform == "win32":
        pytest.skip("has no such rights")
    (folder / "secret.key").chmod(0o644)


def _open_folder(folder: Path, _: pytest.MonkeyPatch) -> None:
    if sys.platform == "win32":
        pytest.skip("has no such rights")
    folder.chmod(0o755)


def _retired_setting(folder: Path, _: pytest.MonkeyPatch) -> None:
    (folder / "gridwarden.toml").write_text("[score]\nhorizon_days = 30\n", encoding="utf-8")


def _future_line(folder: Path, patch: pytest.MonkeyPatch) -> None:
    del folder
    patch.setattr(of_workspace, "utc_now", lambda: datetime(2020, 1, 1, tzinfo=UTC))


def _full_disk(folder: Path, patch: pytest.MonkeyPatch) -> None:
    del folder
    full = type("Usage", (), {"free": 10**9})()
    patch.setattr(of_workspace.shutil, "disk_usage", lambda _: full)


def _read_only(folder: Path, patch: pytest.MonkeyPatch) -> None:
    del folder

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    patch.setattr(of_workspace.Path, "write_bytes", refuse)


def _no_driver(folder: Path, _: pytest.MonkeyPatch) -> None:
    put_lake_at(folder, "nobody://knows")


def _no_right(folder: Path, patch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    put_lake_at(folder, "memory://doctor")
    patch.setattr(MemoryFileSystem, "pipe_file", refuse)


def _not_installed(name: str) -> None:
    raise PackageNotFoundError(name)


@pytest.mark.parametrize(
    ("check", "harm", "state"),
    [
        ("store", _no_store, "fault"),
        ("store", _older_store, "warning"),
        ("keys", _open_keys, "fault"),
        ("keys", lambda folder, _: (folder / "secret.key").unlink(), "fault"),
        ("folder_rights", _open_folder, "warning"),
        ("workspace", lambda folder, _: (folder / "gridwarden.toml").unlink(), "fault"),
        ("workspace", lambda f, _: (f / "gridwarden.toml").write_text("[office\n"), "fault"),
        ("settings", _retired_setting, "warning"),
        ("clock", _future_line, "fault"),
        ("writable", _read_only, "fault"),
        ("disk", _full_disk, "warning"),
        ("lake", _no_driver, "fault"),
        ("lake", _no_right, "fault"),
        ("python", lambda _, p: p.setattr(machine, "PYTHONS", ((2, 6), (2, 7))), "fault"),
        ("sqlite", lambda _, p: p.setattr(machine, "OLDEST_SQLITE", (9,)), "fault"),
        ("packages", lambda _, p: p.setattr(machine, "requires", lambda _: ["no-such"]), "fault"),
        ("packages", lambda _, p: p.setattr(machine, "requires", lambda _: ["numpy<1"]), "fault"),
        ("packages", lambda _, p: p.setattr(machine, "requires", _not_installed), "warning"),
        ("fonts", lambda _, p: p.setattr(machine.shutil, "which", lambda _: None), "warning"),
    ],
)
def test_what_is_wrong_is_found_with_what_to_do(
    folder: Path, gridwarden: Gridwarden, monkeypatch: pytest.MonkeyPatch, check: str,
    harm: Callable[[Path, pytest.MonkeyPatch], object], state: str,
) -> None:  # fmt: skip
    harm(folder, monkeypatch)
    assert states(gridwarden("-w", folder, "doctor", "--json"))[check] == state
    for language in ("zh", "en"):
        said = gridwarden("-w", folder, "--language", language, "doctor")
        assert said.code == int(state == "fault")
        assert translator(language).name("doctor_todo", check)[:12] in said.out


def test_what_was_kept_while_the_clock_was_ahead_is_named_with_what_to_do(
    filled: Path, gridwarden: Gridwarden, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Workspace.open(filled).store.begin() as unit:
        unit.visits.add(visit_version(at=datetime(2026, 11, 20)))  # noqa: DTZ001 -- local
        unit.commit()
    checks = {"scores_ahead", "imports_ahead", "visits_ahead", "lines_ahead"}
    monkeypatch.setattr(of_workspace, "utc_now", lambda: datetime(2100, 1, 1, tzinfo=UTC))
    assert not checks & states(gridwarden("-w", filled, "doctor", "--json")).keys()
    monkeypatch.setattr(of_workspace, "utc_now", lambda: datetime(2026, 11, 1, tzinfo=UTC))
    found = findings(gridwarden("-w", filled, "doctor", "--json"))
    assert checks <= found.keys()
    assert found["scores_ahead"]["found"] == next(filled.glob("snapshots/2*")).name
    assert len(found["imports_ahead"]["found"].split(", ")) == len([*filled.glob("lake/*/2*")])
    assert found["visits_ahead"]["found"] == "1"
    for language in ("zh", "en"):
        said = gridwarden("-w", filled, "--language", language, "doctor")
        assert all(translator(language).name("doctor_todo", each)[:12] in said.out
                   for each in checks)  # fmt: skip


def test_looking_does_not_migrate(folder: Path, gridwarden: Gridwarden) -> None:
    _older_store(folder, pytest.MonkeyPatch())
    gridwarden("-w", folder, "doctor")
    with closing(sqlite3.connect(folder / "gridwarden.db")) as store:
        assert store.execute("SELECT version_num FROM alembic_version").fetchone() == (
            "0001_first_tables",
        )


def test_without_a_workspace_the_machine_alone_is_looked_at(gridwarden: Gridwarden) -> None:
    assert "workspace" not in states(gridwarden("doctor", "--json"))
