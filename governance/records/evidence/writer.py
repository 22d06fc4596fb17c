"""Steps of custody are written here alone, each with its audit line."""

from collections.abc import Mapping
from typing import Any

from data.contracts.evidence_vocabulary import Custody
from data.integrity.evidence_intake import facts_of_step
from data.store.repositories.versioned import ChangedMeanwhileError
from data.store.tables.records.evidence import Evidence
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor
from governance.records.evidence.custody import NEEDS
from governance.records.evidence.places import EvidencePlaces
from governance.service import Component


class CustodyWriter(Component):
    """Adds steps to the custody of pieces; whatever changes one does it here."""

    _places: EvidencePlaces

    def append(
        self, unit: UnitOfWork, actor: Actor, piece: Evidence, action: Custody,
        facts: Mapping[str, Any],
    ) -> Evidence:  # fmt: skip
        """Add a step and its audit line, which names its seal; the last thing before a commit.

        Raises `ChangedMeanwhileError` when somebody else changed the piece since it was read.
        """
        now = self._now()
        after = unit.evidence.append(piece, at=now, actor=actor.id, action=action, facts=facts)
        unit.audit.add(
            at=now, actor=actor.id, action=NEEDS[action].value,
            facts=facts_of_step(after, change=action),
        )  # fmt: skip
        return after

    def seen(
        self, unit: UnitOfWork, actor: Actor, evidence_no: str, version: int | None
    ) -> Evidence:
        """Return a piece that the actor may know of, as they saw it.

        Raises `EvidenceError`: ``evidence_missing``.
        Raises `ChangedMeanwhileError` when it has another version, where the actor saw one.
        """
        piece = self._places.get(unit, actor, evidence_no)
        if version is not None and version != piece.version:
            raise ChangedMeanwhileError("evidence_changed", seen=evidence_no)
        return piece
