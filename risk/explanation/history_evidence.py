"""The visits behind the relative-risk factors of a score, each with finds less expected finds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
import pandas as pd

from data.results.snapshot import USUAL_FINDS, Snapshot
from data.workspace.cache import Cache
from geo.cells import disk, parents
from risk import schema as c
from risk.events.purposes import ROUTINE
from risk.events.rows import FeatureSource
from risk.explanation.evidence import VALUE, EvidenceRow, evidence_rows, register_evidence
from risk.explanation.lookup import drawn_cells, select_buildings
from risk.explanation.place_rows import PlaceRows
from risk.features.neighbours import NEIGHBOUR_STEPS
from risk.features.relative_risk import RELATIVE_RISKS, WIDE_RESOLUTION
from risk.features.visit_results import (
    DECAY,
    PURPOSE,
    add_expected_finds,
    read_visit_results,
    settled_visits,
)

HISTORY_COLUMNS: Final = (*RELATIVE_RISKS, c.VISITS_OTHER)
_VISITED: Final = (c.BUILDING, c.HISTORY_FOUND, c.HISTORY_EXPECTED)
MOST_ROWS: Final = 50
"""Of a kind, a ring or an operator that many buildings share, the rows that weigh most."""
_OF_KINDS: Final[Cache[list[EvidenceRow]]] = Cache(64)


def gather_histories(
    source: FeatureSource,
    rows: PlaceRows,
    snapshot: Snapshot,
    members: pd.DataFrame,
    *,
    factors: Collection[str],
    one_building: bool,
) -> list[EvidenceRow]:
    """Read the rows behind the histories of some buildings, weightiest first within each factor.

    A visit is worth what it found less what such a visit usually finds, faded with age; under
    ``visits_other`` what it still counts. Of a building's surroundings the buildings are told, each
    with the surplus of its own visits, as the snapshot holds them.

    Parameters
    ----------
    source, rows
        All rows, and those of the buildings.
    snapshot
        One from before there were histories has none.
    members
        Buildings of the explained unit, as the snapshot holds them.
    factors
        Those of `HISTORY_COLUMNS` that are wanted.
    one_building
        Whether the unit is a building; only then its surroundings are told.
    """
    if c.HISTORY_FOUND not in members:
        return []
    wanted = set(factors)
    evidence = _of_visits(source, rows, snapshot, wanted)
    if one_building and len(members):
        evidence += _surroundings(snapshot, members.iloc[0], wanted)
    return sorted(evidence, key=lambda row: (row.factor, -abs(row.value), row.row_key))


def _of_visits(
    source: FeatureSource, rows: PlaceRows, snapshot: Snapshot, wanted: set[str]
) -> list[EvidenceRow]:
    here = rows.settled("inspections")
    here = here[here[c.BUILDING].isin(list(rows.place.buildings))]
    told = here
    if c.HISTORY_OPERATOR in wanted:
        told = rows.visits_of(_parties(here, rows))
        told = pd.concat([here, told[~told[c.ROW_KEY].isin(here[c.ROW_KEY])]], ignore_index=True)
    told = _with_surplus(source, rows, snapshot, told)
    at_buildings = told[c.ROW_KEY].isin(here[c.ROW_KEY])
    results, other = told[told["found"].notna()], told[at_buildings & (told[PURPOSE] != ROUTINE)]
    at_buildings = at_buildings[results.index]
    parts = {
        c.HISTORY_BUILDING: results[at_buildings],
        c.HISTORY_UNIT: results[at_buildings & (results["unit_id"] != "")],
        c.HISTORY_OPERATOR: results[results["party_key"].isin(_parties(here, rows))],
        c.VISITS_OTHER: other.assign(**{VALUE: other[DECAY]}),
    }
    most = [
        _weightiest(frame, c.ROW_KEY).assign(factor=factor)
        for factor, frame in parts.items()
        if factor in wanted
    ]
    return evidence_rows(pd.concat(most, ignore_index=True), "inspections") if most else []


def _parties(visits: pd.DataFrame, rows: PlaceRows) -> set[str]:
    """Return whom visits of the buildings with a result met, and who rents there."""
    evidence = rows.config.evidence
    results = visits[visits["result"].isin([*evidence.not_found, *evidence.found])]
    leases = rows.settled("rentals")
    tenants = leases[leases[c.ACTIVE] & leases[c.BUILDING].isin(list(rows.place.buildings))]
    return (set(results["party_key"]) | set(tenants[c.TENANT])) - {""}


def _with_surplus(
    source: FeatureSource, rows: PlaceRows, snapshot: Snapshot, visits: pd.DataFrame
) -> pd.DataFrame:
    """Add to visits what they found and what was usual, as the snapshot was made with.

    A snapshot of earlier versions does not hold what was usual: then it takes all visits of the
    office to tell.
    """
    cut, config = rows.cut, rows.config
    if snapshot.holds(USUAL_FINDS):
        usual = snapshot.table(USUAL_FINDS)
        visits = add_expected_finds(visits, cut=cut, config=config, usual=usual)
    else:
        every = read_visit_results(
            *settled_visits(source, cut=cut, config=config), cut=cut, config=config
        ).rows
        visits = every[every[c.ROW_KEY].isin(visits[c.ROW_KEY])].reset_index(drop=True)
    return visits.assign(**{VALUE: (visits["found"] - visits["expected"]) * visits[DECAY]})


def _weightiest(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    frame = frame.sort_values(key)
    frame = frame.sort_values(VALUE, key=np.abs, ascending=False, kind="stable")
    return frame.head(MOST_ROWS)


def _surroundings(snapshot: Snapshot, building: pd.Series, wanted: set[str]) -> list[EvidenceRow]:
    """Tell the visited buildings of the same kind, ring, wider ring and grid."""
    cell, evidence = str(building[c.H3_R10]), []
    near = disk(np.array([cell]), NEIGHBOUR_STEPS)[1].tolist() if cell else []
    for factor, column, values in (
        (c.HISTORY_RING, c.H3_R10, near),
        (c.HISTORY_AREA, c.H3_R10, _wide_cells(cell)),
        (c.HISTORY_GRID, c.GRID, _known(building[c.GRID])),
    ):
        if factor in wanted:
            around = select_buildings(snapshot, column, values, columns=_VISITED)
            evidence += _buildings(factor, around[around[c.BUILDING] != building[c.BUILDING]])
    if c.HISTORY_KIND in wanted:
        evidence += _of_kind(snapshot, str(building[c.KIND]))
    return evidence


def _of_kind(snapshot: Snapshot, kind: str) -> list[EvidenceRow]:
    """Tell the visited buildings of a kind, maybe half of all: read once a score."""

    def read() -> list[EvidenceRow]:
        around = select_buildings(snapshot, c.KIND, _known(kind), columns=_VISITED)
        return _buildings(c.HISTORY_KIND, around)

    return _OF_KINDS.get((snapshot.folder, kind), read)


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
