"""The factors of the scorecard: which feature each reads, how, and what sign policy allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from geo.errors import GridwardenError
from risk import schema as c
from risk.arrays import Floats

BASE: Final = "exposure"
"""Name of the points that a unit has for its doors alone, before anything was seen there."""


class FactorError(GridwardenError):
    """A weight is given for an unknown factor, or with a sign that policy forbids."""


@dataclass(frozen=True, kw_only=True)
class Factor:
    """One factor of the scorecard, named as the feature it reads, its weight and its points.

    Parameters
    ----------
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
    scale: Literal["surplus", "plain"] = "surplus"
    sign: Literal[-1, 0, 1] = 1

    def values(self, frame: pd.DataFrame, exposure: Floats, usual: Mapping[str, float]) -> Floats:
        """Return x, one per row; an absent column and an unknown value read 0, "no effect".

        ``usual``: mass per unit of exposure in the whole office, by column.
        """
        if self.name not in frame:
            return np.zeros(len(frame))
        raw = np.nan_to_num(frame[self.name].to_numpy(np.float64), nan=0.0)
        if self.scale == "plain":
            return np.asarray(raw)
        return np.asarray(np.log1p(raw / (1.0 + usual.get(self.name, 0.0) * exposure)))


FACTORS: Final[tuple[Factor, ...]] = (
    Factor(name=c.COMPLAINTS),
    Factor(name=c.VIOLATIONS),
    Factor(name=c.FOUND),
    Factor(name=c.NOT_FOUND, sign=-1),
    *(Factor(name=n) for n in (c.NO_ACCESS, c.BUSINESS_TENANT, c.SHARED_TENANT, c.SHORT_TERM)),
    *(
        Factor(name=name, scale="plain")
        for name in (
            *(c.RING, c.UNVISITED, c.HISTORY_UNIT, c.HISTORY_OPERATOR, c.HISTORY_BUILDING),
            *(c.HISTORY_KIND, c.HISTORY_RING, c.HISTORY_AREA, c.HISTORY_GRID),
        )
    ),
    Factor(name=c.VISITS_OTHER, sign=0),
)


def design_matrix(
    frame: pd.DataFrame,
    *,
    exposure: Floats,
    usual: Mapping[str, float],
) -> Floats:
    """Return x of every row and factor, shape (rows, factors); parameters as `Factor.values`."""
    return np.column_stack([factor.values(frame, exposure, usual) for factor in FACTORS])


def check_weights(weights: Mapping[str, float]) -> None:
    """Check that every weight belongs to a factor and keeps to its sign.

    Raises
    ------
    FactorError
        Naming every unknown factor and every wrong sign.
    """
    signs = {factor.name: factor.sign for factor in FACTORS}
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
