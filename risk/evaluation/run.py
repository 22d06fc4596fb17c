"""Rolling-origin evaluation: measure every method at each origin, on one read of the data."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, groupby
from typing import Any, Final, NamedTuple

from risk import schema as c
from risk.config.score import ScoreConfig
from risk.evaluation.methods.registry import (
    BY_PLACE,
    SCORE,
    Method,
    baseline,
    choose_methods,
)
from risk.evaluation.methods.score import OriginScore, score_method, score_origin
from risk.evaluation.metrics import jaccard
from risk.evaluation.report.fairness import groups_of, types_of
from risk.evaluation.report.summary import summarise
from risk.evaluation.targets.geography import Geography
from risk.evaluation.targets.origins import Split
from risk.evaluation.targets.plans import BacktestError, Plan
from risk.evaluation.targets.questions import OUTCOMES, Question
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.targets.tables import Tables, read_tables
from risk.evaluation.view import answer_to, make_view
from risk.evaluation.window import EvaluationWindow, Measured, measure, visit_question
from risk.events.fetch import day_of
from risk.events.rows import FeatureSource
from risk.features.cache import RememberedSource

Progress = Callable[[str, int, int], None]
WEEK_DAYS: Final = 7
YEAR_DAYS: Final = 365


@dataclass(frozen=True, kw_only=True)
class BacktestResult:
    """What a backtest reports."""

    runs: list[dict[str, Any]]
    """One object per method, event, unit, origin, horizon and ``among``."""
    summary: list[dict[str, Any]]
    """One object per method, event, unit, horizon and ``among``: means over origins, intervals,
    paired differences from every other method, curves, calibration, wrong flags.
    """


@dataclass
class Backtest:
    """Evaluates plans on one read of the data; fits and scores are shared between plans."""

    tables: Tables
    """Everything up to the end of the last window."""
    source: FeatureSource
    """Where the score reads its rows, and where the tables are read anew as of each origin: an
    engine, pinned to the view of the data that ``tables`` were read from.
    """
    config: ScoreConfig
    settings: BacktestSettings = field(default_factory=BacktestSettings)
    known_at: Callable[[datetime], Tables] | None = None
    """Gives the tables as of an origin instead of ``source``."""

    def __post_init__(self) -> None:
        """Share what is worked out for the score between plans."""
        self._remembered = RememberedSource(self.source)

    def run(self, plans: Sequence[Plan], *, progress: Progress | None = None) -> BacktestResult:
        """Evaluate plans, in order.

        Origins come in order of time, each read once for all plans.

        Raises `BacktestError` when there is nothing to find in any window of a plan.
        """
        runs: list[dict[str, Any]] = []
        summary: list[dict[str, Any]] = []
        scores = self._score(plans, progress)
        parts = [_Part.of(plan, scores) for plan in plans]
        jobs = [(split, part) for part in parts for split in part.plan.splits]
        jobs.sort(key=lambda job: job[0].origin)
        done = count()
        for origin, at_origin in groupby(jobs, key=lambda job: job[0].origin):
            geography = self._geography(origin)
            for split, part in at_origin:
                if progress:
                    progress("backtest", next(done), len(jobs))
                part.k = part.k or self.settings.k or _visits_a_week(geography.tables, origin)
                self._walk(part, split, geography)
        for part in parts:
            runs += part.runs
            summary += summarise(part.runs, part.measured, self.settings)
        _check_found_something(runs)
        return BacktestResult(runs=[_known(run) for run in runs], summary=summary)

    def _geography(self, origin: datetime) -> Geography:
        """Return the tables as seen from an origin, numbered and projected."""
        if self.known_at is not None:
            known = self.known_at(origin)
        else:
            known = read_tables(self.source, cut=origin, config=self.config)
        return Geography.of_tables(self.tables.seen_from(day_of(origin), known))

    def _walk(self, part: _Part, split: Split, geography: Geography) -> None:
        """Measure every method at one origin."""
        plan = part.plan
        question = Question(
            event=plan.event,
            level=plan.unit,
            among=plan.among,
            cut=day_of(split.origin),
            end=day_of(split.end),
        )
        window = self._window(question, geography)
        groups = {
            "wrong_flags": groups_of(window.view),
            "wrong_flags_by_type": types_of(window.view),
        }
        for method in part.methods:
            result = measure(method, window, k=part.k or 1, groups=groups)
            line = _line(plan, split, method.name, window) | {"k": part.k}
            churn = _churn(part.measured[method.name], result)
            part.runs.append({**line, **result.values, "churn": churn})
            part.measured[method.name].append(result)

    def _window(self, question: Question, geography: Geography) -> EvaluationWindow:
        tables, rule = geography.tables, self.config.exposure
        view = make_view(geography, tables, question, self.settings, rule)
        by_visit = visit_question(question)
        visit_view = view
        if by_visit != question:
            visit_view = make_view(geography, tables, by_visit, self.settings, rule)
        return EvaluationWindow.of(view, answer_to(view, tables), visit_view, tables)

    def _score(self, plans: Sequence[Plan], progress: Progress | None) -> dict[_Key, Method]:
        """Score the office at the origins of all plans, each once for one outcome."""
        keys = dict.fromkeys(
            _key(plan, name) for plan in plans for name in _methods_of(plan) if name in BY_PLACE
        )
        jobs = dict.fromkeys((key.origin_key(o), key) for key in keys for o in key.origins)
        kept: dict[tuple[str, str, int], OriginScore] = {}
        for done, ((name, outcome, origin), _) in enumerate(jobs):
            if progress:
                progress("score", done, len(jobs))
            if (name, outcome, origin) not in kept:
                kept[name, outcome, origin] = score_origin(
                    self._remembered, name, origin, config=self.config, outcome=outcome
                )
        return {
            key: score_method(key.name, {o: kept[key.origin_key(o)] for o in key.origins})
            for key in keys
        }


@dataclass
class _Part:
    """What is measured of one plan: its methods, its lines and results by method so far."""

    plan: Plan
    methods: Sequence[Method]
    measured: dict[str, list[Measured]]
    k: int | None
    runs: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, plan: Plan, scores: Mapping[_Key, Method]) -> _Part:
        names = _methods_of(plan)
        methods = [scores[_key(plan, n)] if n in BY_PLACE else baseline(n) for n in names]
        return cls(plan=plan, methods=methods, measured={n: [] for n in names}, k=plan.k)


def _visits_a_week(tables: Tables, origin: datetime) -> int:
    """Return how many visits with a result the office made in a week of the year before."""
    cut = day_of(origin)
    visits = tables.before(cut).facts.visits
    day = visits.loc[visits["found"].notna(), c.DAY]
    day = day[day >= cut - YEAR_DAYS]
    return max(1, round(WEEK_DAYS * len(day) / (cut - day.min()))) if len(day) else 1


class _Key(NamedTuple):
    """What a score of a plan depends on; days of the origins."""

    name: str
    outcome: str
    origins: tuple[int, ...]

    def origin_key(self, origin: int) -> tuple[str, str, int]:
        """Name one origin's score."""
        return self.name, self.outcome, origin


