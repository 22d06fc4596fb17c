"""The units that visits named: flats, licences or firms, and buildings where no unit is named."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from risk.arrays import UNKNOWN, Codes, rows_of, take_rows
from risk.config.find_rate import OUTCOME_LEVELS
from risk.design.availability import LISTED_TEXTS, available_texts
from risk.design.visit_table import CELL, WORDS, Facts, code_column

UNIT: Final = "unit"
IS_KNOWN: Final = "known"
_TEXTS: Final = ("building", "party", WORDS, "kind", "risk_class", "kind_class", CELL, "h3_r10")
_CODES: Final = tuple(code_column(level) for level in (*OUTCOME_LEVELS, WORDS, CELL))
ATTRIBUTES: Final = (UNIT, *_TEXTS, *_CODES)


def known_places(known: Facts, among: pd.Series | None = None) -> pd.DataFrame:
    """Return the units with a result, with the attributes of their last one.

    ``among``: names of units; only these are returned.

    The frame: one row per unit, indexed 0…; the texts and codes of `ATTRIBUTES`, and ``known``.
    """
    visits = known.visits
    counts = visits["found"].notna().to_numpy() & (visits[code_column(UNIT)].to_numpy() >= 0)
    if among is not None:
        wanted = np.zeros(known.sizes[UNIT] + 1, dtype=bool)
        wanted[rows_of(among.drop_duplicates(), known.names[UNIT])] = True
        wanted[UNKNOWN] = False
        counts &= wanted[visits[code_column(UNIT)].to_numpy()]
    rows = np.flatnonzero(counts)
    last = np.full(known.sizes[UNIT], UNKNOWN)
    last[visits[code_column(UNIT)].to_numpy()[rows]] = rows
    places = take_rows(visits[list(ATTRIBUTES)], np.sort(last[last != UNKNOWN]))
    return places.assign(**{IS_KNOWN: True}).reset_index(drop=True)


def list_places(facts: Facts, places: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Return the places that a list of visits names and that are not there.

    See `risk.find_rate.knowledge.Known.listed`.
    """
    new = visits[(visits[UNIT] != "") & (rows_of(visits[UNIT], places[UNIT]) < 0)]
    new = new.drop_duplicates(UNIT)[[UNIT, *_TEXTS]].reset_index(drop=True)
    blank = set(LISTED_TEXTS) - available_texts(facts.visits)
    if blank & {"kind", "risk_class"}:
        blank.add("kind_class")
    return code_places(facts, new.assign(**dict.fromkeys(blank, ""))).assign(**{IS_KNOWN: False})


def code_places(facts: Facts, places: pd.DataFrame) -> pd.DataFrame:
    """Add the codes that the facts have for the texts of places."""
    unknown = np.full(len(places), UNKNOWN)
    codes = {
        code_column(level): rows_of(places[level], names)
        if (places[level] != "").any()
        else unknown
        for level, names in facts.names.items()
    }
    if facts.known_cells is not None:
        cell = codes[code_column(CELL)]
        codes[code_column(CELL)] = np.where(np.append(facts.known_cells, False)[cell], cell, -1)
    return places.assign(**codes)


def rows_of_visits(places: pd.DataFrame, visits: pd.DataFrame) -> Codes:
    """Return the row of each visit's unit among the places, -1 where there is none."""
    return rows_of(visits[UNIT], places[UNIT])
