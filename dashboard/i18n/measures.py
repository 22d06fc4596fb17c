"""What is measured of an order of units, what a measured value is, and how it is written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

DAYS, AREA_HIT, CHURN = "days_earlier", "hit_10", "churn"
MEASURES: Final = (
    *(DAYS, "found_first_half", "auc"),
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
_INDEXES: Final = frozenset({"auc", "spearman", "pai_10"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over origins with its interval; all None where unknown."""

    mean: float | None = None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, said: Mapping[str, Any] | None) -> Figure:
        """Read a mean as the evaluation writes it; what is not a number is unknown."""
        return cls(*(_known((said or {}).get(name)) for name in ("mean", "low", "high")))


def measure_text(measure: str, value: float | None, *, signed: bool = False) -> str:
    """Write a value of a measure: shares as per cent, signed ones in percentage points."""
    known = _known(value)
    if known is None:
        return "—"
    digits = 1 if measure not in _INDEXES else 2 if measure == "pai_10" else 3
    share = measure != DAYS and measure not in _INDEXES
    rounded = round(100 * known if share else known, digits) + 0.0  # -0.0 reads as 0.0
    text = f"{rounded:{'+' if signed else ''}.{digits}f}"
    return text + "%" if share and not signed else text


def figure_text(measure: str, figure: Figure, *, signed: bool = False) -> str:
    """Write a mean with its interval in square brackets."""
    mean = measure_text(measure, figure.mean, signed=signed)
    if figure.low is None or figure.high is None:
        return mean
    low, high = (measure_text(measure, each, signed=signed) for each in (figure.low, figure.high))
    return f"{mean} [{low}, {high}]"


def _known(value: object) -> float | None:
    number = number_of(value)
    return None if math.isnan(number) else number


def number_of(value: object) -> float:
    """Return a measured value, NaN where it is no number."""
    return float(value) if isinstance(value, int | float) else math.nan
