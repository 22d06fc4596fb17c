"""Why a building, cell, grid or community has its score: points, rows, rates and neighbours."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from data.results.snapshot import BUILDING_KIND, UNKNOWN_BUILDINGS, Snapshot
from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.rows import FeatureSource
from risk.explanation.evidence import EvidenceRow, register_evidence, share_rows
from risk.explanation.history_evidence import HISTORY_COLUMNS, gather_histories
from risk.explanation.learning import Learning, read_learning
from risk.explanation.lookup import (
    RankedUnit,
    evidence_scope,
    find_buildings_around,
    find_members,
    find_neighbours,
    find_row,
    rank_list,
)
from risk.explanation.of_building import SUMS_TELL, RankedPlace, of_building
from risk.explanation.place_rows import EvidenceScope, PlaceRows
from risk.explanation.shared_words import SharedWord
from risk.features.factors import BASE
from risk.features.neighbours import count_events
from risk.scoring.aggregate import SEEN

TOLERANCE: Final = 1e-6
RING: Final = "ring"


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Confirmed events per unit of exposure in the rate window.

    ``smoothed`` = ``weight`` · ``raw`` + (1 - ``weight``) · average of all units of the kind.
    ``raw`` is None where there is no exposure.
    """

    events: float
    raw: float | None
    smoothed: float
    weight: float


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One score, taken apart.

    ``score``, ``low``, ``high``: of 100 full visits so many are expected to find something, and the
    interval; for cells, grids and communities the sum over their buildings. An earlier model's
    score is another number: thousandths of a confirmed event expected within its horizon.
    ``tier``, ``rank``, ``ranked``: tier, rank (1 is highest) and how many units of the kind were
    ranked.
    ``exposure``, ``exposure_known``: doors, and False where some had to be estimated (None for
    sums).
    """

    snapshot_id: str
    as_of: date
    unit_kind: str
    unit: str
    score: float
    low: float
    high: float
    interval_level: float
    """Probability that the interval is meant to hold."""
    tier: str
    rank: int
    ranked: int
    points: Mapping[str, float]
    """Points by factor, base first; they add up to ``score`` exactly."""
    base: float
    """The points of a building of which nothing is known but its doors."""
    rows: Mapping[str, list[EvidenceRow]]
    """Rows behind each factor, weightiest first."""
    exposure: float
    exposure_known: bool | None
    rates: Rates
    buildings: list[RankedUnit]
    """For cells, grids and communities: their buildings, best rank first."""
    neighbours: list[RankedUnit]
    """For buildings: those of the same cell and the ring about it; for cells: the adjacent ones."""
    places: list[RankedPlace]
    """For buildings: what visits named there, best rank first, with the rows alone; at most
    `risk.explanation.of_building.MOST_PLACES`.
    """
    words: list[SharedWord]
    """For buildings: the words that its operators' names share with others', those first that say
    most; they are part of the factor ``history_operator``. ``rows`` has visits to these others
    under ``history_words``.
    """
    reporting: float | None
    """For buildings: how many times as readily as others its community reports; complaints count
    divided by it. None where the snapshot does not say.
    """
    changed: list[str]
    """Factors whose rows are no longer those the snapshot was made from."""
    learning: Learning
    """The model, its weights, and what they were learnt from."""


def explain(snapshot: Snapshot, engine: FeatureSource | None, unit: str) -> Explanation:
    """Take the score of one unit apart.

    ``snapshot``: the result to explain; its own configuration and cut are used. ``engine``: where
    the rows behind the factors are read; None for the points alone, which the snapshot itself knows
    and which therefore come at once. ``unit``: a name as in `find_unit`.

    Raises `UnknownUnitError` when the snapshot holds no such unit.
    """
    kind, name, row = find_row(snapshot, unit)
    config, points, one = config_of(snapshot), _points(row), kind == BUILDING_KIND
    members = row.to_frame().T if one else find_members(snapshot, kind, name)
    around = find_buildings_around(snapshot, row) if one else members.head(0)
    # A history that earned no weight has many rows and explains nothing.
    histories = [factor for factor in HISTORY_COLUMNS if points.get(factor)]
    place_rows = _place_rows(engine, snapshot, evidence_scope(kind, name, members), config)
    evidence = _gather(engine, place_rows, snapshot, members, histories=histories)
    rows = _by_factor(evidence, points)
    details: Mapping[str, Any] = SUMS_TELL
    if one:
        details, rows[c.HISTORY_WORDS] = of_building(snapshot, row, place_rows)
        rows[RING] = _ring_rows(around, config)
    return Explanation(
        snapshot_id=snapshot.snapshot_id,
        as_of=snapshot.as_of,
        unit_kind=kind,
        unit=name,
        interval_level=config.interval_level,
        ranked=int(snapshot.manifest["units"][kind]),
        points=points,
        base=points[BASE],
        rows=rows,
        buildings=[] if one else rank_list(members, BUILDING_KIND),
        neighbours=find_neighbours(snapshot, kind, name, around),
        changed=_changed(row, evidence) if engine is not None else [],
        learning=read_learning(snapshot),
        **details,
        **_figures(row),
    )


def _by_factor(
    evidence: Iterable[EvidenceRow], factors: Iterable[str]
) -> dict[str, list[EvidenceRow]]:
    rows: dict[str, list[EvidenceRow]] = {factor: [] for factor in factors}
    for each in evidence:
        if each.factor in rows:
            rows[each.factor].append(each)
    return rows


def _place_rows(
    engine: FeatureSource | None, snapshot: Snapshot, place: EvidenceScope, config: ScoreConfig
) -> PlaceRows | None:
    """Return the rows of a place; None without an engine."""
    if engine is None:
        return None
    unknown = None
    if place.unlocated_column and snapshot.holds(UNKNOWN_BUILDINGS):
        unknown = snapshot.table(UNKNOWN_BUILDINGS)[c.BUILDING].tolist()
    return PlaceRows(engine, place, cut=snapshot.cut, config=config, unknown=unknown)


def _gather(
    engine: FeatureSource | None,
    rows: PlaceRows | None,
    snapshot: Snapshot,
    members: pd.DataFrame,
    *,
    histories: list[str],
) -> list[EvidenceRow]:
    """Read the rows behind the factors; none without an engine."""
    if engine is None or rows is None:
        return []
    one = not rows.place.unlocated_column
    others = gather_histories(engine, rows, snapshot, members, factors=histories, one_building=one)
    return share_rows(rows) + others


def _figures(row: pd.Series) -> dict[str, Any]:
    """Return what the snapshot says of the unit itself."""
    return {
        "score": float(row[c.SCORE]),
        "low": float(row[c.LOW]),
        "high": float(row[c.HIGH]),
        "tier": str(row[c.TIER]),
        "rank": int(row[c.RANK]),
        "exposure": float(row[c.EXPOSURE]),
        "rates": _rates(row),
    }


def config_of(snapshot: Snapshot) -> ScoreConfig:
    """Return the configuration a snapshot was made with; before effort counted, all was whole."""
    raw = snapshot.config()
    return ScoreConfig.from_mapping({"effort": {"least": 1.0}} | raw)


def _points(row: pd.Series) -> dict[str, float]:
    return {
        str(column).removeprefix(c.POINTS_PREFIX): float(row[column])
        for column in row.index
        if str(column).startswith(c.POINTS_PREFIX)
    }


def _rates(row: pd.Series) -> Rates:
    raw = float(row[c.RATE_RAW])
    return Rates(
        events=float(row[c.CONFIRMED]),
        raw=None if np.isnan(raw) else raw,
        smoothed=float(row[c.RATE_SMOOTHED]),
        weight=float(row[c.RATE_WEIGHT]),
    )


def _ring_rows(around: pd.DataFrame, config: ScoreConfig) -> list[EvidenceRow]:
    """Show the neighbours that something happened at, as rows of the register."""
    events = count_events(around, config.ring_complaint)
    rows = register_evidence(around[events > 0], events[events > 0], factor=RING)
    return sorted(rows, key=lambda each: (-each.value, each.row_key))


def _changed(row: pd.Series, evidence: list[EvidenceRow]) -> list[str]:
    """Name the factors whose rows, read now, do not add up to what the snapshot was made from."""
    now = dict.fromkeys(SEEN, 0.0)
    for each in evidence:
        now[each.factor] = now.get(each.factor, 0.0) + each.value
    skipped = {c.VISITS}
    was = {name: float(row.get(name, 0.0)) for name in SEEN if name not in skipped}
    return [name for name, then in was.items() if abs(now[name] - then) > TOLERANCE * (1 + then)]
