"""What is compared: our scorecard and the baselines, as equals on one interface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from geo.errors import GridwardenError
from risk.backtest.baselines import BASELINES, EXPECTS_COUNTS, absent_methods
from risk.backtest.ground import PLACE, positions
from risk.backtest.views import INSPECTED
from risk.history.places import UNIT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from risk.backtest.views import View
    from risk.fitted import OriginScores

SCORECARD, WITHOUT_AREA = "scorecard", "scorecard_no_area"
SCORECARDS: Final = (SCORECARD, WITHOUT_AREA)
METHODS: Final = (*SCORECARDS, *BASELINES)


class UnknownMethodError(GridwardenError):
    """There is no method of this name."""


class Method(Protocol):
    """Anything that can say where to look first."""

    @property
    def name(self) -> str:
        """Name in the results."""

    @property
    def expects_counts(self) -> bool:
        """Whether scores are expected counts, so that calibration has a meaning."""

    def score(self, view: View) -> NDArray[np.float64]:
        """Return one score per unit of the view, higher for "look here first"."""


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """A method that is one function."""

    name: str
    of: Callable[[View], NDArray[np.float64]]

    @property
    def expects_counts(self) -> bool:
        """Whether the function returns expected counts."""
        return self.name in EXPECTS_COUNTS

    def score(self, view: View) -> NDArray[np.float64]:
        """Return the function's scores."""
        return self.of(view)


@dataclass(frozen=True, kw_only=True)
class ScorecardMethod:
    """The fitted scorecard, summed up to the level that is asked for.

    Parameters
    ----------
    name
        With or without what the area tells.
    origins
        Its scores of every place, by the day of the origin.
    """

    name: str
    origins: Mapping[int, OriginScores]
    expects_counts: bool = True

    def score(self, view: View) -> NDArray[np.float64]:
        """Return finds per visit of a place, finds expected in a building or cell.

        Among inspected units the finds per expected visit, since that they are visited is given.
        """
        scores, level = self.origins[view.question.cut], view.question.level
        if level == PLACE:
            at = positions(scores.places[UNIT].to_numpy(dtype=np.str_), view.names)
            risk = np.append(scores.risk, 0.0)  # -1 reads the last: not met by the scorecard
            return np.asarray(risk[at], dtype=np.float64)
        sums = scores.expected(level)
        at = positions(sums["unit"].to_numpy(dtype=np.str_), view.names)
        if not len(sums):
            return np.zeros(len(at))
        expected, reach = (sums[name].to_numpy(np.float64)[at] for name in ("expected", "reach"))
        if view.question.among == INSPECTED:
            expected = np.divide(expected, reach, out=np.zeros_like(expected), where=reach > 0)
        return np.where(at >= 0, expected, 0.0)


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


def baseline(name: str) -> Baseline:
    """Return a baseline by its name."""
    return Baseline(name=name, of=BASELINES[name])
