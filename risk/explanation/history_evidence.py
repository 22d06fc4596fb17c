"""The visits behind the relative-risk factors of a score, each with finds less expected finds."""

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
import pandas as pd

from data.results.snapshot import USUAL_FINDS, Snapshot
from data.workspace.cache import Cache
from geo.cells import disk, parents
from risk import schema as c
from risk.arrays import among_texts, select_by_text
from risk.events.purposes import ROUTINE
from risk.events.rows import FeatureSource
from risk.explanation.evidence import (
    VALUE,
    EvidenceRow,
    evidence_rows,
    newest_first,
    register_evidence,
    weightiest_first,
)
from risk.explanation.lookup import drawn_cells, select_buildings
from risk.explanation.place_rows import PlaceRows
from risk.features.neighbours import NEIGHBOUR_STEPS
from risk.features.relative_risk import RELATIVE_RISKS, WIDE_RESOLUTION
from risk.features.visit_results import (
    DECAY,
    PURPOSE,
    add_expected_finds,
    assigned_visits,
    read_visit_results,
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

    ``source``, ``rows``: all rows, and those of the buildings.
    ``snapshot``: one from before there were histories has none.
    ``members``: buildings of the explained unit, as the snapshot holds them.
    ``factors``: those of `HISTORY_COLUMNS` that are wanted.
    ``one_building``: whether the unit is a building; only then its surroundings are told.
    """
    if c.HISTORY_FOUND not in members:
        return []
    wanted = set(factors)
    evidence = _of_visits(source, rows, snapshot, wanted)
    if one_building and len(members):
        evidence += _surroundings(snapshot, members.iloc[0], wanted)
    return sorted(evidence, key=weightiest_first)


def _of_visits(
    source: FeatureSource, rows: PlaceRows, snapshot: Snapshot, wanted: set[str]
) -> list[EvidenceRow]:
    at_place = select_by_text(rows.assigned("inspections"), c.BUILDING, rows.place.buildings)
    visits, parties = at_place, set[str]()
    if c.HISTORY_OPERATOR in wanted:
        parties = _parties(at_place, rows)
        visits = rows.visits_of(parties)
        elsewhere = ~among_texts(visits[c.ROW_KEY], at_place[c.ROW_KEY])
        visits = pd.concat([at_place, visits[elsewhere]], ignore_index=True)
    visits = newest_first(_with_surplus(source, rows, snapshot, visits), "inspections")
    at_buildings = among_texts(visits[c.ROW_KEY], at_place[c.ROW_KEY])
    result, unit = visits["found"].notna().to_numpy(), (visits["unit_id"] != "").to_numpy()
    parts = {
        c.HISTORY_BUILDING: result & at_buildings,
        c.HISTORY_UNIT: result & at_buildings & unit,
        c.HISTORY_OPERATOR: result & among_texts(visits["party_key"], parties),
        c.VISITS_OTHER: at_buildings & (visits[PURPOSE] != ROUTINE).to_numpy(),
    }
    most = []
    for factor in (factor for factor in parts if factor in wanted):
        frame = visits[parts[factor]].assign(factor=factor)
        if factor == c.VISITS_OTHER:
            frame = frame.assign(**{VALUE: frame[DECAY]})
        most.append(_weightiest(frame))
    return evidence_rows(pd.concat(most, ignore_index=True), "inspections") if most else []


def _parties(visits: pd.DataFrame, rows: PlaceRows) -> set[str]:
    """Return whom visits of the buildings with a result met, and who rents there."""
    evidence = rows.config.evidence
    result = among_texts(visits["result"], [*evidence.not_found, *evidence.found])
    leases = rows.assigned("rentals")
    active = leases[c.ACTIVE].to_numpy(bool) & among_texts(leases[c.BUILDING], rows.place.buildings)
    met, tenants = visits["party_key"][result], leases[c.TENANT][active]
    return {*met.unique(), *tenants.unique()} - {""}


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
            *assigned_visits(source, cut=cut, config=config), cut=cut, config=config
        ).rows
        visits = select_by_text(every, c.ROW_KEY, visits[c.ROW_KEY]).reset_index(drop=True)
    return visits.assign(**{VALUE: (visits["found"] - visits["expected"]) * visits[DECAY]})


def _weightiest(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that weigh most, of alike ones the first."""
    if len(frame) > MOST_ROWS:  # the others need no order
        weight = np.nan_to_num(np.abs(frame[VALUE].to_numpy(np.float64)), nan=-1.0)
        frame = frame[weight >= np.partition(weight, -MOST_ROWS)[-MOST_ROWS]]
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
    visited = around[around[c.HISTORY_EXPECTED] > 0].sort_values(c.BUILDING)
    surplus = visited[c.HISTORY_FOUND] - visited[c.HISTORY_EXPECTED]
    visited = _weightiest(visited.assign(**{VALUE: surplus}))
    return register_evidence(visited, visited[VALUE], factor=factor)
