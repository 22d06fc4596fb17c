"""The degree of what visits found: numbers of problems, and the grade made of them."""

import numpy as np
import pandas as pd
from scipy import stats

from geo.arrays import Bools, Floats

_OTHERS, _OTHERS_BY_RATE, _OTHERS_SHAPE = 1.0, 4.0, 4.0
_CRITICAL_COST, _OTHER_COST, _GRADE_NOISE = 11.0, 3.0, 3.0
BEST = 100.0


def grade_visits(
    rate: Floats, *, found: Bools, looked: Bools, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the degree of what each visit found.

    Critical problems are a Poisson count of mean ``rate``, of which a find is the event that there
    is one; other problems grow with the square root of the rate, scattered more than Poisson. The
    grade falls with both, and shakes by the hand that wrote it.

    ``rate``: true rate of a full visit to the place, at its time, shape (visits,), at least 0.
    ``found``, ``looked``: whether a visit found something, and whether it got in, shape (visits,).

    Returns ``critical_count``, ``other_count`` (whole) and ``grade`` (0 to 100, whole, higher is
    better); NaN where nobody got in.
    """
    share = np.exp(-rate)
    chance = share + rng.random(len(rate)) * (1.0 - share)
    critical = np.where(found, np.maximum(stats.poisson.ppf(chance, rate), 1.0), 0.0)
    scatter = rng.gamma(_OTHERS_SHAPE, 1 / _OTHERS_SHAPE, len(rate))
    other = rng.poisson((_OTHERS + _OTHERS_BY_RATE * np.sqrt(rate)) * scatter)
    grade = BEST - _CRITICAL_COST * critical - _OTHER_COST * other
    grade = np.round(np.clip(grade + rng.normal(0.0, _GRADE_NOISE, len(rate)), 0.0, BEST))
    degree = {"critical_count": critical, "other_count": other, "grade": grade}
    return pd.DataFrame({name: np.where(looked, kept, np.nan) for name, kept in degree.items()})
