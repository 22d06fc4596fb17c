"""Ratio of expected to observed counts of an evaluation."""

from collections.abc import Mapping, Sequence
from typing import Final

from scipy.special import gammaincinv

from risk.evaluation.metrics import DECILES

LEVEL: Final = 0.95


def overstatement(
    expected: float, observed: float, *, level: float = LEVEL
) -> dict[str, float | None]:
    """Return how many times too much was promised, with an exact Poisson interval.

    The count that came is taken as Poisson, the expectation as given. The bounds of the mean of
    the count are the quantiles of χ² by Garwood (1936, Biometrika 28), and the ratio's are the
    expectation over these, as usual for a ratio of expected and observed deaths (Ulm 1990,
    American Journal of Epidemiology 131). They hold at least as often as ``level`` says.

    ``expected``: sum of the expected counts, at least 0. ``observed``: count that came, at least 0.
    ``level``: probability that the interval holds, between 0 and 1.

    The result: ``expected``, ``observed``, ``ratio`` (expected / observed: above 1 too much was
    promised), ``low`` and ``high``. ``ratio`` and ``high`` are None, for no bound, where nothing
    came.
    """
    most = float(gammaincinv(observed + 1, 0.5 + level / 2))
    least = float(gammaincinv(observed, 0.5 - level / 2)) if observed else 0.0
    return {
        "expected": expected,
        "observed": observed,
        "ratio": expected / observed if observed else None,
        "low": expected / most,
        "high": expected / least if least else None,
    }


def of_top_tenth(
    tenths: Sequence[Mapping[str, float]], *, level: float = LEVEL
) -> dict[str, float | None] | None:
    """Return the overstatement of the tenth with the highest expectations.

    None where units were too few for tenths, or where scores are no expected counts.
    """
    if len(tenths) < DECILES:
        return None
    return overstatement(tenths[-1]["expected"], tenths[-1]["observed"], level=level)
