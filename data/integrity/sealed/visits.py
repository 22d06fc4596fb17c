"""Verify that recorded visits are what was recorded: each version against its seal and audit line.

The seal of a version is an HMAC under the key of the audit log over all that was recorded, kept in
the row and in the line about it. Whoever changes a row has no seal for it, whoever removes a row
leaves its line, and whoever removes a seal as well leaves what a row of that time must have.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, select

from data.integrity.sealed.audit import MOST_NAMED, Fault
from data.store.audit.row_seals import seal_visit
from data.store.tables.base import AuditEvent
from data.store.tables.visits import VisitVersion
from data.store.unit_of_work import Store

RECORDED: Final = "record_visit"
"""Action of the audit lines about visits."""
BATCH: Final = 500
Wrong = tuple[str, Mapping[Any, Any]]
"""What is wrong, and the row or the line that tells of which visit."""


def verify_visits(store: Store, *, unchecked: dict[str, int]) -> Iterator[Fault | None]:
    """Yield None for each version that has a seal; then what is wrong with any, each once.

    ``visit_changed``, ``visit_missing`` and ``visit_seal_missing`` with the visit's id, version
    and – where it is there – building; ``visit_more_faults`` with how many more.

    ``unchecked``: gets under ``visits`` how many were recorded before visits were sealed.
    """
    wrong: dict[tuple[str, int], Fault] = {}
    with store.engine.connect() as connection:
        checks = (
            _check_versions(connection, store.sealing.key(), unchecked), _check_lines(connection),
        )  # fmt: skip
        for check in checks:
            for found in check:
                if found is None:
                    yield None
                    continue
                code, row = found
                facts = {"visit": row["visit_id"], "version": row["version"],
                         "building": row["building_id"]}  # fmt: skip
                wrong.setdefault((row["visit_id"], row["version"]), Fault(code, facts))
    faults = list(wrong.values())
    yield from faults[:MOST_NAMED]
    if len(faults) > MOST_NAMED:
        yield Fault("visit_more_faults", {"count": len(faults) - MOST_NAMED})


def _check_versions(
    connection: Connection, key: bytes, unchecked: dict[str, int]
) -> Iterator[Wrong | None]:
    sealed = False
    query = select(VisitVersion.__table__).order_by(VisitVersion.id)
    for row in _streamed(connection, query).mappings():
        if row["seal"] is not None:
            sealed = True
            yield None
            if seal_visit(key, row) != row["seal"]:
                yield "visit_changed", row
        elif sealed:
            yield "visit_seal_missing", row
        else:
            unchecked["visits"] = unchecked.get("visits", 0) + 1


def _check_lines(connection: Connection) -> Iterator[Wrong]:
    """Look for the visit of each line that carries a seal."""
    of_visits = AuditEvent.action == RECORDED
    events = select(AuditEvent.facts).where(of_visits).order_by(AuditEvent.id)
    for rows in _streamed(connection, events).partitions():
        lines = [facts for (facts,) in rows if "seal" in facts]
        ids = {line["visit_id"] for line in lines}
        query = select(VisitVersion.__table__).where(VisitVersion.visit_id.in_(ids))
        found = {
            (row["visit_id"], row["version"]): row for row in connection.execute(query).mappings()
        }
        for line in lines:
            row = found.get((line["visit_id"], line["version"]))
            if row is None:
                yield "visit_missing", line
            elif row["seal"] != line["seal"]:
                yield "visit_changed", row


def _streamed(connection: Connection, query: Any) -> Any:  # noqa: ANN401 -- any query and its rows
    return connection.execution_options(yield_per=BATCH).execute(query)
