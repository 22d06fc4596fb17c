"""What the front door puts together."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import app
from dashboard.runtime import background_scorer, context
from data.workspace.sections import SettingsError
from gridwarden.compose import create_workspace, open_office, serve_dashboard


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield create_workspace(tmp_path / "office")
    context.withdraw()


def scorers() -> int:
    return sum(each.name == background_scorer.NAME for each in threading.enumerate())


def scorers_while_served(folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Serve an office and return how many threads score it meanwhile."""
    seen: list[int] = []
    monkeypatch.setattr(app, "serve", lambda **_: seen.append(scorers()))
    office = open_office(folder)
    serve_dashboard(office, folder, host="127.0.0.1", port=0, open_browser=False)
    office.close()
    return seen[0]


def test_a_server_scores_by_itself_until_it_ends(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert scorers_while_served(folder, monkeypatch) == 1
    assert scorers() == 0


def test_a_server_that_is_told_not_to_does_not(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "gridwarden.toml").write_text("[scoring]\nautomatic = false\n", encoding="utf-8")
    assert scorers_while_served(folder, monkeypatch) == 0


def test_a_server_does_not_start_with_wrong_settings_of_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "gridwarden.toml").write_text("[scoring]\nquiet_seconds = 0\n", encoding="utf-8")
    with pytest.raises(SettingsError):
        scorers_while_served(folder, monkeypatch)
