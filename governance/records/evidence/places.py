"""Where a piece of evidence belongs, and who may know of it."""

from typing import Any

from data.store.tables.records.evidence import Evidence
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor
from governance.records.evidence.description import EvidenceError, Place
from governance.service import Component


class EvidencePlaces(Component):
    """Finds cases and buildings of an actor's scope, and the pieces of them."""

    def place(
        self, unit: UnitOfWork, actor: Actor, *, case_no: str = "", building_id: str = ""
    ) -> Place:
        """Return the codes of a case, of a building or of both; the case's go before.

        Raises `EvidenceError`: ``evidence_case_unknown`` or ``evidence_building_unknown``, also for
        what lies outside of the actor's scope.
        """
        own = self._building(actor, building_id) if building_id else Place()
        if not case_no:
            return own
        case = unit.cases.get(case_no)
        if case is None or not actor.scope.covers_row(case):
            raise EvidenceError("evidence_case_unknown", seen=case_no)
        return Place(
            case_no=case.case_no,
            building_id=own.building_id or case.building_id,
            community=case.community or own.community,
            grid=case.grid or own.grid,
        )

    def _building(self, actor: Actor, building_id: str) -> Place:
        table = self._engine.table("buildings")
        codes = [name for name in ("community_code", "grid_code") if name in table.columns]
        found = table.filter(table["building_id"] == building_id).select(*codes).to_pandas()
        row: dict[str, Any] = dict(found.iloc[0].fillna("")) if len(found) else {}
        place = Place(None, building_id, row.get("community_code", ""), row.get("grid_code", ""))
        if found.empty or not actor.scope.covers(
            building=building_id, grid=place.grid, community=place.community
        ):
            raise EvidenceError("evidence_building_unknown", seen=building_id)
        return place

    def get(self, unit: UnitOfWork, actor: Actor, evidence_no: str) -> Evidence:
        """Return a piece that the actor may know of: of their scope, or in their own hands.

        Raises `EvidenceError`: ``evidence_missing``.
        """
        piece = unit.evidence.get(evidence_no)
        if piece is None or not _may_know(actor, piece):
            raise EvidenceError("evidence_missing", seen=evidence_no)
        return piece


def _may_know(actor: Actor, piece: Evidence) -> bool:
    hands = {piece.added_by, piece.holder_id, piece.handed_to}
    return actor.id in hands or actor.scope.covers_row(piece)
