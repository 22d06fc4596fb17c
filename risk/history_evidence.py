"""The visits behind the relative-risk factors of a score, each with finds less expected finds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from data.results.snapshot import BUILDING_KIND, Snapshot
from geo.cells import disk, parents
from risk import columns as c
from risk.config import ScoreConfig
from risk.evidence import FACTS, EvidenceRow
from risk.histories import NEIGHBOUR_STEPS, RELATIVE_RISKS, WIDE_RESOLUTION
from risk.history.purposes import ROUTINE
from risk.history_visits import DECAY, PURPOSE, VisitResults, read_visit_results, settled_visits
from risk.places import drawn_cells
from risk.signals import EVENT_AT, ROW_KEY, FeatureSource

HISTORY_COLUMNS: Final = (*RELATIVE_RISKS, c.VISITS_OTHER)
MOST_ROWS: Final = 50
"""Of a kind, a ring or an operator that many buildings share, the rows that weigh most."""
_FACTS: Final = ("result", "mode", "purpose", "place_kind")


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

    Parameters
    ----------
    source
        The engine.
    snapshot
        One from before there were histories has none.
    members
        Buildings of the explained unit, as the snapshot holds them.
    one_building
        Whether the unit is a building; only then its surroundings are told.
    config
        That of the snapshot.
    """
    if c.HISTORY_FOUND not in members:
        return []
    register = source.table("buildings", cut=snapshot.cut)
    tables = settled_visits(source, register, cut=snapshot.cut, config=config)
    visits = read_visit_results(*tables, cut=snapshot.cut, config=config)
    ids = members[c.BUILDING]
    found = _of_visits(visits, set(ids))
    if one_building and len(members):
        found += _surroundings(snapshot, members.iloc[0])
    return sorted(found, key=lambda row: (row.factor, -abs(row.value), row.row_key))


def _of_visits(visits: VisitResults, ids: set[str]) -> list[EvidenceRow]:
    rows = visits.rows
    results = rows[rows["found"].notna()]
    surplus = (results["found"] - results["expected"]) * results[DECAY]
    here = results[c.BUILDING].isin(ids)
    tenants = visits.tenants[visits.tenants[c.BUILDING].isin(ids)]["party"]
    parties = (set(results.loc[here, "party_key"]) | set(tenants)) - {""}
    other = rows[rows[c.BUILDING].isin(ids) & (rows[PURPOSE] != ROUTINE)]
    parts = (
        (c.HISTORY_BUILDING, results[here], surplus[here]),
        (c.HISTORY_UNIT, *_where(results, surplus, here & (results["unit_id"] != ""))),
        (c.HISTORY_OPERATOR, *_where(results, surplus, results["party_key"].isin(parties))),
        (c.VISITS_OTHER, other, other[DECAY]),
    )
    return [row for name, frame, value in parts for row in _rows(name, frame, value)]


def _where(
    results: pd.DataFrame, surplus: pd.Series, chosen: pd.Series
) -> tuple[pd.DataFrame, pd.Series]:
    return results[chosen], surplus[chosen]


def _rows(factor: str, frame: pd.DataFrame, value: pd.Series) -> list[EvidenceRow]:
    frame = frame.assign(_value=value)
    frame = frame.sort_values([ROW_KEY])
    frame = frame.sort_values("_value", key=np.abs, ascending=False, kind="stable")
    names = [name for name in _FACTS if name in FACTS["inspections"]]
    return [
        EvidenceRow(
            factor=factor,
            table="inspections",
            row_key=str(record[ROW_KEY]),
            event_at=record[EVENT_AT].to_pydatetime(),
            value=float(record["_value"]),
            facts={name: record[name] for name in names if record[name]},
            match_level=str(record[c.MATCH_LEVEL]),
            building_id=str(record[c.BUILDING]),
        )
        for record in frame.head(MOST_ROWS).to_dict("records")
    ]


def _surroundings(snapshot: Snapshot, building: pd.Series) -> list[EvidenceRow]:
    """Tell the visited buildings of the same kind, ring, wider ring and grid."""
    cell, found = str(building[c.H3_R10]), []
    near = disk(np.array([cell]), NEIGHBOUR_STEPS)[1].tolist() if cell else []
    for factor, column, values in (
        (c.HISTORY_RING, c.H3_R10, near),
        (c.HISTORY_AREA, c.H3_R10, _wide_cells(cell)),
        (c.HISTORY_GRID, c.GRID, _known(building[c.GRID])),
        (c.HISTORY_KIND, c.KIND, _known(building[c.KIND])),
    ):
        around = snapshot.select("buildings", column, values)
        others = around[around[c.BUILDING] != building[c.BUILDING]]
        found += _buildings(factor, around if factor == c.HISTORY_KIND else others)
    return found


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
    visited = visited.assign(_surplus=surplus).sort_values(c.BUILDING)
    visited = visited.sort_values("_surplus", key=np.abs, ascending=False, kind="stable")
    return [
        EvidenceRow(
            factor=factor,
            table="buildings",
            row_key=str(record[c.BUILDING]),
            event_at=None,
            value=float(record["_surplus"]),
            facts={},
            match_level=BUILDING_KIND,
            building_id=str(record[c.BUILDING]),
        )
        for record in visited.head(MOST_ROWS).to_dict("records")
    ]
