"""Rolling-origin evaluation: measure every method at each origin, on one read of the data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
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
from risk.evaluation.targets.tables import Tables
from risk.evaluation.view import answer_to, look
from risk.evaluation.window import EvaluationWindow, Measured, measure, visit_question
from risk.events.fetch import day_of
from risk.events.rows import FeatureSource
from risk.features.cache import RememberedSource

Progress = Callable[[str, int, int], None]
WEEK_DAYS: Final = 7
YEAR_DAYS: Final = 365


@dataclass(frozen=True, kw_only=True)
class BacktestResult:
    """What a backtest reports.

    Parameters
    ----------
    runs
        One object per method, event, unit, origin, horizon and ``among``.
    summary
        One object per method, event, unit, horizon and ``among``: means over origins, intervals,
        paired differences from every other method, curves, calibration, wrong flags.
    """

    runs: list[dict[str, Any]]
    summary: list[dict[str, Any]]


@dataclass
class Backtest:
    """Evaluates plans on one read of the data; fits and scores are shared between plans.

    Parameters
    ----------
    tables
        Everything up to the end of the last window.
    source
        Where the score reads its rows: an engine, pinned to the view of the data that
        ``tables`` were read from.
    """

    tables: Tables
    source: FeatureSource
    config: ScoreConfig
    settings: BacktestSettings = field(default_factory=BacktestSettings)

    def __post_init__(self) -> None:
        """Prepare the numbered and projected tables once for all plans."""
        self._geography = Geography.survey(self.tables)
        self._remembered = RememberedSource(self.source)

    def run(self, plans: Sequence[Plan], *, progress: Progress | None = None) -> BacktestResult:
        """Evaluate plans, in order.

        Raises
        ------
        BacktestError
            When there is nothing to find in any window of a plan.
        """
        runs: list[dict[str, Any]] = []
        summary: list[dict[str, Any]] = []
        scores = self._score(plans, progress)
        total = sum(len(plan.splits) for plan in plans)
        done = 0
        for plan in plans:
            names = _methods_of(plan)
            methods = [
                scores[_key(plan, name)] if name in BY_PLACE else baseline(name) for name in names
            ]
            k = plan.k or self.settings.k or self._visits_a_week(plan)
            measured: dict[str, list[Measured]] = {name: [] for name in names}
            first = len(runs)
            for split in plan.splits:
                if progress:
                    progress("backtest", done, total)
                done += 1
                for name, line, result in self._walk(plan, split, methods, k=k):
                    churn = _churn(measured[name], result)
                    runs.append({**line, **result.values, "churn": churn})
                    measured[name].append(result)
            summary += summarise(runs[first:], measured, self.settings)
        _check_found_something(runs)
        return BacktestResult(runs=[_known(run) for run in runs], summary=summary)

    def _walk(
        self, plan: Plan, split: Split, methods: Sequence[Method], *, k: int
    ) -> Iterator[tuple[str, dict[str, Any], Measured]]:
        """Measure every method at one origin."""
        question = Question(
            event=plan.event,
            level=plan.unit,
            among=plan.among,
            cut=day_of(split.origin),
            end=day_of(split.end),
        )
        window = self._window(question)
        groups = {
            "wrong_flags": groups_of(window.view),
            "wrong_flags_by_type": types_of(window.view),
        }
        for method in methods:
            result = measure(method, window, k=k, groups=groups)
            yield method.name, _line(plan, split, method.name, window) | {"k": k}, result

    def _visits_a_week(self, plan: Plan) -> int:
        """Return how many visits with a result the office made in a week of the year before."""
        cut = min(day_of(split.origin) for split in plan.splits)
        visits = self.tables.before(cut).facts.visits
        day = visits.loc[visits["found"].notna(), c.DAY]
        day = day[day >= cut - YEAR_DAYS]
        return max(1, round(WEEK_DAYS * len(day) / (cut - day.min()))) if len(day) else 1

    def _window(self, question: Question) -> EvaluationWindow:
        tables, rule = self._geography.tables, self.config.exposure
        view = look(self._geography, tables, question, self.settings, rule)
        by_visit = visit_question(question)
        visit_view = view
        if by_visit != question:
            visit_view = look(self._geography, tables, by_visit, self.settings, rule)
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