def _key(plan: Plan, name: str) -> _Key:
    return _Key(
        name=name,
        outcome=OUTCOMES[plan.event],
        origins=tuple(day_of(split.origin) for split in plan.splits),
    )


def _methods_of(plan: Plan) -> tuple[str, ...]:
    names = choose_methods(plan.methods)
    return names if plan.area else tuple(name for name in names if name != SCORE)


def _line(plan: Plan, split: Split, method: str, window: EvaluationWindow) -> dict[str, Any]:
    """Say which line of ``runs`` this is."""
    return {
        "method": method,
        "event": plan.event,
        "unit": plan.unit,
        "origin": split.origin.date().isoformat(),
        "horizon_days": split.horizon_days,
        "horizon": plan.horizon,
        "among": plan.among,
        "n_units": len(window.view.units),
        "n_events": int(window.answer.total),
        "n_visits": len(window.visits),
        "n_visits_found": int(window.found.sum()),
    }


def _known(run: dict[str, Any]) -> dict[str, Any]:
    """Write None where a measure has no value: JSON knows no NaN."""
    return {
        name: None if isinstance(value, float) and math.isnan(value) else value
        for name, value in run.items()
    }


def _churn(earlier: Sequence[Measured], result: Measured) -> float:
    """Compare the first k units with those of the origin before (Jaccard)."""
    return jaccard(earlier[-1].flagged, result.flagged) if earlier else math.nan


def _check_found_something(runs: Sequence[dict[str, Any]]) -> None:
    if not any(run["n_events"] or run["n_visits_found"] for run in runs):
        events = sorted({run["event"] for run in runs})
        raise BacktestError(
            "backtest_without_events",
            seen=", ".join(events),
            what_to_do="Choose origins within the data, or another --event.",
        )
