"""How readily each community reports, so that a score does not learn where people complain.

A community's reports over those of as many doors anywhere in the office have as much to do with who
reports as with what there is to report. So what is reported of a building counts relative to its
community: in simulated offices where readiness to report had nothing to do with finds this ranked
buildings better, and no worse where it had
(``docs/decisions/2026-11-28-one-score.md``).
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Floats
from risk.features.empirical_bayes import posterior_ratio

REPORTING_STRENGTH: Final = 5.0
"""Expected reports that "the community reports as others do" is worth."""


def reporting_rates(buildings: pd.DataFrame, *, usual: Mapping[str, float]) -> Floats:
    """Return the reporting rate of each building's community, shape (buildings,), above 0.

    It is (O + k)/(E + k) of decayed weights of complaints; 1 for a building of no community.

    Parameters
    ----------
    buildings
        ``community_code``, exposure and complaints; where there is no community, all are alike.
    usual
        Complaints per unit of exposure in the whole office.
    """
    if c.COMMUNITY not in buildings or c.COMPLAINTS not in buildings:
        return np.ones(len(buildings))
    expected = buildings[c.EXPOSURE] * usual.get(c.COMPLAINTS, 0.0)
    sums = [
        values.groupby(buildings[c.COMMUNITY]).transform("sum").to_numpy(np.float64)
        for values in (buildings[c.COMPLAINTS], expected)
    ]
    rates = posterior_ratio(*sums, REPORTING_STRENGTH)
    return np.where(buildings[c.COMMUNITY].to_numpy() == "", 1.0, rates)
