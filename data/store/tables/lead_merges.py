"""Tables of what people said about leads: of one event, or of several."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

import data.store.tables.cases  # noqa: F401 -- its rows name leads
from data.store.tables.base import Base


class LeadMerge(Base):
    """One decision about cases: some put together, some kept apart; times are local.

    ``into`` is the number of the case that the leads went to, None where none were put together.
    ``moved`` holds case number → ids of the leads that came from it; ``before`` what the case they
    went to was like. Rows are never changed but for being taken back.
    """

    __tablename__ = "lead_merges"
    __table_args__ = (Index(None, "into"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    into: Mapped[str | None]
    moved: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class LeadsApart(Base):
    """Two leads that a person said are of two events; the smaller id first."""

    __tablename__ = "leads_apart"
    __table_args__ = (Index(None, "merge_id"), Index(None, "first_lead", "second_lead"))

    id: Mapped[int] = mapped_column(primary_key=True)
    first_lead: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    second_lead: Mapped[int] = mapped_column(ForeignKey("leads.id"))
    merge_id: Mapped[int] = mapped_column(ForeignKey("lead_merges.id"))
