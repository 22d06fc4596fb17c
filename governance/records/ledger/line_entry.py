"""Lines that come on the ledger by hand: what must be told, and the line that comes of it."""

from dataclasses import dataclass
from typing import Any

from data.contracts.ledger_vocabulary import (
    ON_LEDGER,
    InReason,
    LedgerAction,
    LedgerKind,
)
from data.privacy.pseudonyms import hide_numbers
from data.store.tables.records.ledger import LedgerEntry
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor
from governance.cases.rules.workflow.transitions import ActionError
from governance.records.ledger.log import LedgerLog, subject_of
from governance.records.ledger.rules.changes import change_line
from governance.records.ledger.rules.state import LedgerState
from governance.records.ledger.sources import LedgerSources
from governance.records.ledger.views import UnknownLineError
from governance.service import Component


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line that somebody enters by hand.

    ``kind``, ``reason``: `LedgerKind`, `InReason`.
    ``name``, ``address``: what it is; telephone numbers in them are hidden. A line about a building
    may leave both empty; no line is ever about a pupil.
    Its tier and how often it is visited are what the rules say of the reason.
    """

    kind: str
    reason: str
    note: str
    """Who ordered it, and why."""
    name: str = ""
    address: str = ""
    building_id: str = ""
    """Where it is; "" where nobody knows, which only an actor of the whole street may enter."""


class LineEntry(Component):
    """Opens lines by hand, or has those come back that left; asks nobody's permission."""

    _log: LedgerLog
    _sources: LedgerSources

    def enter(self, unit: UnitOfWork, actor: Actor, new: NewLine) -> str:
        """Open a line, or have the one of this subject come back; return its number.

        Raises `ActionError`: ``ledger_listed_already``, or a fact that is missing or wrong.
        Raises `UnknownLineError` when the place is unknown or out of scope.
        """
        unit.ledger.hold_all()
        rules = self._log.rules(unit)[1]
        values = self._values_of(actor, new)
        tier = rules.tiers[new.reason]
        values |= {"tier": tier, "cadence": rules.cadences[tier]}
        known = unit.ledger.of_subject(values["subject"])
        note = hide_numbers(new.note.strip())
        if known is None:
            return self._log.enter(unit, values, by=actor.id, note=note).ledger_no
        return self._come_back(unit, actor, known, new.reason, note)

    def _values_of(self, actor: Actor, new: NewLine) -> dict[str, Any]:
        """Return the fields of a new line, checked."""
        words = (("kind", new.kind, LedgerKind), ("reason", new.reason, InReason))
        for field, seen, kind in words:
            if seen not in set(kind):
                raise ActionError("fact_wrong", field=field, seen=seen,
                                        expected=", ".join(kind))  # fmt: skip
        name, address = hide_numbers(new.name.strip()), hide_numbers(new.address.strip())
        community, grid, known = "", "", ""
        if new.building_id:
            community, grid, known = self._sources.places([new.building_id]).get(
                new.building_id, ("", "", "")
            )
        self._require_place(actor, new, known=bool(community or grid or known), community=community,
                            grid=grid)  # fmt: skip
        if not (name or address or new.building_id):
            raise ActionError("fact_missing", action="enter", field="name")
        subject = f"{new.kind}:{new.building_id}:{name}:{address}"
        if new.kind == LedgerKind.BUILDING and new.building_id:
            subject = subject_of(new.building_id)
        return {"subject": subject, "kind": new.kind, "name": name, "address": address or known,
                "building_id": new.building_id or None, "community": community, "grid": grid,
                "in_reason": new.reason, "owner_id": None}  # fmt: skip

    def _require_place(
        self, actor: Actor, new: NewLine, *, known: bool, community: str, grid: str
    ) -> None:
        inside = actor.scope.covers(building=new.building_id, grid=grid, community=community)
        if new.building_id and not (known and inside):
            raise UnknownLineError("ledger_place_unknown", seen=new.building_id)
        if not new.building_id and not actor.scope.street:
            raise ActionError("fact_missing", action="enter", field="building_id")
        if not new.note.strip():
            raise ActionError("fact_missing", action="enter", field="note")

    def _come_back(
        self, unit: UnitOfWork, actor: Actor, line: LedgerEntry, reason: str, note: str
    ) -> str:
        if line.status in ON_LEDGER:
            raise ActionError("ledger_listed_already", seen=line.ledger_no)
        change = change_line(LedgerState.of_row(line), LedgerAction.REOPEN, {"in_reason": reason},
                             self._log.by(unit, actor), history=(), note=note)  # fmt: skip
        return self._log.append(unit, line, change, by=actor.id).ledger_no
