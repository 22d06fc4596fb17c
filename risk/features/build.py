"""The features of every building as of one cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd
from ibis import ir
from numpy.typing import NDArray

from risk import schema as c
from risk.arrays import Codes, Floats
from risk.config.score import ScoreConfig
from risk.events.confirmed import mark_own_events
from risk.events.decay import from_quanta
from risk.events.fetch import fetch
from risk.events.rows import FeatureSource, known_buildings, settled_rows
from risk.features.aggregates import (
    LAST_VISIT,
    sum_complaints,
    sum_inspections,
    sum_rentals,
    sum_shared_tenants,
    sum_violations,
)
from risk.features.cache import once_a_view
from risk.features.exposure import estimate_exposure
from risk.features.neighbours import add_neighbourhood
from risk.features.official_grids import HOUSEHOLDS, cells_of_empty_grids, read_grids
from risk.features.visit_results import settled_visits

UNLOCATED_KEYS: Final = (c.H3_R10, c.GRID, c.COMMUNITY)
UNLOCATED_WEIGHTS: Final = (c.COMPLAINTS, c.VIOLATIONS, c.FOUND)
"""What counts where no building is known; a visit that found nothing clears only a building."""
WEIGHT_COLUMNS: Final = (*UNLOCATED_WEIGHTS, c.NOT_FOUND, c.NO_ACCESS, c.SHORT_TERM)
COUNTS: Final = (
    c.COMPLAINT_REPORTERS,
    c.COMPLAINT_REPORT_DAYS,
    c.BUSINESS_TENANT,
    c.SHARED_TENANT,
    c.VISITS,
)
_LET: Final = "_let"
_TEXTS: Final = (c.BUILDING, c.KIND, c.H3_R10, c.GRID, c.COMMUNITY)
_NUMBERS: Final = {c.LON: c.LON, c.LAT: c.LAT, c.DWELLINGS: "household_count", _LET: "rental_count"}


@dataclass(frozen=True, kw_only=True)
class FeatureTable:
    """Everything the score is made of, as of one cut.

    Parameters
    ----------
    cut
        Nothing learnt or happened at or after this local time is in here.
    buildings
        One row per building of the register, sorted by ``building_id``; columns as named in
        ``risk.schema``. Masses are float64 multiples of 2^-32.
    unlocated
        One row per (``h3_r10``, ``grid_code``, ``community_code``) of events that belong to no
        building, sorted; ``''`` where a level is not known. Weights: ``UNLOCATED_WEIGHTS``.
    usual
        Weight or count per unit of exposure in all buildings together, by column.
    rows_nowhere
        Mass per signal of rows that are not even sure of a community, and so count nowhere.
    empty_grids
        ``h3_r10``, ``grid_code``, ``community_code`` of the official grids without a building
        (`risk.features.official_grids.cells_of_empty_grids`).
    """

    cut: datetime
    buildings: pd.DataFrame
    unlocated: pd.DataFrame
    usual: Mapping[str, float]
    rows_nowhere: Mapping[str, float]
    empty_grids: pd.DataFrame


@once_a_view
def build_features(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> FeatureTable:
    """Build the features of every building as of ``cut``.

    ``source``: an engine with the tables buildings, grids, complaints, rentals, violations and
    inspections.

    The result: a building without any event has decayed weights of 0; unknown exposure is estimated
    and marked.
    """
    inspections, rentals = settled_visits(source, cut=cut, config=config)
    complaints, violations = (
        settled_rows(source, name, cut=cut, config=config) for name in ("complaints", "violations")
    )
    violations = mark_own_events(violations, inspections)
    sums = [
        fetch(sum_complaints(complaints, config=config)),
        fetch(sum_violations(violations, cut=cut, config=config)),
        fetch(sum_inspections(inspections, cut=cut, config=config)),
    ]
    rented = [fetch(sum_rentals(rentals)), fetch(sum_shared_tenants(rentals))]
    unlocated, nowhere = _join_unlocated(sums)
    register = _read_register(known_buildings(source, cut))
    buildings = _join_parts(register, [*sums, *rented], cut)
    grids = read_grids(source, cut=cut)
    buildings = estimate_exposure(
        buildings, rule=config.exposure, totals=grids.set_index(c.GRID)[HOUSEHOLDS]
    )
    buildings = add_neighbourhood(
        buildings,
        unlocated,
        complaint_weight=config.ring_complaint,
        prior_events=config.ring_events,
    )
    return FeatureTable(
        cut=cut,
        buildings=buildings,
        unlocated=unlocated,
        usual=_usual(buildings),
        rows_nowhere=nowhere,
        empty_grids=cells_of_empty_grids(grids, set(buildings[c.GRID])),
    )


def _read_register(register: ir.Table) -> pd.DataFrame:
    texts = {name: register[name].cast("string").fill_null("") for name in _TEXTS}
    numbers = {name: register[column].cast("float64") for name, column in _NUMBERS.items()}
    frame = fetch(register.select(**texts, **numbers))
    frame = frame.astype(dict.fromkeys(_TEXTS, "str") | dict.fromkeys(_NUMBERS, np.float64))
    return frame.sort_values(c.BUILDING, ignore_index=True)


def _join_parts(buildings: pd.DataFrame, parts: list[pd.DataFrame], cut: datetime) -> pd.DataFrame:
    ids = pd.Index(buildings[c.BUILDING])
    placed = [part[part[c.BUILDING] != ""] for part in parts]
    frames = [part.set_index(c.BUILDING).reindex(ids) for part in placed]
    joined: dict[str, NDArray[Any]] = {
        name: _decayed_weights(frame[name])
        for frame in frames
        for name in WEIGHT_COLUMNS
        if name in frame
    }
    joined |= {name: _counts(frame[name]) for frame in frames for name in COUNTS if name in frame}
    joined[c.CONFIRMED] = _sum_events(frames, c.CONFIRMED)
    let = next(frame[c.REGISTERED] for frame in frames if c.REGISTERED in frame)
    visited = next(frame[LAST_VISIT] for frame in frames if LAST_VISIT in frame)
    since = (pd.Timestamp(cut) - visited.astype("datetime64[us]")) / pd.Timedelta(days=1)
    return buildings.drop(columns=_LET).assign(
        **joined,
        **{
            c.REGISTERED: let.fillna(buildings[_LET].set_axis(ids)).to_numpy(np.float64),
            c.DAYS_SINCE_VISIT: since.to_numpy(np.float64),
        },
    )


def _usual(buildings: pd.DataFrame) -> dict[str, float]:
    exposure = float(buildings[c.EXPOSURE].sum())
    names = (*WEIGHT_COLUMNS, *COUNTS)
    if exposure <= 0:
        return dict.fromkeys(names, 0.0)
    return {name: float(buildings[name].sum()) / exposure for name in names}


def _join_unlocated(parts: list[pd.DataFrame]) -> tuple[pd.DataFrame, dict[str, float]]:
    frames = [part[part[c.BUILDING] == ""].set_index(list(UNLOCATED_KEYS)) for part in parts]
    groups = pd.concat([pd.DataFrame(index=frame.index) for frame in frames]).index.unique()
    frames = [frame.reindex(groups) for frame in frames]
    decayed_weights = {
        name: _decayed_weights(frame[name])
        for frame in frames
        for name in UNLOCATED_WEIGHTS
        if name in frame
    }
    events = {c.CONFIRMED: _sum_events(frames, c.CONFIRMED)}
    unlocated = pd.DataFrame({**decayed_weights, **events}, index=groups).reset_index()
    unlocated = unlocated.astype(dict.fromkeys(UNLOCATED_KEYS, "str"))
    unlocated = unlocated.sort_values(list(UNLOCATED_KEYS), ignore_index=True)
    somewhere = (unlocated[list(UNLOCATED_KEYS)] != "").any(axis=1)
    nowhere = {name: float(unlocated.loc[~somewhere, name].sum()) for name in UNLOCATED_WEIGHTS}
    return unlocated[somewhere].reset_index(drop=True), nowhere


def _decayed_weights(quanta: pd.Series) -> Floats:
    return from_quanta(quanta.fillna(0).to_numpy(np.int64))


def _counts(counts: pd.Series) -> Codes:
    return counts.fillna(0).to_numpy(np.int64)


def _sum_events(frames: list[pd.DataFrame], name: str) -> Codes:
    """Add up finds and decisions, each event once (`risk.events.confirmed`)."""
    counts = [_counts(frame[name]) for frame in frames if name in frame]
    return np.asarray(np.sum(counts, axis=0))
