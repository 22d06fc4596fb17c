"""Rules of `gridwarden backup` and `restore`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Gridwarden = Callable[..., Any]
PHRASE = "correct horse battery"


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDWARDEN_PASSPHRASE", PHRASE)


def test_a_backup_is_restored_and_verified(
    scored: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    made = gridwarden("-w", scored, "backup", tmp_path, "--encrypt", "--json").json
    said = gridwarden("restore", made["file"], tmp_path / "new", "--json")
    assert (said.code, said.json["report"]["problems"]) == (0, [])
    tops = [gridwarden("-w", each, "top", "--json").out for each in (scored, tmp_path / "new")]
    assert tops[0] == tops[1]


def test_another_passphrase_is_refused(
    scored: Path, tmp_path: Path, gridwarden: Gridwarden, monkeypatch: pytest.MonkeyPatch
) -> None:
    gridwarden("-w", scored, "backup", tmp_path / "b", "--encrypt")
    monkeypatch.setenv("GRIDWARDEN_PASSPHRASE", "another one entirely")
    said = gridwarden("restore", tmp_path / "b", tmp_path / "new", "--json")
    assert (said.code, said.json["error"]) == (1, "passphrase_wrong")
    assert not (tmp_path / "new").exists()


def test_what_was_damaged_before_is_told_after_restoring(
    filled: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    rows = next((filled / "lake" / "inspections").glob("*/rows.parquet"))
    rows.write_bytes(rows.read_bytes()[:-1] + b"x")
    gridwarden("-w", filled, "backup", tmp_path / "b")
    key = filled / "secret.key"
    said = gridwarden("restore", tmp_path / "b", tmp_path / "new", "--keys", key, "--json")
    assert said.code == 1
    assert {each["code"] for each in said.json["report"]["problems"]} >= {"rows_changed"}


def test_restoring_is_for_the_owner_of_the_machine(tmp_path: Path, gridwarden: Gridwarden) -> None:
    (tmp_path / "b").touch()
    said = gridwarden("--as", "admin", "restore", tmp_path / "b", tmp_path / "new")
    assert said.code == 2


URL = "postgresql+psycopg://office:Geheim7@db.example/office"


def test_a_database_is_taken_from_the_environment_instead_of_the_arguments(
    filled: Path, tmp_path: Path, gridwarden: Gridwarden, monkeypatch: pytest.MonkeyPatch
) -> None:
    gridwarden("-w", filled, "backup", tmp_path / "b", "--encrypt")
    monkeypatch.setenv("GRIDWARDEN_STORE_URL", URL)
    said = gridwarden("restore", tmp_path / "b", tmp_path / "new", "--store", "-", "--json")
    assert (said.code, said.json["error"]) == (1, "store_url_unexpected")
    assert "GRIDWARDEN_STORE_URL" not in said.err
    monkeypatch.delenv("GRIDWARDEN_STORE_URL")
    monkeypatch.setattr("typer.prompt", lambda *_, **_more: URL)
    said = gridwarden("restore", tmp_path / "b", tmp_path / "new", "--store", "-", "--json")
    assert said.json["error"] == "store_url_unexpected"


def test_a_password_among_the_arguments_is_warned_of_and_not_repeated(
    filled: Path, tmp_path: Path, gridwarden: Gridwarden
) -> None:
    gridwarden("-w", filled, "backup", tmp_path / "b", "--encrypt")
    said = gridwarden("restore", tmp_path / "b", tmp_path / "new", "--store", URL, "--json")
    assert said.json["error"] == "store_url_unexpected"
    assert "GRIDWARDEN_STORE_URL" in said.err
    assert "Geheim7" not in said.out + said.err
    bare = URL.replace(":Geheim7", "")
    said = gridwarden("restore", tmp_path / "b", tmp_path / "new", "--store", bare, "--json")
    assert "GRIDWARDEN_STORE_URL" not in said.err
