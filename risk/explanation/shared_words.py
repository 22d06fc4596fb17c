"""What operators elsewhere tell of a building whose operators' names share words with theirs."""

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from data.results.snapshot import SHARED_WORDS, WORD_VISITS, Snapshot
from risk import schema as c
from risk.design.word_finds import SURPLUS, USUAL, WORD
from risk.explanation.evidence import (
    FACTOR,
    VALUE,
    EvidenceRow,
    evidence_rows,
    weightiest_first,
)
from risk.explanation.place_rows import PlaceRows

MOST_ROWS: Final = 10
"""Each is of another building, whose rows have to be read."""
_COLUMN: Final = ".words"
"""Ends the names of the score's columns that are made of words."""


@dataclass(frozen=True, kw_only=True)
class SharedWord:
    """A word of an operator's name, which is kept as a keyed hash only and not told.

    ``found``, ``usual``: how many of them found something, and how many such visits usually do.
    """

    visits: int
    """Visits to other buildings whose operators have it in their names, in the whole office."""
    found: float
    usual: float


def read_shared_words(
    snapshot: Snapshot, building: str, rows: PlaceRows | None
) -> tuple[list[SharedWord], list[EvidenceRow]]:
    """Read what the names of a building's operators share, most telling first, and visits of it.

    The visits, at most `MOST_ROWS`, are of other buildings; each is worth what it found less what
    was usual of it, as the score counts it. None where ``rows`` is None. Nothing at all where words
    have no weight, and in snapshots of earlier versions.
    """
    if snapshot.is_of_earlier_model or not snapshot.holds(SHARED_WORDS) or not _weighs(snapshot):
        return [], []
    shared = snapshot.select(SHARED_WORDS, c.BUILDING, [building])
    words = [
        SharedWord(visits=int(row["visits"]), found=float(row["found"]), usual=float(row[USUAL]))
        for row in shared.to_dict("records")
    ]
    listed = snapshot.select(WORD_VISITS, WORD, shared[WORD].tolist())
    if rows is None or listed.empty:
        return words, []
    return words, _visits(_choose(listed, shared[WORD].tolist(), building), rows)


def _weighs(snapshot: Snapshot) -> bool:
    weights: dict[str, Any] = snapshot.manifest["score"]["weights"]
    return any(weight for column, weight in weights.items() if column.endswith(_COLUMN))


def _choose(listed: pd.DataFrame, words: list[str], building: str) -> pd.DataFrame:
    """Choose visits of other buildings, those of the most telling words first."""
    order = {word: number for number, word in enumerate(words)}
    elsewhere = listed[listed[c.BUILDING] != building]
    elsewhere = elsewhere.sort_values(WORD, key=lambda word: word.map(order), kind="stable")
    return elsewhere.drop_duplicates(c.ROW_KEY).head(MOST_ROWS)


def _visits(chosen: pd.DataFrame, rows: PlaceRows) -> list[EvidenceRow]:
    """Read the visits as they are now; one that is no longer there is left out."""
    surplus = chosen.set_index(c.ROW_KEY)[SURPLUS]
    visits = rows.visits_at(chosen[c.BUILDING].unique().tolist())
    visits = visits[visits[c.ROW_KEY].isin(surplus.index)]
    worth = visits[c.ROW_KEY].map(surplus)
    weighed = c.with_columns(visits, {FACTOR: c.HISTORY_WORDS, VALUE: worth})
    return sorted(evidence_rows(weighed, "inspections"), key=weightiest_first)
