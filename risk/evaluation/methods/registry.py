"""The methods that are compared, the visit model and the baselines, behind one interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.errors import GridwardenError
from risk.arrays import Floats
from risk.evaluation.methods.baselines import BASELINES, EXPECTS_COUNTS, absent_methods
from risk.evaluation.targets.geography import BUILDING, PLACE, positions
from risk.evaluation.targets.questions import INSPECTED
from risk.evaluation.view import View
from risk.models.visit_propensity import units_of
from risk.models.visit_risk import OriginScores
from risk.visit_design.units import IS_KNOWN, UNIT

VISIT_MODEL, WITHOUT_AREA = "visit_model", "visit_model_no_area"
VISIT_MODELS: Final = (VISIT_MODEL, WITHOUT_AREA)
METHODS: Final = (*VISIT_MODELS, *BASELINES)


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
        Whether scores are expected counts, so that calibration has a meaning.
    """

    name: str
    score: Callable[[View], Floats]
    expects_counts: bool


def visit_model(name: str, origins: Mapping[int, OriginScores]) -> Method:
    """Return the fitted visit model as a method; ``origins`` are its scores by day of the origin.

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
    return Method(name=name, score=BASELINES[name], expects_counts=name in EXPECTS_COUNTS)


def _at(names: ArrayLike, values: ArrayLike, view: View) -> Floats:
    """Read values off by name at the view's units; 0 where the model knows none."""
    at = positions(np.asarray(names, dtype=np.str_), view.names)
    # Position -1 reads the last entry.
    return np.append(np.asarray(values, dtype=np.float64), 0.0)[at]


def choose_methods(names: Sequence[str] = ()) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the methods to run and those that cannot run here; all where none are named.

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
    wanted = tuple(name for name in METHODS if not names or name in names)
    absent = tuple(name for name in absent_methods() if name in wanted)
    return tuple(name for name in wanted if name not in absent), absent
