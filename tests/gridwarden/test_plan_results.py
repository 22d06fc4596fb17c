"""What a plan found, from the command line."""

import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from gridwarden.compose import open_office
from tests.governance.patrols.results.afterwards_street import FOUND, desk_of, keep, plan_of, visit

DURING = datetime(2026, 12, 29, 12, 0)  # noqa: DTZ001 -- local


@pytest.fixture(scope="module")
def workspace(scored: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an office with a week's plan, and one find at the first of its doors."""
    folder = shutil.copytree(scored, tmp_path_factory.mktemp("results") / "office")
    office = open_office(folder)
    desk = desk_of(office, at=DURING)
    keep(desk, plan_of())
    visit(desk, "B1", "2026-12-28 18:30", FOUND)
    office.close()
    return folder


def test_a_plan_is_evaluated_by_any_day_of_its_week_or_by_name(
    workspace: Path, gridwarden: Callable[..., Any]
) -> None:
    by_day = gridwarden("-w", workspace, "evaluate-plan", "2027-01-02", "--json").json
    by_name = gridwarden("-w", workspace, "evaluate-plan", "--plan", "W1", "--json").json
    assert by_day == by_name
    listed, drawn = by_day["arms"][0], by_day["arms"][1]
    assert (listed["arm"], listed["visited"], listed["found"]) == ("list", 1, 1)
    assert (drawn["arm"], drawn["visited"], drawn["rate"]) == ("random", 0, None)
    assert (by_day["verdict"], by_day["difference"]) == ("too_few", None)
    shown = gridwarden("-w", workspace, "evaluate-plan", "2026-12-30")
    assert shown.code == 0
    assert "W1: 2026-12-28" in shown.out
    assert gridwarden("-w", workspace, "evaluate-plan").code == 2


def test_the_arms_are_named_and_what_cannot_be_judged_is_said_in_the_user_s_language(
    workspace: Path, gridwarden: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", "zh")
    shown = gridwarden("-w", workspace, "evaluate-plan", "2026-12-30")
    assert shown.code == 0
    for said in ("按计划", "随机抽", "计划了没有去", "按检查方式"):
        assert said in shown.out
    unplanned = gridwarden("-w", workspace, "evaluate-plan", "2026-06-01")
    assert (unplanned.code, "2026-06-01" in unplanned.err) == (1, True)
    unreadable = gridwarden("-w", workspace, "evaluate-plan", "第49周")
    assert (unreadable.code, "不是日期" in unreadable.err) == (1, True)


def test_a_campaign_is_summed_up_in_the_fields_words(
    workspace: Path, gridwarden: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = gridwarden("-w", workspace, "campaign-summary", "W1", "--json").json
    assert told["sentence"] == "累计出动1人次，检查点位1处，发现问题1个"
    assert (told["person_times"], told["places"], told["problems"]) == (1, 1, 1)
    shown = gridwarden("-w", workspace, "campaign-summary", "W1")
    assert "1 person-times out, 1 places checked, 1 problems found" in shown.out
    monkeypatch.setenv("GRIDWARDEN_LANGUAGE", "zh")
    chinese = gridwarden("-w", workspace, "campaign-summary", "W1").out
    assert all(word in chinese for word in ("累计出动1人次", "计划", "按楼栋类型", "点位"))
    assert not re.search(r"[a-z]{3}", chinese), "no word of another language"
    missing = gridwarden("-w", workspace, "campaign-summary", "none")
    assert missing.code == 1
