"""Rows behind a score read in words, each thing once."""

from datetime import datetime

import pytest

from dashboard.documents.evidence_rows import evidence, facts_text
from dashboard.i18n import translator
from risk.explanation.evidence import EvidenceRow

ZH, EN = translator("zh"), translator("en")


def row(table: str = "inspections", at: datetime | None = None, **facts: str) -> EvidenceRow:
    return EvidenceRow(
        factor="f", table=table, row_key="K", event_at=at, value=1.0, facts=facts,
        match_level="building", building_id="B1",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"result": "属实", "mode": "回头看", "purpose": "回头看", "action": "移送"},
         "属实 · 回头看 · 移送"),
        ({"result": "无人", "action": "无"}, "无人"),
        ({"source": "12345热线", "reporter_number": "3"}, "12345热线 · 反映人3"),
        ({"site": "同城", "form_tags": "一对一、高中"}, "同城 · 一对一、高中"),
    ],
)  # fmt: skip
def test_each_thing_is_said_once_and_nothing_is_left_out(facts: dict[str, str], told: str) -> None:
    assert facts_text(row(**facts), names={}, say=ZH) == told


def test_a_row_of_the_register_is_told_by_the_name_of_its_building() -> None:
    known = {"B1": "悦园雅居1号楼"}
    assert facts_text(row("buildings"), names=known, say=EN) == "悦园雅居1号楼"
    assert facts_text(row("buildings"), names={}, say=EN) == ""


@pytest.mark.parametrize(
    ("at", "told"),
    [(datetime(2026, 9, 10), "2026-09-10"),  # noqa: DTZ001 -- local time
     (datetime(2026, 9, 10, 8, 5), "2026-09-10 08:05"),  # noqa: DTZ001 -- local time
     (None, "")],
)  # fmt: skip
def test_where_only_the_day_is_known_no_time_is_shown(at: datetime | None, told: str) -> None:
    assert evidence([row(at=at)], names={}, say=ZH)["event_at"].tolist() == [told]
