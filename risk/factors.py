"""The factors of the scorecard: which feature each reads, how, and what sign policy allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import GridwardenError
from risk import columns as c

BASE: Final = "exposure"
"""Name of the points that a unit has for its doors alone, before anything was seen there."""


class FactorError(GridwardenError):
    """A weight is given for an unknown factor, or with a sign that policy forbids."""


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One factor of the scorecard.

    Parameters
    ----------
    column
        The feature it reads.
    scale
        ``surplus`` for decayed weights and counts: log(1 + w / (1 + usual)), with ``usual`` what a
        building of this exposure has on the average of the office. So a tenth event says less than
        the first, and ten events at two hundred doors say less than ten at twenty: the doors are
        in the exposure already. Nothing seen gives 0, not less: where nobody looked nothing is
        seen. ``plain`` for what is already a log ratio or a share.
    sign
        +1 where the factor may only raise the score, -1 only lower it, 0 either.
    """

    name: str
    column: str
    scale: Literal["surplus", "plain"] = "surplus"
    sign: Literal[-1, 0, 1] = 1

    def values(
        self, frame: pd.DataFrame, exposure: NDArray[np.float64], usual: Mapping[str, float]
    ) -> NDArray[np.float64]:
        """Return x, one per row; an absent column and an unknown value read 0, "no effect".

        ``usual``: mass per unit of exposure in the whole office, by column.
        """
        if self.column not in frame:
            return np.zeros(len(frame))
        raw = np.nan_to_num(frame[self.column].to_numpy(np.float64), nan=0.0)
        if self.scale == "plain":
            return np.asarray(raw)
        return np.asarray(np.log1p(raw / (1.0 + usual.get(self.column, 0.0) * exposure)))


FACTORS: Final[tuple[Factor, ...]] = (
    Factor(name="complaints", column=c.COMPLAINTS),
    Factor(name="violations", column=c.VIOLATIONS),
    Factor(name="inspections_found", column=c.FOUND),
    Factor(name="inspections_not_found", column=c.NOT_FOUND, sign=-1),
    Factor(name="inspections_no_access", column=c.NO_ACCESS),
    Factor(name="rental_business_tenant", column=c.BUSINESS_TENANT),
    Factor(name="rental_shared_tenant", column=c.SHARED_TENANT),
    Factor(name="rental_short_term", column=c.SHORT_TERM),
    Factor(name="ring", column=c.RING, scale="plain"),
    Factor(name="unvisited", column=c.UNVISITED, scale="plain"),
    *(
        Factor(name=level, column=level, scale="plain")
        for level in (
            *(c.HISTORY_UNIT, c.HISTORY_OPERATOR, c.HISTORY_BUILDING, c.HISTORY_KIND),
            *(c.HISTORY_RING, c.HISTORY_AREA, c.HISTORY_GRID),
        )
    ),
    Factor(name="visits_other", column=c.VISITS_OTHER, sign=0),
)


def design_matrix(
    frame: pd.DataFrame,
    *,
    exposure: NDArray[np.float64],
    usual: Mapping[str, float],
    factors: Sequence[Factor] = FACTORS,
) -> NDArray[np.float64]:
    """Return x of every row and factor, shape (rows, factors); parameters as `Factor.values`."""
    return np.column_stack([factor.values(frame, exposure, usual) for factor in factors])


def check_weights(weights: Mapping[str, float], factors: Sequence[Factor]) -> None:
    """Check that every weight belongs to a factor and keeps to its sign.

    Raises
    ------
    FactorError
        Naming every unknown factor and every wrong sign.
    """
    signs = {factor.name: factor.sign for factor in factors}
    unknown = [name for name in weights if name not in signs]
    wrong = [
        f"{name} {weight:g}"
        for name, weight in weights.items()
        if signs.get(name, 0) * weight < 0 or not np.isfinite(weight)
    ]
    if unknown or wrong:
        raise FactorError(
            "scorecard_weights_invalid",
            unknown=unknown or None,
            wrong_sign=wrong or None,
            expected=", ".join(signs),
        )
