"""The table of changes of files that were begun and not yet written into the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base


class PendingFile(Base):
    """A file is about to change: of which kind, what tells it, who does it, and when (UTC)."""

    __tablename__ = "pending_files"

    token: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str]
    actor: Mapped[str]
    action: Mapped[str]
    facts: Mapped[dict[str, Any]]
    at: Mapped[datetime]
