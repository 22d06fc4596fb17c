"""What visits to a building found, and what such visits usually find: for explanations.

For every visit with a result, O is what it found and E what the office finds on the average of
those weeks at visits of this purpose that look as thoroughly (`risk.events.signals`); both fade
with age and count as surely as the visit was placed. The ratio of the kind of building,

    r = log((O + k) / (E + k))

with k from the marginal likelihood of all kinds (`risk.features.empirical_bayes`), multiplies E by
e^r, so that what is told of a building is more than its kind's.
"""

from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Codes, Floats
from risk.config.score import ScoreConfig
from risk.features.empirical_bayes import log_ratio, prior_strength, sum_by_code
from risk.features.visit_results import DECAY, VisitResults

WIDE_RESOLUTION: Final = 9
RELATIVE_RISKS: Final = (
    *(c.HISTORY_UNIT, c.HISTORY_OPERATOR, c.HISTORY_BUILDING, c.HISTORY_KIND),
    *(c.HISTORY_RING, c.HISTORY_AREA, c.HISTORY_GRID),
)
"""Factors that the rows of visits speak for; the grid's in snapshots of earlier versions only."""


def kinds_of(buildings: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Return the kind of each building: the register's, else what its last visit called it.

    Where several of one moment call it differently, the last by text.
    """
    named = rows[(rows["place_kind"] != "") & (rows[c.BUILDING] != "")]
    last = named.sort_values([c.EVENT_AT, "place_kind"]).drop_duplicates(c.BUILDING, keep="last")
    last_named = last.set_index(c.BUILDING)["place_kind"].reindex(buildings[c.BUILDING]).fillna("")
    registered = buildings[c.KIND]
    return registered.where(registered != "", last_named.set_axis(registered.index)).astype("str")


def add_relative_risks(
    buildings: pd.DataFrame, visits: VisitResults, *, config: ScoreConfig
) -> pd.DataFrame:
    """Add ``history_found`` and ``history_expected``, O and E of each building, its kind taken out.

    ``buildings``: sorted by ``building_id``, with kind. ``visits``: what was known before the cut
    of these features.
    """
    known = visits.rows[visits.rows["found"].notna()]
    found, expected, decay = (
        known[name].to_numpy(np.float64) for name in ("found", "expected", DECAY)
    )
    ids = pd.Index(buildings[c.BUILDING])
    at = ids.get_indexer(pd.Index(known[c.BUILDING])).astype(np.int64)
    codes, kinds = pd.factorize(kinds_of(buildings, visits.rows))
    codes = np.where(np.asarray(kinds == "")[codes], -1, codes)
    of_visit = np.where(at >= 0, codes[at], -1) if len(ids) else at
    ratio = _ratio_by_kind(of_visit, len(kinds), (found, expected, decay), config)
    expected = expected * np.exp(np.append(ratio, 0.0)[of_visit])
    columns = {
        c.HISTORY_FOUND: sum_by_code(at, found * decay, len(ids)),
        c.HISTORY_EXPECTED: sum_by_code(at, expected * decay, len(ids)),
    }
    return buildings.assign(**columns)


def _ratio_by_kind(
    codes: Codes, size: int, visits: tuple[Floats, Floats, Floats], config: ScoreConfig
) -> Floats:
    """Return r by kind; k comes from counts that have not faded, which scatter as Poisson's do."""
    found, expected, decay = visits
    k = prior_strength(sum_by_code(codes, found, size), sum_by_code(codes, expected, size))
    return log_ratio(
        sum_by_code(codes, found * decay, size),
        sum_by_code(codes, expected * decay, size),
        min(k, config.histories.most_strength),
    )
