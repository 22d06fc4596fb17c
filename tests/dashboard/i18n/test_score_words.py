"""The number of a score is told in plain words, and what it stands on."""

from dataclasses import replace
from datetime import date

import pytest

from dashboard.i18n import translator
from dashboard.i18n.score_words import (
    came_about,
    complaint_visits,
    complaints_count,
    meaning,
    origin,
    shared_words,
    snapshot_note,
    with_news,
    without_points,
)
from governance.scores.live import ScoreWithNews
from governance.scores.scoring import ExplainedUnit
from risk.explanation.evidence import EvidenceRow
from risk.explanation.explain import Rates
from risk.explanation.learning import Learning
from risk.explanation.lookup import RankedUnit
from risk.explanation.shared_words import SharedWord

TAUGHT = Learning(model="find_rate", state="learnt", visits=1, finds=1.2, weights={})
POLICY = replace(TAUGHT, state="policy", visits=0, finds=0.0)
EARLIER = replace(TAUGHT, model="scorecard", visits=0)


@pytest.fixture
def building() -> ExplainedUnit:
    return ExplainedUnit(
        snapshot_id="s", as_of=date(2026, 11, 24), unit_kind="building", unit="B1", name="B1",
        score=25.6, low=9.54, high=40.0, interval_level=0.8, tier="红", rank=1, ranked=7,
        points={}, base=0.0, rows={}, exposure=10.0, exposure_known=True,
        rates=Rates(events=0, raw=0.0, smoothed=0.0, weight=0.0),
        buildings=[], neighbours=[], places=[], words=[], reporting=None, changed=[],
        learning=TAUGHT,
    )  # fmt: skip


def test_a_buildings_score_is_told_of_a_hundred_full_visits(building: ExplainedUnit) -> None:
    zh, en = translator("zh"), translator("en")
    said = "到这里认真查 100 次，约有 26 次会查到问题（80% 区间 9.5–40）。"
    assert meaning(building, say=zh) == said
    said = "Of 100 full visits here, about 26 would find something (80% interval 9.5 to 40)."
    assert meaning(building, say=en) == said


def test_a_sums_score_is_told_of_one_visit_to_each_of_its_buildings(
    building: ExplainedUnit,
) -> None:
    inside = [
        RankedUnit(unit_kind="building", unit=f"B{n}", score=1.0, tier="蓝", rank=n)
        for n in (1, 2, 3)
    ]
    grid = replace(building, unit_kind="grid", score=120.0, low=60.0, high=240.0, buildings=inside)
    said = (
        "With one full visit to each of its 3 buildings, about 1.2 would find something "
        "(80% interval 0.6 to 2.4)."
    )
    assert meaning(grid, say=translator("en")) == said


def test_what_taught_the_score_is_said(building: ExplainedUnit) -> None:
    en = translator("en")
    said = "Learnt from 1 visit with a result, of which 1 found something."
    assert origin(building, say=en) == said
    policy = origin(replace(building, learning=POLICY), say=en)
    assert policy.startswith("No visit has taught this score yet")


def row(key: str, source: str, factor: str = "complaints") -> EvidenceRow:
    return EvidenceRow(factor=factor, table="inspections", row_key=key, event_at=None, value=1.0,
                       facts={}, match_level="building", source=source)  # fmt: skip


def test_how_rows_came_about_is_told_with_their_number_each_once_and_that_it_weighs_alike(
    building: ExplainedUnit,
) -> None:
    rows = {
        "inspections_found": [row("1", "discovered"), row("2", "random"), row("3", "discovered")],
        "history_building": [row("1", "discovered"), row("4", "reported")],
        "rental_short_term": [row("5", "")],
    }
    told = replace(building, rows=rows)
    assert came_about(told, say=translator("zh")).startswith(
        "背后的记录，缘由是：群众反映 1、日常走访 2、随机抽查 1。同样的记录"
    )
    english = came_about(told, say=translator("en"))
    assert "came about by: A report 1, A patrol 2, A random draw 1. A row weighs alike" in english
    assert came_about(building, say=translator("en")) == ""


def test_points_of_the_causes_of_visits_are_said_to_be_learnt_where_there_are_any(
    building: ExplainedUnit,
) -> None:
    rows = {"visits_other": [row("1", "reported")]}
    learnt = replace(building, rows=rows, points={"visits_other": 2.9})
    for language, said in (("zh", "“以往检查（按起因）”一项"), ("en", "Past visits by cause")):
        assert said in came_about(learnt, say=translator(language))
        silent = replace(learnt, points={"visits_other": 0.0})
        assert said not in came_about(silent, say=translator(language))


