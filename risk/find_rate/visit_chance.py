"""From scores to the chance of one visit, made in a certain way, to each building.

A building of score s has the rate Θ = -ln(1 - s/100) of a full routine visit at the office's usual
mix of day and evening. A visit made otherwise multiplies it by the learnt effects e of how it is
made, and a report that came, or was answered, since the score was made by that of its column:

    P = 1 - exp(-Θ · exp(Σ e))
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Bools, Floats
from risk.find_rate.columns import WAITING
from risk.find_rate.points import VISITS

MOST_CHANCE: Final = 1 - 1e-9
_LEAST_SHARE: Final = 0.05
"""With fewer visits by day, or in the evening, nothing of their difference was learnt."""


@dataclass(frozen=True, kw_only=True)
class VisitChance:
    """The scores of a date, and what was learnt of ways to visit."""

    scores: pd.Series
    """Score by building id, 0 to 100."""
    conditions: Mapping[str, float]
    """Effect of how a visit is made by name (`risk.find_rate.training.CONDITIONS`), log scale."""
    waiting: float
    """Effect of a report that waits, log scale."""
    evening_share: float
    """Share of evenings among the visits learnt from."""

    @classmethod
    def of(cls, buildings: pd.DataFrame, facts: Mapping[str, Any]) -> VisitChance:
        """Read it from scored buildings and the facts of their rate (`FindRate.facts`)."""
        scores = pd.Series(
            buildings[c.SCORE].to_numpy(np.float64), index=buildings[c.BUILDING].to_numpy(object)
        )
        return cls(
            scores=scores,
            conditions=facts["conditions"],
            waiting=float(facts["weights"].get(WAITING, 0.0)),
            evening_share=float(facts["evening_share"]),
        )

    def chance(
        self,
        building_ids: pd.Series,
        *,
        revisit: Bools | bool = False,
        reported_since: Bools | bool = False,
        answered_since: Bools | bool = False,
    ) -> Floats:
        """Return the chance that one full visit finds something, shape (n,); 0 where unscored.

        ``revisit``: whether it goes back to where something was found.
        ``reported_since``, ``answered_since``: whether a report waits now that did not when the
        score was made, or the other way round.
        """
        share = building_ids.map(self.scores).fillna(0.0).to_numpy(np.float64) / VISITS
        rate = -np.log1p(-np.minimum(share, MOST_CHANCE))
        effect = self.conditions.get("revisit", 0.0) * np.asarray(revisit, np.float64)
        news = np.asarray(reported_since, np.float64) - np.asarray(answered_since, np.float64)
        return np.asarray(-np.expm1(-rate * np.exp(effect + self.waiting * news)))

    def part_effects(self) -> tuple[float, float] | None:
        """Return the effects of day and evening beside the usual mix of both, log scale.

        None where too few visits were made by one of them to tell.
        """
        share, evening = self.evening_share, self.conditions.get("evening", 0.0)
        if not _LEAST_SHARE <= share <= 1 - _LEAST_SHARE:
            return None
        return -evening * share, evening * (1 - share)
