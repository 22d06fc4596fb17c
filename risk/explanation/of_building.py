"""What an explanation tells of a building and of no cell, grid or community."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from data.results.snapshot import PLACES, REPORTING, Snapshot
from risk import schema as c
from risk.explanation.evidence import EvidenceRow
from risk.explanation.place_rows import PlaceRows
from risk.explanation.shared_words import read_shared_words
from risk.features.reporting import RATE
from risk.find_rate.points import VISITS

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
    """A flat, licence or firm of a building: its score by itself, and its rank there.

    ``together``: of 100 visits to it and to all before it so many would find something.
    """

    unit: str
    score: float
    rank: int
    together: float


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
    frame = snapshot.select(PLACES, c.BUILDING, [building]).head(MOST_PLACES)
    if frame.empty:
        return []
    clean = (1 - frame[c.SCORE].to_numpy(np.float64) / VISITS).cumprod()
    rows = zip(frame[c.UNIT], frame[c.SCORE], frame[c.RANK], VISITS * (1 - clean), strict=True)
    return [
        RankedPlace(unit=str(unit), score=float(score), rank=int(rank), together=float(together))
        for unit, score, rank, together in rows
    ]


def _reporting(snapshot: Snapshot, building: pd.Series) -> float | None:
    """Return how readily the community of a building reports; None where it is not known."""
    if not snapshot.holds(REPORTING):
        return None
    rates = snapshot.select(REPORTING, c.COMMUNITY, [str(building[c.COMMUNITY])])
    return float(rates[RATE].iloc[0]) if len(rates) else None
