"""How readily each community reports, so that a score does not learn where people complain.

A community's reports over those of as many doors anywhere in the office have as much to do with who
reports as with what there is to report. So what is reported of a building counts relative to its
community: in simulated offices where readiness to report had nothing to do with finds this ranked
buildings better, and no worse where it had
(``docs/decisions/score/2026-11-28-one-score-model.md``).
"""

from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Floats
from risk.features.empirical_bayes import posterior_ratio

RATE: Final = "rate"
REPORTING_STRENGTH: Final = 5.0
"""Expected reports that "the community reports as others do" is worth."""


def reporting_rates(buildings: pd.DataFrame, *, usual: float) -> Floats:
    """Return the reporting rate of each building's community, shape (buildings,), above 0.

    It is (O + k)/(E + k) of decayed weights of complaints; 1 for a building of no community.

    ``buildings``: those of the whole office, with ``community_code``, exposure and complaints.
    ``usual``: complaints per unit of exposure in the whole office.
    """
    communities = buildings.groupby(c.COMMUNITY)[[c.COMPLAINTS, c.EXPOSURE]]
    sums = communities.transform("sum").to_numpy(np.float64)
    rates = reporting_rate(sums[:, 0], sums[:, 1], usual=usual)
    return np.where(buildings[c.COMMUNITY].to_numpy() == "", 1.0, rates)


def rates_of_communities(buildings: pd.DataFrame, *, usual: float) -> pd.DataFrame:
    """Return the reporting rate of each community, as of `reporting_rates`.

    The frame: ``community_code``, sorted, and ``rate``.
    """
    rates = pd.Series(reporting_rates(buildings, usual=usual), name=RATE)
    by_community = rates.groupby(buildings[c.COMMUNITY].to_numpy()).first().rename_axis(c.COMMUNITY)
    return by_community.drop("", errors="ignore").reset_index().astype({c.COMMUNITY: "str"})


def reporting_rate(complaints: Floats, exposure: Floats, *, usual: float) -> Floats:
    """Return how readily communities report, by their complaints and exposure, shape (n,)."""
    return posterior_ratio(complaints, exposure * usual, REPORTING_STRENGTH)
