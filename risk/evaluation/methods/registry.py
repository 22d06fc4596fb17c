"""The methods that are compared, behind one interface: ours and the baselines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from geo.errors import GridwardenError
from risk.arrays import Floats
from risk.evaluation.methods.baselines import BASELINES
from risk.evaluation.view import View

SCORE, WITHOUT_AREA = "score", "score_no_area"
SCORES: Final = (SCORE, WITHOUT_AREA)
SMOOTHED_RATE, TREES = "smoothed_rate", "trees"
BY_PLACE: Final = (*SCORES, SMOOTHED_RATE, TREES)
"""Methods that are learnt from the visits before an origin and score places (flats, licences)."""
METHODS: Final = (*SCORES, *BASELINES, SMOOTHED_RATE, TREES)


class UnknownMethodError(GridwardenError):
    """There is no method of this name."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """Anything that can say where to look first."""

    name: str
    score: Callable[[View], Floats]
    """Returns one score per unit of a view, higher for "look here first"."""
    expects_finds: bool = False
    """Whether scores are the finds expected of one visit, so that calibration among inspected units
    has a meaning.
    """


def baseline(name: str) -> Method:
    """Return a baseline by its name."""
    return Method(name=name, score=BASELINES[name])


def choose_methods(names: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the methods to run, in the order of `METHODS`; all where none are named.

    Raises `UnknownMethodError` when a name is no method.
    """
    unknown = [name for name in names if name not in METHODS]
    if unknown:
        raise UnknownMethodError(
            "method_unknown", seen=", ".join(unknown), expected=", ".join(METHODS)
        )
    return tuple(name for name in METHODS if not names or name in names)
