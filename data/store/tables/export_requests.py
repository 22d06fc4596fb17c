"""The table of asked-for unmasked exports."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base


class ExportRequest(Base):
    """Somebody asks to take a table out unmasked, why, who decided, and when it was used (UTC)."""

    __tablename__ = "export_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    table: Mapped[str]
    reason: Mapped[str]
    scope: Mapped[dict[str, Any]]
    selection: Mapped[dict[str, Any] | None]
    asker: Mapped[str]
    asker_name: Mapped[str]
    asker_person: Mapped[str | None]
    asked_at: Mapped[datetime]
    approved: Mapped[bool | None]
    approver: Mapped[str | None]
    approver_name: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    file: Mapped[str | None]
