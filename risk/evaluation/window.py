"""All measures of one ranking of units in one evaluation window."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from risk import schema as c
from risk.arrays import Bools, Floats, Texts
from risk.evaluation import metrics as m
from risk.evaluation.methods.registry import Method
from risk.evaluation.targets.geography import BUILDING, PLACE, number_column
from risk.evaluation.targets.questions import (
    ALL,
    INSPECTED,
    Question,
    found_something,
    window_visits,
)
from risk.evaluation.targets.tables import Tables
from risk.evaluation.view import Answer, View

SHARES: Final = {1: 0.01, 5: 0.05, 10: 0.10, 20: 0.20}
CURVE_POINTS: Final = 101
FRACTIONS: Final = np.linspace(0.0, 1.0, CURVE_POINTS)


@dataclass(frozen=True, kw_only=True)
class EvaluationWindow:
    """One origin's window: the views to be scored and what then happened.

    ``view``, ``answer``: the ranked units.
    ``visits``, ``found``: the visits of the window with a result, and which of them found what is
    asked for.
    """

    view: View
    answer: Answer
    visits: pd.DataFrame
    found: Bools
    visit_view: View
    """What the visits are scored by: their places among inspected buildings, else the units."""
    visit_at: NDArray[np.intp]
    """Each visit's position in ``visit_view``, -1 where its unit was not known."""
    unit_tie: NDArray[np.uint64]
    visit_tie: NDArray[np.uint64]

    @classmethod
    def of(cls, view: View, answer: Answer, visit_view: View, tables: Tables) -> Self:
        """Put a window together."""
        question, seed = view.question, view.settings.tie_seed
        visits = window_visits(tables, question)
        numbers = visits[number_column(visit_view.question.level)].to_numpy()
        return cls(
            view=view,
            answer=answer,
            visits=visits,
            found=found_something(visits, tables, question),
            visit_view=visit_view,
            visit_at=visit_view.position(numbers),
            unit_tie=m.tie_numbers(view.names, seed=seed),
            visit_tie=m.tie_numbers(map(str, range(len(visits))), seed=seed),
        )


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one method reached in one window.

    ``unit_curve``, ``visit_curve``: share of the events within the first 0, 1, …, 100 % of the
    units, and of the finds within the first per cent of the visits.
    """

    values: dict[str, Any]
    """The measures of one line of ``runs``."""
    flagged: frozenset[str]
    """The first k units."""
    unit_curve: Floats
    visit_curve: Floats
    calibration: list[dict[str, float]]
    """Tenths of expected and observed; empty where scores are no expected counts."""
    wrong_flags: dict[str, dict[str, tuple[int, int, int, int]]]
    """Per way of grouping and group of units: how many were flagged, in how many of them nothing
    happened, and the same two numbers of all its units, flagged or not.
    """


def visit_question(question: Question) -> Question:
    """Return by what the visits of a window are scored: among inspected buildings, by place."""
    if question.level == BUILDING and question.among == INSPECTED:
        return replace(question, level=PLACE)
    return question


def measure(
    method: Method, window: EvaluationWindow, *, k: int, groups: Mapping[str, Texts]
) -> Measured:
    """Score a window by a method and measure the order against what happened.

    ``k``: a week's capacity, in units. ``groups``: by way of grouping, a group per unit of the
    view, for the share of wrong flags; empty text for none.
    """
    score = method.score(window.view)
    order = m.rank_order(score, window.unit_tie)
    same = window.visit_view is window.view
    visit_score = _visit_scores(score if same else method.score(window.visit_view), window)
    visit_order = m.rank_order(visit_score, window.visit_tie)
    events, flagged = window.answer.events, order[:k]
    sizes = {str(each): each for each in window.view.settings.capacities} | {"k": k}
    among_inspected = window.view.question.among == INSPECTED
    by_unit = m.area_under_curve(events > 0, score)
    by_visit = m.area_under_curve(window.found, visit_score)
    values = {
        **_area_measures(events, order, window.answer.total),
        **_list_measures(events, order, sizes),
        "auc": by_visit if among_inspected else by_unit,
        "auc_units": by_unit,
        "auc_visits": by_visit,
        "spearman": m.rank_correlation(events, score),
        **_visit_measures(window, visit_order, sizes),
    }
    return Measured(
        values=values,
        flagged=frozenset(window.view.names[flagged].tolist()),
        unit_curve=_curve(events[order], window.answer.total),
        visit_curve=_curve(window.found[visit_order].astype(np.float64), window.found.sum()),
        calibration=_calibrate(method, window, visit_score),
        wrong_flags={name: _wrong_flags(events, flagged, each) for name, each in groups.items()},
    )


def _visit_scores(score: Floats, window: EvaluationWindow) -> Floats:
    """Give each visit its unit's score; of a unit that was not known nothing but the mean is."""
    mean = float(score.mean()) if len(score) else 0.0
    return np.append(score, mean)[window.visit_at]


def _area_measures(events: Floats, order: NDArray[np.intp], total: float) -> dict[str, float]:
    values: dict[str, float] = {}
    for percent, share in SHARES.items():
        values[f"hit_{percent}"] = m.hit_rate(events, order, share=share, total=total)
        values[f"best_hit_{percent}"] = m.best_hit_rate(events, share=share, total=total)
        values[f"pai_{percent}"] = m.accuracy_index(events, order, share=share, total=total)
        values[f"pei_{percent}"] = m.efficiency_index(events, order, share=share)
    return values


def _list_measures(
    events: Floats, order: NDArray[np.intp], sizes: Mapping[str, int]
) -> dict[str, float]:
    values: dict[str, float] = {}
    for name, size in sizes.items():
        values[f"precision_at_{name}"] = m.precision_at(events, order, k=size)
        values[f"recall_at_{name}"] = m.recall_at(events, order, k=size)
    return values


def _visit_measures(
    window: EvaluationWindow, order: NDArray[np.intp], sizes: Mapping[str, int]
) -> dict[str, float]:
    found = window.found.astype(np.float64)
    day = window.visits[c.DAY].to_numpy().astype(np.float64)
    return {
        "days_earlier": m.days_earlier(day, window.found, order),
        "found_first_half": m.found_in_first_half(window.found, order),
        **{
            f"precision_at_{name}_visits": m.precision_at(found, order, k=size)
            for name, size in sizes.items()
        },
    }


def _curve(events: Floats, total: float) -> Floats:
    """Return the share found within the first 0 … 100 % of an order."""
    if not total or not len(events):
        return np.full(CURVE_POINTS, math.nan)
    shares = np.concatenate([[0.0], np.cumsum(events)]) / total
    return np.asarray(shares[np.rint(FRACTIONS * len(events)).astype(int)])


def _calibrate(
    method: Method, window: EvaluationWindow, visit_score: Floats
) -> list[dict[str, float]]:
    if not method.expects_finds or window.view.question.among == ALL:
        return []
    known = window.visit_at >= 0
    return m.calibrate(visit_score[known], window.found[known].astype(np.float64))


def _wrong_flags(
    events: Floats, flagged: NDArray[np.intp], groups: Texts
) -> dict[str, tuple[int, int, int, int]]:
    names, at = np.unique(groups, return_inverse=True)
    nothing, size = events <= 0, len(names)
    counts = (
        np.bincount(at[flagged], minlength=size),
        np.bincount(at[flagged], nothing[flagged], minlength=size),
        np.bincount(at, minlength=size),
        np.bincount(at, nothing, minlength=size),
    )
    rows = zip(names, *counts, strict=True)
    return {str(name): (int(n), int(w), int(a), int(b)) for name, n, w, a, b in rows if name}
