"""The visits behind the relative-risk factors of a score, each with finds less expected finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from data.results.snapshot import Snapshot
from geo.cells import disk, parents
from risk import schema as c
from risk.config.score import ScoreConfig
from risk.events.purposes import ROUTINE
from risk.events.rows import FeatureSource
from risk.explanation.evidence import VALUE, EvidenceRow, evidence_rows, register_evidence
from risk.explanation.lookup import drawn_cells
from risk.features.neighbours import NEIGHBOUR_STEPS
from risk.features.relative_risk import RELATIVE_RISKS, WIDE_RESOLUTION
from risk.features.visit_results import (
    DECAY,
    PURPOSE,
    VisitResults,
    read_visit_results,
    settled_visits,
)

HISTORY_COLUMNS: Final = (*RELATIVE_RISKS, c.VISITS_OTHER)
MOST_ROWS: Final = 50
"""Of a kind, a ring or an operator that many buildings share, the rows that weigh most."""


def gather_histories(
    source: FeatureSource,
    snapshot: Snapshot,
    members: pd.DataFrame,
    *,
    one_building: bool,
    config: ScoreConfig,
) -> list[EvidenceRow]:
    """Read the rows behind the histories of some buildings, weightiest first within each factor.

    A visit is worth what it found less what such a visit usually finds, faded with age; under
    ``visits_other`` what it still counts. Of a building's surroundings the buildings are told, each
    with the surplus of its own visits, as the snapshot holds them.

    ``snapshot``: one from before there were histories has none. ``members``: buildings of the
    explained unit, as the snapshot holds them. ``one_building``: whether the unit is a building;
    only then its surroundings are told.
    """
    if c.HISTORY_FOUND not in members:
        return []
    tables = settled_visits(source, cut=snapshot.cut, config=config)
    visits = read_visit_results(*tables, cut=snapshot.cut, config=config)
    evidence = _of_visits(visits, set(members[c.BUILDING]))
    if one_building and len(members):
        evidence += _surroundings(snapshot, members.iloc[0])
    return sorted(evidence, key=lambda row: (row.factor, -abs(row.value), row.row_key))


def _of_visits(visits: VisitResults, ids: set[str]) -> list[EvidenceRow]:
    rows = visits.rows
    results = rows[rows["found"].notna()]
    surplus = (results["found"] - results["expected"]) * results[DECAY]
    at_buildings = results[c.BUILDING].isin(ids)
    tenants = visits.tenants[visits.tenants[c.BUILDING].isin(ids)]["party"]
    parties = (set(results.loc[at_buildings, "party_key"]) | set(tenants)) - {""}
    other = rows[rows[c.BUILDING].isin(ids) & (rows[PURPOSE] != ROUTINE)]
    results = results.assign(**{VALUE: surplus})
    parts = {
        c.HISTORY_BUILDING: results[at_buildings],
        c.HISTORY_UNIT: results[at_buildings & (results["unit_id"] != "")],
        c.HISTORY_OPERATOR: results[results["party_key"].isin(parties)],
        c.VISITS_OTHER: other.assign(**{VALUE: other[DECAY]}),
    }
    told = [_weightiest(frame, c.ROW_KEY).assign(factor=factor) for factor, frame in parts.items()]
    return evidence_rows(pd.concat(told, ignore_index=True), "inspections")


def _weightiest(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    frame = frame.sort_values(key)
    frame = frame.sort_values(VALUE, key=np.abs, ascending=False, kind="stable")
    return frame.head(MOST_ROWS)


def _surroundings(snapshot: Snapshot, building: pd.Series) -> list[EvidenceRow]:
    """Tell the visited buildings of the same kind, ring, wider ring and grid."""
    cell, evidence = str(building[c.H3_R10]), []
    near = disk(np.array([cell]), NEIGHBOUR_STEPS)[1].tolist() if cell else []
    for factor, column, values in (
        (c.HISTORY_RING, c.H3_R10, near),
        (c.HISTORY_AREA, c.H3_R10, _wide_cells(cell)),
        (c.HISTORY_GRID, c.GRID, _known(building[c.GRID])),
        (c.HISTORY_KIND, c.KIND, _known(building[c.KIND])),
    ):
        around = snapshot.select("buildings", column, values)
        others = around[around[c.BUILDING] != building[c.BUILDING]]
        evidence += _buildings(factor, around if factor == c.HISTORY_KIND else others)
    return evidence


def _wide_cells(cell: str) -> list[str]:
    if not cell:
        return []
    wide = disk(parents(np.array([cell]), WIDE_RESOLUTION), NEIGHBOUR_STEPS)[1]
    return [small for each in wide.tolist() for small in drawn_cells(each)]


def _known(value: object) -> Sequence[str]:
    return [str(value)] if value else []


def _buildings(factor: str, around: pd.DataFrame) -> list[EvidenceRow]:
    visited = around[around[c.HISTORY_EXPECTED] > 0]
    surplus = visited[c.HISTORY_FOUND] - visited[c.HISTORY_EXPECTED]
    visited = _weightiest(visited.assign(**{VALUE: surplus}), c.BUILDING)
    return register_evidence(visited, visited[VALUE], factor=factor)
