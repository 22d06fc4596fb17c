"""What is measured of an order of units, and what a measured value is; no wording."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

DAYS, AREA_HIT, CHURN = "days_earlier", "hit_10", "churn"
MEASURES: Final = (
    *("precision_at_k_visits", DAYS, "found_first_half", "auc"),
    *(
        "precision_at_k",
        "recall_at_k",
        "hit_1",
        "hit_5",
        AREA_HIT,
        "hit_20",
        "best_hit_10",
        "pai_10",
        "pei_10",
    ),
    *("spearman", CHURN),
)
"""What is shown of each method, in this order."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over origins with its interval; all None where unknown."""

    mean: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, line: Mapping[str, Any] | None) -> Self:
        """Read a mean as the evaluation writes it; what is not a number is unknown."""
        return cls(*(number_or_none((line or {}).get(name)) for name in ("mean", "low", "high")))


def number_of(value: object) -> float:
    """Return a measured value, NaN where it is no number."""
    return float(value) if isinstance(value, int | float) else math.nan


def number_or_none(value: object) -> float | None:
    """Return a measured value, None where it is no number or NaN."""
    number = number_of(value)
    return None if math.isnan(number) else number
