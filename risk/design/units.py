"""The units that visits named: flats, licences or firms, and buildings where no unit is named."""

from __future__ import annotations

from typing import Final

import pandas as pd

from risk.arrays import Codes, rows_of
from risk.config.find_rate import OUTCOME_LEVELS
from risk.design.visit_table import CELL, WORDS, Facts, code_column

UNIT: Final = "unit"
IS_KNOWN: Final = "known"
_TEXTS: Final = ("building", "party", WORDS, "kind", "risk_class", "kind_class", CELL, "h3_r10")
_CODES: Final = tuple(code_column(level) for level in (*OUTCOME_LEVELS, WORDS, CELL))
ATTRIBUTES: Final = (UNIT, *_TEXTS, *_CODES)


def known_places(known: Facts) -> pd.DataFrame:
    """Return the units with a result, with the attributes of their last one.

    The frame: one row per unit, indexed 0…; the texts and codes of `ATTRIBUTES`, and ``known``.
    """
    visits = known.visits
    unit = visits.loc[visits["found"].notna(), code_column(UNIT)]
    rows = unit[unit >= 0].drop_duplicates(keep="last").index
    last = visits.loc[rows, list(ATTRIBUTES)]
    return last.assign(**{IS_KNOWN: True}).reset_index(drop=True)


def rows_of_visits(places: pd.DataFrame, visits: pd.DataFrame) -> Codes:
    """Return the row of each visit's unit among the places, -1 where there is none."""
    return rows_of(visits[UNIT], places[UNIT])
