"""A field trial from the command line: designed, sealed, listed, refused, verified."""

import hashlib
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.workspace.clock import Clock

TODAY = Clock(lambda: datetime.now(UTC)).today()
ASKED = ("--low", "0.01", "--middle", "0.01", "--high", "0.99", "--looked", "1", "--visits", "50",
         "--from", str(TODAY + timedelta(days=3)))  # fmt: skip


@pytest.fixture
def ask(trial_street: Path, tmp_path: Path, gridwarden: Callable[..., Any]) -> Callable[..., Any]:
    folder = shutil.copytree(trial_street, tmp_path / "office")
    return lambda *words: gridwarden("-w", folder, *words)


def test_a_trial_is_designed_sealed_listed_and_verified(ask: Callable[..., Any]) -> None:
    draft = ask("trial-design", *ASKED, "--json").json
    assert (draft["state"], draft["sha256"]) == ("draft", None)
    sealed = ask("trial-seal", draft["trial_id"], "--json").json
    assert (sealed["state"], len(sealed["sha256"])) == ("sealed", 64)
    listed = ask("trials", "--json").json
    assert [each["trial_id"] for each in listed["trials"]] == [draft["trial_id"]]
    weeks = listed["progress"][draft["trial_id"]]
    assert sum(week["planned"] for week in weeks) == 3 * sealed["design"]["per_arm"]
    assert ask("trial-verify", draft["trial_id"], "--json").json["faults"] == []
    shown = ask("trial-verify", draft["trial_id"])
    assert (shown.code, sealed["sha256"] in shown.out) == (0, True)


def test_what_was_sealed_is_opened_once_nobody_goes_by_it(
    ask: Callable[..., Any], tmp_path: Path
) -> None:
    trial, opened = ask("trial-design", *ASKED, "--json").json["trial_id"], tmp_path / "p.json"
    sealed = ask("trial-seal", trial, "--json").json
    assert ask("trial-verify", trial, "--protocol", opened).code == 1
    assert not opened.exists()
    ask("trial-cancel", trial, "--reason", "人手不够")
    assert ask("trial-verify", trial, "--protocol", opened).code == 0
    assert hashlib.sha256(opened.read_bytes()).hexdigest() == sealed["sha256"]


def test_a_result_before_its_time_and_a_trial_given_up_are_refused_in_words(
    ask: Callable[..., Any],
) -> None:
    trial = ask("trial-design", *ASKED, "--json").json["trial_id"]
    ask("trial-seal", trial)
    early = ask("trial-result", trial, "--early")
    assert (early.code, "begins on" in early.err) == (1, True)
    assert ask("trial-cancel", trial, "--reason", "人手不够").code == 0
    assert "given up" in ask("trials").out
    again = ask("trial-cancel", trial, "--reason", "x")
    assert (again.code, "was given up" in again.err) == (1, True)


def test_the_arithmetic_of_a_design_is_said_in_both_languages(
    ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "each arm needs" in ask("trial-design", *ASKED).out
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", "zh")
    said = ask("trial-design", *ASKED).out
    assert "每组需要" in said
    assert "低分组" in said
    assert "还没有" not in said


def test_an_office_without_a_trial_says_so(ask: Callable[..., Any]) -> None:
    assert "No field trial" in ask("trials").out
