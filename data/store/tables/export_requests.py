"""The table of asked-for unmasked exports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base


class ExportRequest(Base):
    """Somebody asks to take a table out unmasked, why, who decided, and when it was used (UTC)."""

    __tablename__ = "export_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    table: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    scope: Mapped[dict[str, Any]] = mapped_column(JSON)
    asker: Mapped[str] = mapped_column(Text)
    asker_name: Mapped[str] = mapped_column(Text)
    asker_person: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime)
    approved: Mapped[bool | None] = mapped_column()
    approver: Mapped[str | None] = mapped_column(Text)
    approver_name: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(DateTime)
    used_at: Mapped[datetime | None] = mapped_column(DateTime)
    file: Mapped[str | None] = mapped_column(Text)
