"""A history tells each step once, the newest first, and a stage only where it changed."""

import re
from types import SimpleNamespace

import pandas as pd
import pytest
import streamlit as st

from dashboard.i18n import translator
from dashboard.ui.sections import timeline
from governance.cases.rules.workflow.views import HISTORY


def test_the_newest_step_is_first_and_a_stage_is_named_where_it_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(st, "html", drawn.append)
    at = pd.Timestamp("2026-11-24 09:30")
    history = pd.DataFrame(
        [(1, "open", None, "待研判", "li", at, "", {}),
         (2, "note", "待研判", "待研判", "gone", at.replace(hour=10), "rang", {"finding": "属实"})],
        columns=list(HISTORY),
    )  # fmt: skip
    page = SimpleNamespace(say=translator("en"))
    timeline.show(
        page, history, "case", people={"li": "Li"}, note=lambda action, note: f"{action}:{note}",
        facts=lambda facts: [("seen", each) for each in facts.values()],
    )  # fmt: skip
    steps = re.findall(r"<li.*?</li>", drawn[0], re.DOTALL)
    assert ["2026-11-24 10:30" in steps[0], "2026-11-24 09:30" in steps[1]] == [True, True]
    assert ["gw-stage" in each for each in steps] == [False, True]
    assert ["note:rang" in steps[0], "属实" in steps[0], "gone" in steps[0]] == [True] * 3
    assert "Li</span>" in steps[1]
