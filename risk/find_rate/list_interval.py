"""How many finds a list of visits may bring.

The interval of a building's score tells how far its rate is off: by the weights, by the level of
the coming weeks, and by what no column tells, of which a share is its own and the rest its
neighbours' as well. With σ the spread of the log of the rate between the ends of the interval, the
rate is off by √r of itself. Two parts of that are known, the level's spread and the variance v of
what no column tells, of which a share is the building's own and the rest its neighbours' as well.
What is left it has in common with others by the weights:

    w² = max(r - level² - v, 0),   r = √(1 + 2σ²) - 1,   σ = (ln Θ_high - ln Θ_low) / (2 z)

(r + r²/2 is the variance of the log of a Gamma variable of relative variance r, to second order).
The level is drawn once for the whole list, what is a building's own for each building, however many
visits go to it, and what its neighbours share as `risk.find_rate.own_rate` says. What is left is
taken as common to the whole list: one draw moves every building by its own w. Buildings of a list
are alike – it is what put them there –, so their errors point mostly the same way; where they do
not, the interval is wider than it need be. What each visit finds is drawn last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.special import ndtri

from geo.errors import GridwardenError
from risk import schema as c
from risk.arrays import Floats
from risk.config.score import ScoreConfig
from risk.find_rate.own_rate import NO_SUSPICIONS, own_variance, share_nearby
from risk.find_rate.points import VISITS
from risk.find_rate.visit_chance import MOST_CHANCE

_DRAWS: Final = 1_000
_LEAST_RATE: Final = 1e-12
_LEAST_VARIANCE: Final = 1e-6


class ListError(GridwardenError):
    """Chances or a level that no interval can be made of."""


@dataclass(frozen=True, kw_only=True)
class ListInterval:
    """What is known of the errors of scored buildings."""

    common: pd.Series
    """w of each building by its id: standard deviation of the log of its rate, by what it has in
    common with others by the weights.
    """
    shared: pd.Series
    """The same of what it has in common with the buildings next to it."""
    cell: pd.Series
    """Its H3 cell of resolution 10, ``''`` where it has none."""
    level_spread: float
    """Standard deviation of the log of the level."""
    unshared: pd.Series
    """Relative variance of what is each building's own by its id, Gamma distributed; above 0."""
    unscored: float
    """The same of a building that was never scored."""

    @classmethod
    def of(
        cls, buildings: pd.DataFrame, facts: Mapping[str, Any], config: ScoreConfig
    ) -> ListInterval:
        """Read it from scored buildings and the facts and configuration of their score."""
        low, high = (
            -np.log1p(-np.minimum(buildings[name].to_numpy(np.float64) / VISITS, MOST_CHANCE))
            for name in (c.LOW, c.HIGH)
        )
        logs = np.log(np.maximum(high, _LEAST_RATE)) - np.log(np.maximum(low, _LEAST_RATE))
        sigma = logs / (2 * float(ndtri((1 + config.interval_level) / 2)))
        level_spread, rule = float(facts["level_spread"]), config.model
        chance = np.minimum(buildings[c.SCORE].to_numpy(np.float64) / VISITS, MOST_CHANCE)
        variance = own_variance(
            buildings,
            -np.log1p(-chance),
            suspicions=facts.get("suspicions", NO_SUSPICIONS),
            has_reports=bool(facts.get("has_reports")),
            learnt_from=int(facts.get("visits", 0)),
            rule=rule,
        )
        shared = rule.shared * variance
        # Two factors, of which the product has the variance of the whole.
        unshared = np.maximum((variance - shared) / (1 + shared), _LEAST_VARIANCE)
        left = np.sqrt(1 + 2 * sigma**2) - 1 - level_spread**2 - variance
        ids = buildings[c.BUILDING].to_numpy(object)
        return cls(
            common=pd.Series(np.sqrt(np.maximum(left, 0.0)), index=ids),
            shared=pd.Series(np.sqrt(np.log1p(shared)), index=ids),
            cell=pd.Series(buildings[c.H3_R10].to_numpy(object), index=ids),
            level_spread=level_spread,
            unshared=pd.Series(unshared, index=ids),
            unscored=1 / rule.strength,
        )

    def __call__(
        self, chances: Floats, level: float, *, building_ids: Sequence[str]
    ) -> tuple[float, float]:
        """Return how many finds visits may bring, both ends inclusive; always the same for a list.

        ``chances``: of each visit, 0 to 1, shape (n,); NaN counts as 0.
        ``level``: probability that the number is inside, above 0, below 1.
        ``building_ids``: where each goes; one that was never scored has only the common level.

        Raises `ListError` for chances outside 0 to 1 or such a level.
        """
        if not 0 < level < 1:
            raise ListError("chance_out_of_range", seen=f"{level:g}",
                            expected="a level between 0 and 1")  # fmt: skip
        finds = self.draw(chances, building_ids=building_ids)
        tail = (1 - level) / 2
        low, high = np.quantile(finds, [tail, 1 - tail], method="inverted_cdf")
        return float(low), float(high)

    def draw(self, chances: Floats, *, building_ids: Sequence[str]) -> Floats:
        """Draw how many finds visits bring, shape (1000,); parameters are those of a call."""
        p = np.nan_to_num(np.asarray(chances, np.float64))
        if (p < 0).any() or (p > 1).any():
            raise ListError("chance_out_of_range", seen=f"{p.min(initial=0):g}",
                            expected="chances from 0 to 1")  # fmt: skip
        if not (p > 0).any():
            return np.zeros(_DRAWS)
        return self._draw(p[p > 0], np.asarray(building_ids, object)[p > 0])

    def _draw(self, p: Floats, building_ids: Any) -> Floats:  # noqa: ANN401 -- an array of texts
        """Draw the number found of visits with these chances, all above 0."""
        at, buildings = pd.factorize(building_ids)
        spread = self.common.reindex(buildings).fillna(0.0).to_numpy(np.float64)
        variance = self.unshared.reindex(buildings).fillna(self.unscored).to_numpy(np.float64)
        shared = self.shared.reindex(buildings).fillna(0.0).to_numpy(np.float64)
        cell, nearby = share_nearby(self.cell.reindex(buildings).fillna("").astype("str"))
        rng = np.random.default_rng(len(p))
        common, level = rng.standard_normal((2, _DRAWS, 1))
        unshared = rng.gamma(1 / variance, variance, (_DRAWS, len(buildings)))
        around = (nearby @ rng.standard_normal((nearby.shape[1], _DRAWS)))[cell].T
        # All but the weights leave the mean rate as it is: they are spreads about fitted means.
        off = spread * common + self.level_spread * (level - self.level_spread / 2)
        off = off + shared * (around - shared / 2)
        rate = -np.log1p(-np.minimum(p, MOST_CHANCE))
        chance = -np.expm1(-rate * (unshared * np.exp(off))[:, at])
        # A sum of unlike chances, by the binomial with its mean and variance.
        mean, square = chance.sum(axis=1), (chance**2).sum(axis=1)
        trials = np.maximum(np.ceil(mean**2 / square - 1e-9), 1.0)
        number = rng.binomial(trials.astype(np.int64), np.minimum(mean / trials, 1.0))
        return np.asarray(number, dtype=np.float64)