def test_it_is_said_where_visits_after_a_find_were_taken_for_revisits(
    building: ExplainedUnit,
) -> None:
    rows = {"visits_other": [row("1", "discovered")]}
    stated = replace(building, rows=rows, points={"visits_other": 2.9})
    guessed = replace(stated, learning=replace(TAUGHT, guesses_purposes=True))
    for language, said in (
        ("zh", "查到问题后 45 天内再去的算复查"),
        ("en", "within 45 days of a find"),
    ):
        assert said in came_about(guessed, say=translator(language))
        assert said not in came_about(stated, say=translator(language))


def test_an_earlier_models_score_is_never_told_as_todays(building: ExplainedUnit) -> None:
    earlier = replace(building, learning=EARLIER)
    for said in (meaning(earlier, say=translator("en")), origin(earlier, say=translator("en"))):
        assert said.startswith("Made by an earlier model")


@pytest.mark.parametrize(
    ("learning", "said"),
    [(TAUGHT, ""), (POLICY, "还没有检查结果教过"), (EARLIER, "由以前的模型算出")],
)
def test_a_snapshot_that_visits_have_taught_needs_no_note(learning: Learning, said: str) -> None:
    note = snapshot_note(model=learning.model, state=learning.state, say=translator("zh"))
    assert note.startswith(said)
    assert bool(note) == bool(said)


def test_that_visits_for_complaints_counted_less_is_told_where_they_did(
    building: ExplainedUnit,
) -> None:
    assert not complaint_visits(building, say=translator("zh"))
    less = replace(building, learning=replace(TAUGHT, complaint_slope=0.6))
    assert complaint_visits(less, say=translator("zh")).endswith("各项权重按 × 0.60 计。")
    assert complaint_visits(less, say=translator("en")).endswith("taken to count × 0.60.")


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (1.25, "Complaints here count × 0.80, since this community reports 1.25 times"),
        (0.8, "Complaints here count × 1.25, since this community reports 0.80 times"),
    ],
)
def test_what_a_complaint_counts_in_a_community_that_reports_otherwise(
    building: ExplainedUnit, rate: float, said: str
) -> None:
    told = complaints_count(replace(building, reporting=rate), say=translator("en"))
    assert told.startswith(said)
    assert f"{rate:.2f}" in complaints_count(
        replace(building, reporting=rate), say=translator("zh")
    )


@pytest.mark.parametrize("rate", [None, 1.0, 1.004])
def test_a_community_that_reports_as_others_do_is_not_spoken_of(
    building: ExplainedUnit, rate: float | None
) -> None:
    assert not complaints_count(replace(building, reporting=rate), say=translator("en"))


def test_names_that_share_a_word_are_told_by_the_most_telling(building: ExplainedUnit) -> None:
    words = [
        SharedWord(visits=1200, found=412.3, usual=298.0),
        SharedWord(visits=3, found=0.0, usual=0.6),
    ]
    told = shared_words(replace(building, words=words), say=translator("en"))
    assert told == (
        "Operators elsewhere whose names share a word with this one's: 1,200 visits found 412, "
        "298 would have been usual. That is the most telling of 2 such words; the others are "
        "counted as well. The words themselves are not kept."
    )
    zh = shared_words(replace(building, words=words[:1]), say=translator("zh"))
    assert zh == (
        "别处经营者的名称与这里的有相同字词：1,200 次检查查到 412 次，通常会查到 298 次。"
        "字词本身不保存。"
    )
    assert not shared_words(building, say=translator("en"))


@pytest.mark.parametrize(
    ("visits", "complaints", "said"),
    [
        (1, 0, "With 1 visit that came since: 12 (was 20)."),
        (0, 2, "With 2 complaints that came since: 12 (was 20)."),
        (2, 1, "With 2 visits and 1 complaint that came since: 12 (was 20)."),
    ],
)
def test_what_came_since_is_told_with_the_score_before(
    visits: int, complaints: int, said: str
) -> None:
    news = ScoreWithNews(score=12.3, was=20.4, visits=visits, complaints=complaints)
    assert with_news(news, say=translator("en")) == said
    zh = with_news(news, say=translator("zh"))
    assert zh.startswith("算上此后的 ")
    assert "12（原为 20）" in zh


@pytest.mark.parametrize(("points", "told"), [(0.04, True), (-0.04, True), (0.06, False)])
def test_rows_that_add_no_points_say_why(
    building: ExplainedUnit,
    points: float,
    told: bool,  # noqa: FBT001 -- a parameter of the test
) -> None:
    seen = replace(building, points={"violations": points, "complaints": 0.0},
                   rows={"violations": [row("1", "patrol", "violations")]})  # fmt: skip
    said = without_points(seen, say=translator("en"))
    assert ("Past violations" in said) is told
    assert "Complaints" not in said
