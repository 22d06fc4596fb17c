"""The methods that are compared, behind one interface: ours and the baselines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.errors import GridwardenError
from risk.arrays import Floats
from risk.evaluation.methods.baselines import BASELINES
from risk.evaluation.methods.smoothed_rate import score_by_smoothed_rate
from risk.evaluation.methods.trees import score_by_trees
from risk.evaluation.targets.geography import BUILDING, PLACE, positions
from risk.evaluation.targets.questions import ALL, INSPECTED
from risk.evaluation.view import View
from risk.models.visit_propensity import PropensityForms, units_of
from risk.models.visit_risk import OriginScores, score_origins
from risk.visit_design.units import IS_KNOWN, UNIT

MAP_SCORE = "map_score"
VISIT_MODEL, WITHOUT_AREA = "visit_model", "visit_model_no_area"
VISIT_MODELS: Final = (VISIT_MODEL, WITHOUT_AREA)
SMOOTHED_RATE, TREES = "smoothed_rate", "trees"
BY_PLACE: Final = (*VISIT_MODELS, SMOOTHED_RATE, TREES)
"""Methods that score places (flats, licences) and are fitted once for all origins."""
METHODS: Final = (MAP_SCORE, *VISIT_MODELS, *BASELINES, SMOOTHED_RATE, TREES)


class UnknownMethodError(GridwardenError):
    """There is no method of this name."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """Anything that can say where to look first.

    Parameters
    ----------
    score
        Returns one score per unit of a view, higher for "look here first".
    expects_counts
        Whether scores are expected counts of what is asked, so that calibration has a meaning.
    expects_confirmed
        Turns the scores of a view among all units into the confirmed events that they let expect
        within the window; None where scores are something else.
    """

    name: str
    score: Callable[[View], Floats]
    expects_counts: bool
    expects_confirmed: Callable[[View, Floats], Floats] | None = None


def score_places(
    name: str,
    forms: PropensityForms,
    *,
    event: str,
    among: str,
    report_progress: Callable[[int, int], None] | None = None,
) -> dict[int, OriginScores]:
    """Score the places of each origin by one of `BY_PLACE`.

    ``forms``: the chance of a visit, read among all units alone, with the timeline. ``event``:
    ``found`` or ``critical``. See `risk.models.visit_risk.score_origins`.
    """
    timeline, among_all = forms.timeline, among == ALL
    propensity = forms if among_all else None
    if name == TREES:
        return score_by_trees(
            timeline, event=event, among_all=among_all, report_progress=report_progress
        )
    if name == SMOOTHED_RATE:
        return score_by_smoothed_rate(
            timeline, event=event, propensity=propensity, report_progress=report_progress
        )
    return score_origins(
        timeline,
        event=event,
        area=name == VISIT_MODEL,
        propensity=propensity,
        report_progress=report_progress,
    )


def by_place(name: str, origins: Mapping[int, OriginScores]) -> Method:
    """Return one of `BY_PLACE` as a method; ``origins`` are its scores by day of the origin.

    Its scores are the finds expected. Of one visit: at a place; at its most promising place in a
    building among inspected ones; at its places on average in a cell among inspected ones. Within
    the window, so times the visits expected there, where all units are ranked.
    """

    def score(view: View) -> Floats:
        scores, level = origins[view.question.cut], view.question.level
        if level == PLACE:
            return _at(scores.places[UNIT], scores.risk, view)
        if view.question.among != INSPECTED:
            sums = scores.expected(level)
            return _at(sums["unit"], sums["expected"], view)
        known = scores.places[IS_KNOWN].to_numpy(bool)
        risk = pd.Series(scores.risk).groupby(units_of(scores.places, level).where(known, ""))
        best = risk.max() if level == BUILDING else risk.mean()
        return _at(best.index, best, view)

    return Method(name=name, score=score, expects_counts=True)


def baseline(name: str) -> Method:
    """Return a baseline by its name."""
    return Method(name=name, score=BASELINES[name], expects_counts=False)


def _at(names: ArrayLike, values: ArrayLike, view: View) -> Floats:
    """Read values off by name at the view's units; 0 where the model knows none."""
    at = positions(np.asarray(names, dtype=np.str_), view.names)
    # Position -1 reads the last entry.
    return np.append(np.asarray(values, dtype=np.float64), 0.0)[at]


def choose_methods(names: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the methods to run, in the order of `METHODS`; all where none are named.

    Raises
    ------
    UnknownMethodError
        When a name is no method.
    """
    unknown = [name for name in names if name not in METHODS]
    if unknown:
        raise UnknownMethodError(
            "method_unknown", seen=", ".join(unknown), expected=", ".join(METHODS)
        )
    return tuple(name for name in METHODS if not names or name in names)
