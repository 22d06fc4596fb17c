"""After how many days buildings can be visited again with the visits that are made."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Final

import pandas as pd

from governance.visits.rules.settings import TIERS, VisitRules

WEEK_DAYS: Final = 7
LONGEST_DAYS: Final = 366
"""The most that ``[visits.cadence]`` takes."""
NAMED_TIERS: Final = tuple(tier for tier in TIERS if tier)


@dataclass(frozen=True, kw_only=True)
class CadenceProposal:
    """What a cadence asks for, what is done, and what could be kept.

    ``buildings``, ``days``, ``proposed``: by tier (红 橙 黄 蓝): how many buildings; days between
    visits, and days that could be kept.
    ``required``, ``made``, ``kept``: visits a week: that the cadence asks for, that were made, and
    that the proposal asks for.
    """

    buildings: dict[str, int]
    days: dict[str, int]
    proposed: dict[str, int]
    required: float
    made: float
    kept: float

    @property
    def is_needed(self) -> bool:
        """Whether more is asked for than is done."""
        return self.required > self.made > 0


def propose_cadence(tiers: Iterable[str], *, made: float, rules: VisitRules) -> CadenceProposal:
    """Lengthen every tier's days alike, until the visits that are made keep them.

    A tier of n buildings and d days asks for 7·n/d visits a week. Where that is more than is made,
    all days are multiplied by asked/made and rounded up; none exceeds `LONGEST_DAYS`, so what is
    kept can be more than is made where even a visit a year is too much.

    ``tiers``: of each building; one without a score counts as 蓝.
    ``made``: visits a week, 0 or more.
    """
    counts = pd.Series(list(tiers), dtype="str").replace("", NAMED_TIERS[-1]).value_counts()
    buildings = {tier: int(counts.get(tier, 0)) for tier in NAMED_TIERS}
    days = {tier: rules.cadence_days(tier) for tier in NAMED_TIERS}
    required = visits_a_week(buildings, days)
    factor = max(1.0, required / made) if made > 0 else 1.0
    proposed = {tier: min(ceil(days[tier] * factor), LONGEST_DAYS) for tier in NAMED_TIERS}
    return CadenceProposal(
        buildings=buildings, days=days, proposed=proposed, required=required, made=made,
        kept=visits_a_week(buildings, proposed),
    )  # fmt: skip


def visits_a_week(buildings: dict[str, int], days: dict[str, int]) -> float:
    """Return how many visits a week keep a cadence."""
    return sum(WEEK_DAYS * count / days[tier] for tier, count in buildings.items())
