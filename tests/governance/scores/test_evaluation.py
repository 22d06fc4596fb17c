import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from data.results.evaluations import FILE, EvaluationUnreadableError
from governance.access.permissions import Actor, local_owner
from governance.office import Office
from governance.scores.evaluation_tables import Case, judge_case
from gridwarden.compose import open_office
from risk.evaluation.targets.plans import BacktestError

FIRST = datetime(2024, 11, 1)  # noqa: DTZ001 -- the product's times are local and naive
FEW_WINDOWS = "\n[score.model]\nwindows = 1\narea_half_lives_days = [60.0]\n"
"""Features of one more date are built for each origin, not of 48."""
ASK = {"event": "inspections:found", "unit": "building", "among": "all", "horizon": "180d"}
"""Two windows of half a year are all that the visits allow."""
ONE_DAY = "2026-02-01:2026-02-01:1mo"


def visits_of_two_years() -> str:
    """Write 700 visits to eight buildings; the higher the number, the more is found."""
    rng = np.random.default_rng(4)
    lines = ["检查编号,检查时间,楼栋编码,检查结果"]
    for number, day in enumerate(sorted(rng.integers(0, 740, 700).tolist())):
        building = int(rng.integers(1, 9))
        result = "属实" if rng.random() < building / 16 else "未发现异常"
        lines.append(f"V{number},{FIRST + timedelta(days=day):%Y-%m-%d} 10:00,B{building},{result}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def seasoned(tmp_path_factory: pytest.TempPathFactory, filled_folder: Path) -> Path:
    folder = tmp_path_factory.mktemp("seasoned")
    (folder / "visits.csv").write_text(visits_of_two_years(), encoding="utf-8")
    shutil.copytree(filled_folder, folder / "office")
    with (folder / "office" / "gridwarden.toml").open("a", encoding="utf-8") as settings:
        settings.write(FEW_WINDOWS)
    office = open_office(folder / "office")
    office.imports.import_file(local_owner(), "inspections", folder / "visits.csv")
    office.close()
    return folder / "office"


@pytest.fixture
def experienced(seasoned: Path, tmp_path: Path) -> Iterator[Office]:
    shutil.copytree(seasoned, tmp_path / "seasoned")
    office = open_office(tmp_path / "seasoned")
    yield office
    office.close()


def test_an_evaluation_is_kept_and_read_back(experienced: Office, actor: Actor) -> None:
    assert experienced.evaluation.latest(actor) is None
    made = experienced.evaluation.evaluate(actor, **ASK)
    kept = experienced.evaluation.latest(actor)
    assert kept == made
    methods = {run["method"] for run in kept.runs}
    assert methods >= {"score", "score_no_area", "random", "past_count"}
    assert kept.seconds > 0


def test_another_question_is_kept_beside_the_first_and_the_same_one_takes_its_place(
    experienced: Office, actor: Actor
) -> None:
    options = {"methods": ("random", "past_count"), "origins": ONE_DAY}
    for among, horizon in (("all", "30d"), ("inspected", "30d"), ("all", "30d"), ("all", "60d")):
        experienced.evaluation.backtest(
            actor, event="inspections:found", among=among, horizons=(horizon,), **options
        )
    kept = experienced.evaluation.latest(actor)
    assert kept is not None
    assert len(kept.summary) == 3 * 2
    assert len(kept.runs) == 3 * 2


def test_counting_beats_chance_where_buildings_differ_and_the_verdict_says_so(
    experienced: Office, actor: Actor
) -> None:
    found = experienced.evaluation.backtest(
        actor, event="inspections:found", origins="2025-11-01:2026-08-01:3mo",
        horizons=("2mo",), among="inspected", methods=("score", "past_count", "random"),
    )  # fmt: skip
    means = {line["method"]: line["means"]["auc"]["mean"] for line in found.summary}
    assert means["past_count"] > 0.55 > means["random"]
    assert means["score"] > 0.55
    verdict = found.verdict(
        event="inspections:found", unit="building", horizon="2mo", among="inspected"
    )
    assert verdict is not None
    assert verdict.facts["origins"] == 4


def test_the_options_say_what_there_is_and_whether_it_is_enough(
    experienced: Office, office: Office, actor: Actor
) -> None:
    there = experienced.evaluation.options(actor)
    assert there.ready
    assert there.events == ("inspections:found",)
    assert there.months_there >= there.months_needed
    young = office.evaluation.options(actor)
    assert not young.ready
    assert young.months_there == 1


def test_an_office_without_visits_says_that_there_is_nothing(
    empty_office: Office, actor: Actor
) -> None:
    assert empty_office.evaluation.options(actor).events == ()
    with pytest.raises(BacktestError):
        empty_office.evaluation.backtest(actor)


def test_a_spoilt_file_is_refused_by_name(
    experienced: Office, actor: Actor, tmp_path: Path
) -> None:
    (tmp_path / "seasoned" / FILE).write_text(json.dumps([1]), encoding="utf-8")
    with pytest.raises(EvaluationUnreadableError):
        experienced.evaluation.latest(actor)


def test_the_usual_question_is_about_places_that_were_visited(
    experienced: Office, actor: Actor
) -> None:
    made = experienced.evaluation.backtest(
        actor, origins=ONE_DAY, horizons=("30d",), methods=("random",)
    )
    assert {line["among"] for line in made.summary} == {"inspected"}
    assert {line["event"] for line in made.summary} == {"inspections:found"}
    assert experienced.evaluation.options(actor).among[0] == "inspected"


@pytest.mark.parametrize(
    ("found", "violations", "event"),
    [(3, 5, "inspections:found"), (3, 0, "inspections:found"), (0, 5, "violations")],
)
def test_what_visits_confirmed_is_asked_about_before_decided_penalties(
    experienced: Office,
    actor: Actor,
    monkeypatch: pytest.MonkeyPatch,
    found: int,
    violations: int,
    event: str,
) -> None:
    counts = {"found": found, "violations": violations, "critical": 0, "months": 99}
    service = experienced.evaluation
    monkeypatch.setattr(type(service), "_count_results", lambda *_: counts)
    assert service.options(actor).events[0] == event
    assert service._usual_event(service._engine) == event


def test_an_evaluation_of_an_earlier_model_opens_and_is_no_verdict_about_the_score(
    experienced: Office, actor: Actor, tmp_path: Path
) -> None:
    asked = {"event": "inspections:found", "unit": "building", "among": "inspected"}
    options = {"origins": ONE_DAY, "methods": ("past_count", "random")}
    experienced.evaluation.backtest(actor, **asked, horizons=("30d",), **options)
    file = tmp_path / "seasoned" / FILE
    old = json.loads(file.read_text(encoding="utf-8").replace('"past_count', '"scorecard'))
    for line in old["summary"]:
        del line["top_tenth"]
    file.write_text(json.dumps(old), encoding="utf-8")
    kept = experienced.evaluation.latest(actor)
    assert kept is not None
    assert {run["method"] for run in kept.runs} == {"visit_model", "random"}
    assert judge_case(kept.summary, Case(*asked.values(), "30d")) is None
    # What is evaluated afterwards is kept beside it.
    experienced.evaluation.backtest(actor, **asked, horizons=("60d",), **options)
    assert "scorecard" not in file.read_text(encoding="utf-8")
