"""The places that are scored at a cut: units known by then, and those on the list of visits."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from geo.cells import parents
from risk.arrays import UNKNOWN, Codes, Texts
from risk.config.visit_model import KNOWN, OUTCOME_LEVELS, ModelConfig
from risk.visit_design.availability import LISTED_TEXTS, available_texts
from risk.visit_design.kernel import RESOLUTION
from risk.visit_design.visit_table import CELL, Facts, code_column

UNIT: Final = "unit"
IS_KNOWN: Final = "known"
_TEXTS: Final = ("building", "party", "kind", "risk_class", "kind_class", CELL, "h3_r10")
_CODES: Final = tuple(code_column(level) for level in (*OUTCOME_LEVELS, CELL))
ATTRIBUTES: Final = (UNIT, *_TEXTS, *_CODES)
NEVER_VISITED: Final = "register:"
"""Begins the name of a place that stands for a building of the register where nobody went yet."""


def known_places(known: Facts) -> pd.DataFrame:
    """Return the units with a result, with the attributes of their last one.

    The frame: one row per unit, indexed 0…; the texts and codes of `ATTRIBUTES`, and ``known``.
    """
    visits = known.visits[known.visits["found"].notna() & (known.visits[UNIT] != "")]
    last = visits.drop_duplicates(UNIT, keep="last")[list(ATTRIBUTES)]
    return last.assign(**{IS_KNOWN: True}).reset_index(drop=True)


def places_of(facts: Facts, *, cut: int, until: int, config: ModelConfig) -> pd.DataFrame:
    """Return the known units, then the units first met by a visit between ``cut`` and ``until``.

    Of the latter no outcome is read. With ``targets = "listed"`` their name, kind and place are
    those of the list of visits, as far as it says them beforehand by all that was known at the cut
    (`risk.visit_design.availability`); with
    ``"known"`` those that an earlier visit of any purpose told, and nothing where there was none.
    """
    before = facts.before(cut)
    known = known_places(before)
    coming = facts.visits_between(cut, until)
    coming = coming[(coming[UNIT] != "") & ~coming[UNIT].isin(known[UNIT])]
    new = coming.drop_duplicates(UNIT)[list(ATTRIBUTES)].assign(**{IS_KNOWN: False})
    if config.targets == KNOWN:
        new = _as_told_before(new, before)
    else:
        new = _without_afterthoughts(new, available=available_texts(before.visits))
    return pd.concat([known, new], ignore_index=True)


def register_places(facts: Facts, register: pd.DataFrame, *, cut: int) -> pd.DataFrame:
    """Return a place for each building of the register that had no result before the cut.

    ``facts``: all visits; what happened from the cut on is read for the numbering of cells alone.
    ``register``: ``building``, ``h3_r10``, ``made`` and ``learnt``: buildings that a register told
    of, not those made from addresses that turned up in other files.

    The frame: as `known_places`; only where they stand is known of them.
    """
    visited = known_places(facts.before(cut))["building"]
    buildings = register[~register["made"] & (register["learnt"] < cut)]
    buildings = buildings[(buildings["building"] != "") & ~buildings["building"].isin(visited)]
    cells = parents(buildings["h3_r10"].to_numpy(dtype=np.str_), RESOLUTION)
    texts = dict.fromkeys(_TEXTS, "") | {
        UNIT: (NEVER_VISITED + buildings["building"]).to_numpy(),
        "building": buildings["building"].to_numpy(),
        CELL: cells,
        "h3_r10": buildings["h3_r10"].to_numpy(),
    }
    codes = dict.fromkeys(_CODES, UNKNOWN) | {
        code_column(CELL): _codes_of(facts.visits, CELL, cells),
        code_column("building"): _codes_of(facts.visits, "building", buildings["building"]),
    }
    frame = pd.DataFrame(texts, index=range(len(buildings))).astype("str")
    return frame.assign(**codes, **{IS_KNOWN: True})[[*ATTRIBUTES, IS_KNOWN]]


def _codes_of(visits: pd.DataFrame, level: str, texts: Texts | pd.Series) -> Codes:
    coded = visits.drop_duplicates(level).set_index(level)[code_column(level)]
    return np.asarray(coded.reindex(texts).fillna(UNKNOWN), dtype=np.int64)


def rows_of_visits(places: pd.DataFrame, visits: pd.DataFrame) -> Codes:
    """Return the row of each visit's unit among the places, -1 where there is none."""
    return np.asarray(pd.Index(places[UNIT]).get_indexer(pd.Index(visits[UNIT])), dtype=np.int64)


def _without_afterthoughts(new: pd.DataFrame, *, available: frozenset[str]) -> pd.DataFrame:
    """Blank the texts that are filled in after a find, with the codes that stand for them."""
    blank = set(LISTED_TEXTS) - available
    if blank & {"kind", "risk_class"}:
        blank.add("kind_class")
    codes = {code_column(name) for name in blank} & set(new.columns)
    return new.assign(**dict.fromkeys(blank, ""), **dict.fromkeys(codes, UNKNOWN))


def _as_told_before(new: pd.DataFrame, before: Facts) -> pd.DataFrame:
    earlier = before.visits.drop_duplicates(UNIT, keep="last").set_index(UNIT)
    attributes = earlier.reindex(new[UNIT])
    columns = {name: attributes[name].fillna("").astype("str").to_numpy() for name in _TEXTS}
    codes = {name: attributes[name].fillna(UNKNOWN).astype(np.int64).to_numpy() for name in _CODES}
    return new.assign(**columns, **codes)
