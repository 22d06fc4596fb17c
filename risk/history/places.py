"""The places that are scored at a cut: units known by then, and those on the list of visits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from risk.history.config import KNOWN, LEVELS
from risk.history.facts import CELL, UNKNOWN, Facts, code_column

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from risk.history.config import ModelConfig

UNIT: Final = "unit"
IS_KNOWN: Final = "known"
_TEXTS: Final = ("building", "party", "kind", "klass", "kind_class", CELL, "h3_r10")
_CODES: Final = tuple(code_column(level) for level in (*LEVELS, CELL))
ATTRIBUTES: Final = (UNIT, *_TEXTS, *_CODES)


def known_places(known: Facts) -> pd.DataFrame:
    """Return the units with a result, with the attributes of their last one.

    Parameters
    ----------
    known
        Facts of before the cut.

    Returns
    -------
    DataFrame
        One row per unit, indexed 0…; the texts and codes of `ATTRIBUTES`, and ``known``.
    """
    visits = known.visits[known.visits["found"].notna() & (known.visits[UNIT] != "")]
    last = visits.drop_duplicates(UNIT, keep="last")[list(ATTRIBUTES)]
    return last.assign(**{IS_KNOWN: True}).reset_index(drop=True)


def places_of(facts: Facts, *, cut: int, until: int, config: ModelConfig) -> pd.DataFrame:
    """Return the known units, then the units first met by a visit between ``cut`` and ``until``.

    Of the latter no outcome is read. With ``targets = "listed"`` their name, kind and place are
    those of the list of visits; with ``"known"`` those that an earlier visit of any purpose told,
    and nothing where there was none.
    """
    before = facts.before(cut)
    known = known_places(before)
    coming = facts.visits_between(cut, until)
    coming = coming[(coming[UNIT] != "") & ~coming[UNIT].isin(known[UNIT])]
    new = coming.drop_duplicates(UNIT)[list(ATTRIBUTES)].assign(**{IS_KNOWN: False})
    if config.targets == KNOWN:
        new = _as_told_before(new, before)
    return pd.concat([known, new], ignore_index=True)


def rows_of_visits(places: pd.DataFrame, visits: pd.DataFrame) -> NDArray[np.int64]:
    """Return the row of each visit's unit among the places, -1 where there is none."""
    return np.asarray(pd.Index(places[UNIT]).get_indexer(pd.Index(visits[UNIT])), dtype=np.int64)


def _as_told_before(new: pd.DataFrame, before: Facts) -> pd.DataFrame:
    earlier = before.visits.drop_duplicates(UNIT, keep="last").set_index(UNIT)
    told = earlier.reindex(new[UNIT])
    columns = {name: told[name].fillna("").astype("str").to_numpy() for name in _TEXTS}
    codes = {name: told[name].fillna(UNKNOWN).astype(np.int64).to_numpy() for name in _CODES}
    return new.assign(**columns, **codes)
