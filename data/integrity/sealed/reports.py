"""Verify that public reports are what was sent: each row against its seal and its audit line."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import select

from data.integrity.sealed.audit import Fault
from data.store.audit.row_seals import seal_report
from data.store.tables.base import AuditEvent
from data.store.tables.public_reports import PublicPhoto, PublicReport
from data.store.unit_of_work import Store

REPORTED: Final = "report_publicly"
"""Action of the audit lines about reports."""


def verify_reports(store: Store) -> Iterator[Fault | None]:
    """Yield for each report what is wrong with it, or None; then every line without its report."""
    key = store.sealing.key()
    with store.engine.connect() as connection:
        photos: dict[int, list[str]] = {}
        for report_id, sha256 in connection.execute(
            select(PublicPhoto.report_id, PublicPhoto.sha256)
        ):
            photos.setdefault(report_id, []).append(sha256)
        seals = {}
        for row in connection.execute(select(PublicReport.__table__)).mappings():
            seals[row["id"]] = row["seal"]
            sound = seal_report(key, dict(row), photos.get(row["id"], [])) == row["seal"]
            yield None if sound else Fault("public_report_changed", {"report": row["id"]})
        lines = select(AuditEvent.facts).where(AuditEvent.action == REPORTED)
        for (facts,) in connection.execute(lines.order_by(AuditEvent.id)):
            found = seals.get(facts["report"])
            if found != facts["seal"]:
                code = "public_report_changed" if found else "public_report_missing"
                yield Fault(code, {"report": facts["report"]})
