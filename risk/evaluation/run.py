"""Rolling-origin evaluation: measure every method at each origin, on one read of the data."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from risk.config.score import ScoreConfig
from risk.evaluation.methods.registry import (
    VISIT_MODEL,
    VISIT_MODELS,
    Method,
    baseline,
    choose_methods,
    visit_model,
)
from risk.evaluation.metrics import jaccard
from risk.evaluation.report.fairness import groups_of, types_of
from risk.evaluation.report.summary import summarise
from risk.evaluation.targets.geography import Geography
from risk.evaluation.targets.origins import Split
from risk.evaluation.targets.plans import BacktestError, Plan
from risk.evaluation.targets.questions import ALL, OUTCOMES, Question
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.targets.tables import Tables
from risk.evaluation.view import answer_to, look
from risk.evaluation.window import EvaluationWindow, Measured, measure, visit_question
from risk.events.fetch import day_of
from risk.models.visit_propensity import PropensityForms
from risk.models.visit_risk import score_origins
from risk.visit_design.timeline import Timeline

Progress = Callable[[str, int, int], None]


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
    absent
        Methods that were asked for and cannot run here.
    """

    runs: list[dict[str, Any]]
    summary: list[dict[str, Any]]
    absent: tuple[str, ...]


@dataclass
class Backtest:
    """Evaluates plans on one read of the data; fits are shared between the plans of one event.

    Parameters
    ----------
    tables
        Everything up to the end of the last window.
    """

    tables: Tables
    config: ScoreConfig
    settings: BacktestSettings = field(default_factory=BacktestSettings)

    def __post_init__(self) -> None:
        """Prepare the numbered and projected tables once for all plans."""
        self._geography = Geography.survey(self.tables)

    def run(self, plans: Sequence[Plan], *, progress: Progress | None = None) -> BacktestResult:
        """Evaluate plans, in order.

        Raises
        ------
        BacktestError
            When there is nothing to find in any window of a plan.
        """
        runs: list[dict[str, Any]] = []
        summary: list[dict[str, Any]] = []
        absent: tuple[str, ...] = ()
        visit_models = self._fit(plans, progress)
        total = sum(len(plan.splits) for plan in plans)
        done = 0
        for plan in plans:
            names, missing = _methods_of(plan)
            absent = tuple(dict.fromkeys([*absent, *missing]))
            methods = [
                visit_models[_key(plan, name)] if name in VISIT_MODELS else baseline(name)
                for name in names
            ]
            measured: dict[str, list[Measured]] = {name: [] for name in names}
            first = len(runs)
            for split in plan.splits:
                if progress:
                    progress("backtest", done, total)
                done += 1
                for name, line, result in self._walk(plan, split, methods):
                    churn = _churn(measured[name], result)
                    runs.append({**line, **result.values, "churn": churn})
                    measured[name].append(result)
            summary += summarise(runs[first:], measured, self.settings)
        _check_found_something(runs)
        return BacktestResult(runs=[_known(run) for run in runs], summary=summary, absent=absent)

    def _walk(
        self, plan: Plan, split: Split, methods: Sequence[Method]
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
            result = measure(method, window, k=plan.k or self.settings.k, groups=groups)
            yield method.name, _line(plan, split, method.name, window), result

    def _window(self, question: Question) -> EvaluationWindow:
        tables, rule = self._geography.tables, self.config.exposure
        view = look(self._geography, tables, question, self.settings, rule)
        by_visit = visit_question(question)
        visit_view = view
        if by_visit != question:
            visit_view = look(self._geography, tables, by_visit, self.settings, rule)
        return EvaluationWindow.of(view, answer_to(view, tables), visit_view, tables)

    def _fit(self, plans: Sequence[Plan], progress: Progress | None) -> dict[_Key, Method]:
        """Fit the visit models of all plans, each once; features and propensities are shared."""
        keys = dict.fromkeys(
            _key(plan, name)
            for plan in plans
            for name in _methods_of(plan)[0]
            if name in VISIT_MODELS
        )
        propensities = {
            (key.origins, key.days): PropensityForms(
                timeline=Timeline(
                    facts=self.tables.facts,
                    config=self.config.model,
                    origins=key.origins,
                    horizon_days=key.days,
                    register=self.tables.buildings,
                )
            )
            for key in keys
        }
        methods = {}
        for done, key in enumerate(keys):
            forms = propensities[key.origins, key.days]
            scores = score_origins(
                forms.timeline,
                event=key.outcome,
                area=key.name == VISIT_MODEL,
                propensity=forms if key.among == ALL else None,
                report_progress=_part(progress, "fit", done, len(keys)),
            )
            methods[key] = visit_model(key.name, scores)
        return methods


class _Key(NamedTuple):
    """What a fit of the visit model depends on; days of the origins and of the longest window."""

    name: str
    outcome: str
    among: str
    origins: tuple[int, ...]
    days: int


def _key(plan: Plan, name: str) -> _Key:
    return _Key(
        name=name,
        outcome=OUTCOMES[plan.event],
        among=plan.among,
        origins=tuple(day_of(split.origin) for split in plan.splits),
        days=max(split.horizon_days for split in plan.splits),
    )


def _part(
    progress: Progress | None, stage: str, done: int, whole: int
) -> Callable[[int, int], None] | None:
    """Return the progress callback of one of several equal parts of a stage."""
    if progress is None:
        return None
    return lambda step, steps: progress(stage, done * steps + step, whole * steps)


def _methods_of(plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names, absent = choose_methods(plan.methods)
    if not plan.area:
        names = tuple(name for name in names if name != VISIT_MODEL)
    return names, absent


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
