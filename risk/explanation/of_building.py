"""What an explanation tells of a building and of no cell, grid or community."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from data.results.snapshot import PLACES, REPORTING, Snapshot
from risk import schema as c
from risk.explanation.evidence import EvidenceRow
from risk.explanation.place_rows import PlaceRows
from risk.explanation.shared_words import read_shared_words
from risk.features.reporting import RATE

MOST_PLACES: Final = 50
SUMS_TELL: Final[Mapping[str, Any]] = {
    "exposure_known": None,
    "places": [],
    "words": [],
    "reporting": None,
}
"""The same facts of cells, grids and communities."""


@dataclass(frozen=True, kw_only=True)
class RankedPlace:
    """A flat, licence or firm of a building: its score by itself, and its rank there."""

    unit: str
    score: float
    rank: int


def of_building(
    snapshot: Snapshot, row: pd.Series, rows: PlaceRows | None
) -> tuple[dict[str, Any], list[EvidenceRow]]:
    """Return what is told of buildings alone, and visits to operators of like names."""
    name = str(row[c.BUILDING])
    words, visits = read_shared_words(snapshot, name, rows)
    facts = {
        "exposure_known": bool(row[c.EXPOSURE_KNOWN]),
        "places": [] if rows is None else _places(snapshot, name),
        "words": words,
        "reporting": _reporting(snapshot, row),
    }
    return facts, visits


def _places(snapshot: Snapshot, building: str) -> list[RankedPlace]:
    """List what visits named in a building; nothing in a snapshot of an earlier model."""
    frame = snapshot.select(PLACES, c.BUILDING, [building])
    return [
        RankedPlace(unit=str(row[c.UNIT]), score=float(row[c.SCORE]), rank=int(row[c.RANK]))
        for row in frame.head(MOST_PLACES).to_dict("records")
    ]


def _reporting(snapshot: Snapshot, building: pd.Series) -> float | None:
    """Return how readily the community of a building reports; None where it is not known."""
    if not snapshot.holds(REPORTING):
        return None
    rates = snapshot.select(REPORTING, c.COMMUNITY, [str(building[c.COMMUNITY])])
    return float(rates[RATE].iloc[0]) if len(rates) else None
