"""What a stored evaluation says, as facts and tables: no wording and no page.

An evaluation holds ``runs`` (one object per method and origin) and ``summary`` (one per method), as
`risk.evaluation.run.BacktestResult` describes them; several questions may lie in one evaluation.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from typing import Any, Final

import pandas as pd

from data.workspace.clock import Clock
from governance.scores.evaluation_figures import AREA_HIT, CHURN, DAYS, MEASURES, Figure, number_of
from risk.evaluation.methods.registry import SCORE, SCORES, WITHOUT_AREA
from risk.evaluation.report.verdict import CHANCE, COUNTING, JUDGED_BY, judge
from risk.evaluation.targets.questions import INSPECTED

Line = Mapping[str, Any]

OURS: Final = SCORE
OUR_METHODS: Final = SCORES
BEST_SHARES: Final = (1, 5, 10, 20)


@dataclass(frozen=True, slots=True, order=True)
class Case:
    """One question of an evaluation."""

    event: str
    unit: str
    among: str
    horizon: str

    @property
    def main_measure(self) -> str:
        """What the verdict is about: finds among the first visits, or units, of a week's work."""
        return JUDGED_BY[self.among]

    @property
    def whole_measure(self) -> str:
        """What is said of the whole order: when the same visits find, or the first tenth of all."""
        return DAYS if self.among == INSPECTED else AREA_HIT


CASE_PARTS: Final = tuple(each.name for each in fields(Case))


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the order of the score did, beside the best other one.

    ``ours``, ``without_area``, ``counted``, ``chance``: what the score, the score without
    neighbourhoods, counting and chance reached.
    """

    measure: str
    """What is judged, one of `governance.scores.evaluation_figures.MEASURES`."""
    k: int | None
    """What a week's work can look at; None where it was not stored."""
    origins: int
    """How many windows were looked at."""
    ours: Figure
    without_area: Figure
    counted: Figure
    chance: Figure
    best: str
    """Name of the best other method; empty if there is none."""
    best_figure: Figure
    difference: Figure
    """Ours less the best other, paired by window."""
    ahead: int
    """In how many windows ours was above."""
    standing: str
    """One of ``ahead, level, behind``, as `risk.evaluation.report.verdict` judges."""


def stored_cases(summary: Sequence[Line]) -> list[Case]:
    """Return the questions that an evaluation answers, in the order in which they were asked."""
    return list(dict.fromkeys(Case(*(str(line[part]) for part in CASE_PARTS)) for line in summary))


def of_case(lines: Sequence[Line], case: Case) -> dict[str, list[Line]]:
    """Return the lines of one question by method, ours first."""
    found: dict[str, list[Line]] = {name: [] for name in OUR_METHODS}
    for line in lines:
        if all(line[part] == getattr(case, part) for part in CASE_PARTS):
            found.setdefault(str(line["method"]), []).append(line)
    return {name: method_lines for name, method_lines in found.items() if method_lines}


def judge_case(
    summary: Sequence[Line], case: Case, *, measure: str | None = None
) -> Verdict | None:
    """Put the judgement of one question together; None where the score was not evaluated.

    The best other method is the one with the highest mean: the comparison least kind to ours.
    ``measure``: the case's main one where not given.
    """
    methods = {name: lines[0] for name, lines in of_case(summary, case).items()}
    if OURS not in methods:
        return None
    measure, ours = measure or case.main_measure, methods[OURS]
    judged = judge(list(methods.values()), measure=measure)
    figures = {name: Figure.of(line["means"].get(measure)) for name, line in methods.items()}
    best = str(judged.facts["best_method"] or "")
    return Verdict(
        measure=measure,
        k=judged.facts["k"],
        origins=int(ours["origins"]),
        ours=figures[OURS],
        without_area=figures.get(WITHOUT_AREA, Figure()),
        counted=figures.get(COUNTING, Figure()),
        chance=figures.get(CHANCE, Figure()),
        best=best,
        best_figure=figures.get(best, Figure()),
        difference=Figure.of(ours["differences"].get(best, {}).get(measure)),
        ahead=int(judged.facts["ahead"] or 0),
        standing=judged.standing,
    )


def measures_table(summary: Sequence[Line], case: Case) -> pd.DataFrame:
    """Return one row per method and measure, with ours compared with each.

    Returns ``method, measure, mean, low, high, difference, difference_low, difference_high, ahead,
    origins``; the difference is ours less this method's, paired by window. Measures that are
    unknown for a method are left out.
    """
    methods = {name: lines[0] for name, lines in of_case(summary, case).items()}
    against = methods[OURS]["differences"] if OURS in methods else {}
    rows = []
    for name, line in methods.items():
        for measure in MEASURES:
            figure = Figure.of(line["means"].get(measure))
            if figure.mean is None:
                continue
            paired = against.get(name, {}).get(measure, {})
            figures = (*astuple(figure), *astuple(Figure.of(paired)))
            rows.append((name, measure, *figures, paired.get("ahead"), line["origins"]))
    columns = [
        *("method", "measure", "mean", "low", "high"),
        *("difference", "difference_low", "difference_high", "ahead", "origins"),
    ]
    return pd.DataFrame(rows, columns=columns)


