"""The table of field trials of the score."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base


class FieldTrial(Base):
    """A field trial: its design, and once it is sealed its protocol; times are UTC.

    ``protocol`` holds what was laid down before it began – buildings by arm, hypotheses, analysis,
    key of the draw – for the server alone; ``sha256`` is of it, and ``seal`` under the audit log's
    key. Neither changes any more. ``looks`` are the days on which somebody looked at the result
    before its time.
    """

    __tablename__ = "field_trials"
    __table_args__ = (UniqueConstraint("trial_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trial_id: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    design: Mapped[dict[str, Any]]
    first: Mapped[date]
    last: Mapped[date]
    sealed_at: Mapped[datetime | None]
    sealed_by: Mapped[str | None]
    protocol: Mapped[dict[str, Any] | None]
    sha256: Mapped[str | None]
    seal: Mapped[str | None]
    looks: Mapped[list[str]]
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None]
    reason: Mapped[str | None]
