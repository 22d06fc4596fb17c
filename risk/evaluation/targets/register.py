"""From when a registered unit counts as known to those who are evaluated."""

import pandas as pd

from risk import schema as c
from risk.config.score import ExposureRule
from risk.evaluation.targets.geography import PLACE, number_column
from risk.evaluation.targets.settings import (
    LEARNT_AT_FIRST_INSPECTION,
    LEARNT_AT_INSPECTION_IN_TERM,
    BacktestSettings,
)
from risk.evaluation.targets.tables import Tables


def learnt_terms(
    known: Tables, cut: int, settings: BacktestSettings, rule: ExposureRule
) -> pd.DataFrame:
    """Return the registered terms that count at the cut, by the register's rule.

    See `BacktestSettings.register_learnt`. Of visits before the cut one on or after a term's start
    exists exactly when the unit's last visit is no earlier than the start.
    """
    terms = known.rentals
    if rule.trust_end_date:
        terms = terms[terms["end"] >= cut]
    if settings.register_learnt in {LEARNT_AT_FIRST_INSPECTION, LEARNT_AT_INSPECTION_IN_TERM}:
        place = number_column(PLACE)
        visits = known.facts.visits
        last = visits[visits["found"].notna() & (visits[place] >= 0)].groupby(place)[c.DAY].max()
        seen = terms[place].map(last)
        in_term = settings.register_learnt == LEARNT_AT_INSPECTION_IN_TERM
        terms = terms[seen >= terms[c.DAY]] if in_term else terms[seen.notna()]
    return terms
