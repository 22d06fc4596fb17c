"""The fitted chance of a find per visit, and the distribution of finds of a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import numpy as np

from geo.errors import GridwardenError
from risk.arrays import Bools, Floats
from risk.models.cloglog import chance_of

State = Literal["policy", "learnt"]
TERMS: Final = ("level", "slope", "evening", "revisit", "waiting")
LEAST_EXPECTED: Final = 1e-6
"""A score of 0 is taken as this expected count."""
MOST_CHANCE: Final = 0.95
_DRAWS: Final = 1_000


class FindsError(GridwardenError):
    """A chance or an expected count cannot be used."""


@dataclass(frozen=True, kw_only=True)
class FindModel:
    """Chance of a find per visit.

    Parameters
    ----------
    state
        ``policy`` where there was not enough to learn from, ``learnt`` otherwise.
    terms
        Level, slope, and effects of the evening (beside the usual mix of day and evening), of a
        revisit and of a report that waits, as in `TERMS`; shape (5,).
    covariance
        Of the terms, shape (5, 5).
    reference
        Expected count at which the level holds, > 0.
    evening_share
        Share of evenings among the visits learnt from.
    week_spread
        Standard deviation of the log of a week's own factor.
    visits, finds, finds_needed
        What it stands on, and what policy asks for.
    trained_from, trained_until
        First and last moment of the visits read, local time; None where there are none.
    """

    state: State
    terms: Floats
    covariance: Floats
    reference: float
    evening_share: float
    week_spread: float
    visits: int
    finds: int
    finds_needed: float
    trained_from: datetime | None
    trained_until: datetime | None

    def chance(
        self,
        expected: Floats,
        *,
        evening: Bools | bool | None = None,
        revisit: Bools | bool = False,
        waiting: Bools | bool = False,
    ) -> Floats:
        """Return the chance that one visit finds something.

        Parameters
        ----------
        expected
            Expected count within the horizon (score / 1000), ≥ 0, shape (n,); NaN where unknown.
        evening
            Whether the visit is in the evening; the usual mix of both when None.
        revisit
            Whether it goes back to where something was found.
        waiting
            Whether a report of the building waits for an answer (`risk.visit_yield.open_reports`).

        The result: 0 to `MOST_CHANCE`, NaN where the expected count is, shape (n,).

        Raises
        ------
        FindsError
            For an expected count below 0.
        """
        e = np.asarray(expected, np.float64)
        if (e < 0).any():
            raise FindsError("expected_count_negative", seen=float(np.nanmin(e)), expected="≥ 0")
        z = np.log(np.maximum(e, LEAST_EXPECTED) / self.reference)
        x = self._design(z, evening=evening, revisit=revisit, waiting=waiting)
        return np.asarray(np.minimum(chance_of(x @ self.terms), MOST_CHANCE))

    def interval(
        self,
        chances: Floats,
        level: float,
        *,
        evening: Bools | bool | None = None,
        revisit: Bools | bool = False,
        waiting: Bools | bool = False,
    ) -> tuple[float, float]:
        """Return how many finds a list of visits may bring: both ends inclusive.

        The terms and the week's factor are drawn from what is known of them, then each visit's
        outcome; the ends are quantiles of the number found. Always the same for the same list.

        ``chances``: as `chance` gives them, one per visit, times whatever the hour is worth; NaN
        counts as 0. ``level``: probability that the number is inside, above 0, below 1.
        ``evening``, ``revisit``, ``waiting``: what `chance` was asked with, for all visits or one
        each.

        Raises
        ------
        FindsError
            For chances outside 0 to 1 or such a level.
        """
        p = np.nan_to_num(np.asarray(chances, np.float64))
        if (p < 0).any() or (p > 1).any() or not 0 < level < 1:
            raise FindsError("chance_out_of_range", seen=f"{p.min(initial=0):g}, {level:g}",
                             expected="chances from 0 to 1, a level between 0 and 1")  # fmt: skip
        if not (p > 0).any():
            return 0.0, 0.0
        x = self._design(np.zeros(len(p)), evening=evening, revisit=revisit, waiting=waiting)
        finds = self._draw(p[p > 0], x[p > 0])
        tail = (1 - level) / 2
        low, high = np.quantile(finds, [tail, 1 - tail], method="inverted_cdf")
        return float(low), float(high)

    def _design(
        self,
        z: Floats,
        *,
        evening: Bools | bool | None,
        revisit: Bools | bool,
        waiting: Bools | bool,
    ) -> Floats:
        """Return the columns that `terms` weighs, shape (n, 5)."""
        shift = 0.0 if evening is None else np.asarray(evening, np.float64) - self.evening_share
        effects = (shift, *(np.asarray(each, np.float64) for each in (revisit, waiting)))
        return np.column_stack(
            [np.ones_like(z), z, *(np.broadcast_to(e, z.shape) for e in effects)]
        )

    def _draw(self, p: Floats, x: Floats) -> Floats:
        """Draw the number found of visits with these chances, `_DRAWS` times.

        ``x`` holds their columns but for the slope's, which is what their chances leave over.
        """
        rng = np.random.default_rng(len(p))
        eta = np.log(-np.log1p(-np.minimum(p, MOST_CHANCE)))
        x = x.copy()
        x[:, 1] = (eta - x @ self.terms) / self.terms[1]
        off = rng.multivariate_normal(np.zeros(len(TERMS)), self.covariance, size=_DRAWS)
        week = self.week_spread * (rng.standard_normal(_DRAWS) - self.week_spread / 2)
        drawn = eta + off @ x.T + week[:, None]
        chance = chance_of(drawn)
        # A sum of unlike chances, by the binomial with its mean and variance.
        mean, square = chance.sum(axis=1), (chance**2).sum(axis=1)
        trials = np.maximum(np.ceil(mean**2 / square - 1e-9), 1.0)
        number = rng.binomial(trials.astype(np.int64), np.minimum(mean / trials, 1.0))
        return np.asarray(number, dtype=np.float64)
