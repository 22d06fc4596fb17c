"""The methods that are compared, behind one interface: ours and the baselines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from geo.errors import GridwardenError
from risk.arrays import Floats
from risk.evaluation.methods.baselines import BASELINES, EXPECTS_COUNTS, absent_methods
from risk.evaluation.view import View

SCORE, WITHOUT_AREA = "score", "score_no_area"
SCORES: Final = (SCORE, WITHOUT_AREA)
METHODS: Final = (*SCORES, *BASELINES)


class UnknownMethodError(GridwardenError):
    """There is no method of this name."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """Anything that can say where to look first.

    Parameters
    ----------
    score
        Returns one score per unit of a view, higher for "look here first".
    expects_finds
        Whether scores are the finds expected of one visit, so that calibration among inspected
        units has a meaning.
    expects_events
        Whether they are the events expected of a unit within the window, so that it has one among
        all units.
    """

    name: str
    score: Callable[[View], Floats]
    expects_finds: bool = False
    expects_events: bool = False


def baseline(name: str) -> Method:
    """Return a baseline by its name."""
    expects = name in EXPECTS_COUNTS
    return Method(name=name, score=BASELINES[name], expects_finds=expects, expects_events=expects)


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
