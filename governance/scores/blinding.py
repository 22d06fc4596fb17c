"""As much of an explanation as a person may know: within their scope, without the draw."""

from dataclasses import replace
from typing import Final

import pandas as pd

from data.results.snapshot import BUILDING_KIND, Snapshot
from governance.access.scopes import Scope
from governance.visits.rules.blinding import blinded_facts
from governance.visits.rules.settings import VisitRules
from risk import schema as c
from risk.events.provenance import DISCOVERED, RANDOM_ARM
from risk.explanation.explain import Explanation

_ELSEWHERE: Final = (c.HISTORY_OPERATOR, c.HISTORY_WORDS)
"""Factors with rows of operators anywhere in the office."""


def scoped(buildings: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """Keep a snapshot's buildings that are inside a scope."""
    return scope.of_frame(buildings, building=c.BUILDING, grid=c.GRID, community=c.COMMUNITY)


def as_far_as_seen(answer: Explanation, snapshot: Snapshot, scope: Scope) -> Explanation:
    """Leave out the neighbours, and the rows about them, that are somebody else's.

    A visit to the operators elsewhere that was placed in no building may be anybody's.
    """
    if scope.street:
        return answer
    evidence_buildings = {
        row.building_id for rows in answer.rows.values() for row in rows if row.building_id
    }
    around = {n.unit for n in answer.neighbours if n.unit_kind == BUILDING_KIND}
    named = snapshot.select("buildings", c.BUILDING, sorted(evidence_buildings | around))
    seen = set(scoped(named, scope)[c.BUILDING]) | {""}
    return replace(
        answer,
        neighbours=[n for n in answer.neighbours if n.unit in seen],
        rows={
            factor: [
                row
                for row in rows
                if row.building_id in seen and (row.building_id or factor not in _ELSEWHERE)
            ]
            for factor, rows in answer.rows.items()
        },
    )


def without_chance(answer: Explanation, rules: VisitRules) -> Explanation:
    """Let the rows of visits that chance chose read like all others."""
    rows = {
        factor: [
            row._replace(
                facts=blinded_facts(row.facts, row.event_at, rules),
                source=DISCOVERED if row.source == RANDOM_ARM else row.source,
            )
            if row.table == "inspections"
            else row
            for row in those
        ]
        for factor, those in answer.rows.items()
    }
    return replace(answer, rows=rows)
