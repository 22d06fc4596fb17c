"""How measured values of an order of units are written."""

from typing import Final

from governance.scores.evaluation_figures import DAYS, Figure, number_or_none

MINUS: Final = "−"
_INDEXES: Final = frozenset({"auc", "spearman", "pai_10"})


def points_text(points: float) -> str:
    """Write points of a score, signed, to a tenth; nothing has no sign before it.

    Examples
    --------
    >>> points_text(1_234.56), points_text(-0.04), points_text(-2)
    ('+1,234.6', '0.0', '−2.0')
    """
    rounded = round(points, 1) + 0.0
    return f"{rounded:{'+' if rounded else ''},.1f}".replace("-", MINUS)


def measure_text(measure: str, value: float | None, *, signed: bool = False) -> str:
    """Write a value of a measure: shares as per cent, signed ones in percentage points.

    The ends of an interval of a share are those of a Normal mean; what lies beyond 0 and 100 % is
    written as these.
    """
    known = number_or_none(value)
    if known is None:
        return "—"
    digits = 1 if measure not in _INDEXES else 2 if measure == "pai_10" else 3
    share = measure != DAYS and measure not in _INDEXES
    if share and not signed:
        known = min(max(known, 0.0), 1.0)
    rounded = round(100 * known if share else known, digits) + 0.0  # -0.0 reads as 0.0
    text = f"{rounded:{'+' if signed else ''},.{digits}f}".replace("-", MINUS)
    return text + "%" if share and not signed else text


def figure_text(measure: str, figure: Figure, *, signed: bool = False) -> str:
    """Write a mean with its interval in square brackets."""
    mean = measure_text(measure, figure.mean, signed=signed)
    if figure.low is None or figure.high is None:
        return mean
    low, high = (measure_text(measure, each, signed=signed) for each in (figure.low, figure.high))
    return f"{mean} [{low}, {high}]"