def curves_table(summary: Sequence[Line], case: Case) -> pd.DataFrame:
    """Return the share found within the first shares of an order: ``method, share, found``.

    Of the visits where inspected units are compared, of the units or the area else; ``best`` is
    the most that was possible, known for a few shares of the area.
    """
    curve = "visit_curve" if case.among == INSPECTED else "unit_curve"
    rows: list[tuple[str, float, float]] = []
    methods = of_case(summary, case)
    for name, lines in methods.items():
        values = lines[0].get(curve) or []
        rows += [(name, at / (len(values) - 1), float(found)) for at, found in enumerate(values)]
    if methods and case.among != INSPECTED:
        rows += _best_possible(next(iter(methods.values()))[0])
    return pd.DataFrame(rows, columns=["method", "share", "found"])


def origins_table(runs: Sequence[Line], case: Case, *, measure: str, other: str) -> pd.DataFrame:
    """Pair ours with another method window by window.

    Returns ``origin, ours, theirs, difference, churn_ours, churn_theirs, n_units, n_events,
    n_visits_found``, oldest first. Churn is the share of the list that stayed, NaN at first.
    """
    methods = of_case(runs, case)
    columns = [
        "origin",
        "ours",
        "theirs",
        "difference",
        "churn_ours",
        "churn_theirs",
        "n_units",
        "n_events",
        "n_visits_found",
    ]
    theirs = {line["origin"]: line for line in methods.get(other, [])}
    rows = []
    for line in sorted(methods.get(OURS, []), key=lambda run: str(run["origin"])):
        rival = theirs.get(line["origin"], {})
        our, their = number_of(line.get(measure)), number_of(rival.get(measure))
        rows.append(
            (
                line["origin"],
                our,
                their,
                our - their,
                number_of(line.get(CHURN)),
                number_of(rival.get(CHURN)),
                *(line.get(name) for name in columns[6:]),
            )
        )
    return pd.DataFrame(rows, columns=columns)


def wrong_flags_table(
    summary: Sequence[Line], case: Case, *, by: str = "wrong_flags"
) -> pd.DataFrame:
    """Return how many of ours' flagged units were wrong, by group.

    Columns ``group, flagged, wrong, share, by_chance``: the last is the share of all the group's
    units in which nothing was found, which a list drawn by lot would come to; NaN where an
    evaluation is from before it was counted.

    ``by``: ``wrong_flags`` by community, ``wrong_flags_by_type`` by type of community.
    """
    ours = of_case(summary, case).get(OURS, [{}])[0]
    rows = [
        (group, int(group_flags["flagged"]), int(group_flags["wrong"]), float(group_flags["share"]),
         float(group_flags.get("by_chance", math.nan)))
        for group, group_flags in (ours.get(by) or {}).items()
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["group", "flagged", "wrong", "share", "by_chance"])
    return frame.sort_values(["flagged", "group"], ascending=[False, True], ignore_index=True)


def calibration_table(summary: Sequence[Line], case: Case) -> pd.DataFrame:
    """Return tenths of the visits by what the score expected: ``tenth, expected, observed``.

    Empty among all units: the score expects finds of a visit, and there nobody need have gone.
    """
    line = of_case(summary, case).get(OURS, [{}])[0]
    rows = [
        (at, float(part["expected"]), float(part["observed"]))
        for at, part in enumerate(line.get("calibration") or [], start=1)
    ]
    return pd.DataFrame(rows, columns=["tenth", "expected", "observed"])


def top_tenth(summary: Sequence[Line], case: Case) -> Mapping[str, float | None] | None:
    """Return by how much the score's top tenth is overstated; None where unknown."""
    line = of_case(summary, case).get(OURS, [{}])[0]
    found: Mapping[str, float | None] | None = line.get("top_tenth")
    return found


def minute_text(moment: datetime, clock: Clock) -> str:
    """Write a moment as the office's wall clock shows it."""
    local = clock.to_local(moment) if moment.tzinfo else moment
    return f"{local:%Y-%m-%d %H:%M}"


def _best_possible(line: Line) -> list[tuple[str, float, float]]:
    reached = [(share, Figure.of(line["means"].get(f"best_hit_{share}"))) for share in BEST_SHARES]
    points = [("best", share / 100, each.mean) for share, each in reached if each.mean is not None]
    return [("best", 0.0, 0.0), *points] if points else []
