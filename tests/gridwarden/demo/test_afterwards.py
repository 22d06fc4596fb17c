"""The demonstration's score is evaluated while people look at its pages, once."""

import shutil
import time
from contextlib import closing
from pathlib import Path

import pytest
from patience import PATIENCE_S

from governance.access.permissions import local_owner
from governance.scores import evaluation as evaluating
from gridwarden.compose import open_office
from gridwarden.demo.afterwards import evaluate_in_background

FEW_WINDOWS = "\n[score.model]\nwindows = 1\narea_half_lives_days = [60.0]\n"
"""What is asked, and how often, has nothing to do with how much is learnt, nor at how many origins:
48 windows at each of up to eight would take long."""


def test_it_is_evaluated_as_the_page_would_ask_first_and_once(
    demonstration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose = evaluating.choose_origins
    monkeypatch.setattr(evaluating, "choose_origins", lambda *asked: choose(*asked)[-1:])
    folder, owner = shutil.copytree(demonstration, tmp_path / "city"), local_owner()
    with (folder / "gridwarden.toml").open("a", encoding="utf-8") as settings:
        settings.write(FEW_WINDOWS)
    with closing(open_office(folder)) as office:
        assert evaluate_in_background(office, owner, after_s=0.0)
        until = time.monotonic() + PATIENCE_S
        while office.evaluation.latest(owner) is None and time.monotonic() < until:
            time.sleep(0.1)
        evaluation = office.evaluation.latest(owner)
        assert evaluation is not None
        asked = {(line["event"], line["unit"], line["among"]) for line in evaluation.summary}
        assert asked == {("inspections:found", "building", "inspected")}
        assert not evaluate_in_background(office, owner, after_s=0.0)
