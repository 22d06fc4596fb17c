"""Verify that recorded visits are what was recorded: each version against its seal and audit line.

The seal of a version is an HMAC under the key of the audit log over all that was recorded, kept in
the row and in the line about it. Whoever changes a row has no seal for it, whoever removes a row
leaves its line, and whoever removes a seal as well leaves what a row of that time must have.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, select

from data.integrity.sealed.audit import MOST_NAMED, Fault
from data.store.audit.visit_seal import seal_visit
from data.store.tables.base import AuditEvent
from data.store.tables.visits import VisitVersion
from data.store.unit_of_work import Store

RECORDED: Final = "record_visit"
"""Action of the audit lines about visits."""
BATCH: Final = 500


@dataclass(slots=True)
class VisitReport:
    """What was found."""

    checked: int = 0
    """How many versions have a seal."""
    unsealed: int = 0
    """How many were recorded before visits were sealed, and cannot be checked."""
    faults: list[Fault] = field(default_factory=list)
    """``visit_changed``, ``visit_missing`` and ``visit_seal_missing`` with the visit's id, version
    and – where it is there – building; ``visit_more_faults`` with how many more.
    """


def verify_visits(store: Store) -> VisitReport:
    """Check every version of every visit against its seal, and every audit line has its visit."""
    walk = _Walk(store.sealing.key())
    with store.engine.connect() as connection:
        walk.read_visits(connection)
        walk.read_lines(connection)
    return walk.report()


class _Walk:
    def __init__(self, key: bytes) -> None:
        self._key = key
        self._report = VisitReport()
        self._wrong: dict[tuple[str, int], Fault] = {}

    def read_visits(self, connection: Connection) -> None:
        query = select(VisitVersion.__table__).order_by(VisitVersion.id)
        for row in _streamed(connection, query).mappings():
            if row["seal"] is None:
                if self._report.checked:
                    self._note("visit_seal_missing", row)
                else:
                    self._report.unsealed += 1
                continue
            self._report.checked += 1
            if seal_visit(self._key, row) != row["seal"]:
                self._note("visit_changed", row)

    def read_lines(self, connection: Connection) -> None:
        """Look for the visit of each line that carries a seal."""
        of_visits = AuditEvent.action == RECORDED
        events = select(AuditEvent.facts).where(of_visits).order_by(AuditEvent.id)
        for rows in _streamed(connection, events).partitions():
            lines = [facts for (facts,) in rows if "seal" in facts]
            ids = {line["visit_id"] for line in lines}
            query = select(VisitVersion.__table__).where(VisitVersion.visit_id.in_(ids))
            found = {
                (row["visit_id"], row["version"]): row
                for row in connection.execute(query).mappings()
            }
            for line in lines:
                row = found.get((line["visit_id"], line["version"]))
                if row is None:
                    self._note("visit_missing", line)
                elif row["seal"] != line["seal"]:
                    self._note("visit_changed", row)

    def _note(self, code: str, row: Mapping[Any, Any]) -> None:
        facts = {"visit": row["visit_id"], "version": row["version"],
                 "building": row["building_id"]}  # fmt: skip
        self._wrong.setdefault((row["visit_id"], row["version"]), Fault(code, facts))

    def report(self) -> VisitReport:
        faults = list(self._wrong.values())
        self._report.faults = faults[:MOST_NAMED]
        if len(faults) > MOST_NAMED:
            more = Fault("visit_more_faults", {"count": len(faults) - MOST_NAMED})
            self._report.faults.append(more)
        return self._report


def _streamed(connection: Connection, query: Any) -> Any:  # noqa: ANN401 -- any query and its rows
    return connection.execution_options(yield_per=BATCH).execute(query)
