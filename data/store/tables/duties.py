"""Tables of responsibility: who answers for what since when, and proposals to change it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, DateTime, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base


class DutyChange(Base):
    """One decision about duties, taken by a person: everything it added and withdrew goes by it."""

    __tablename__ = "duty_changes"
    __table_args__ = (Index(None, "at"), Index(None, "proposal_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime)
    by: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    proposal_id: Mapped[str | None] = mapped_column(Text)
    undoes: Mapped[int | None] = mapped_column(Integer)


class Duty(Base):
    """A duty for a building, estate, grid or community over a span of days.

    Rows are never changed but for being withdrawn, so what was known at any time can be told.
    ``valid_to`` is the first day on which it no longer holds.
    """

    __tablename__ = "duties"
    __table_args__ = (
        Index(None, "target_kind", "target_id", "duty"),
        Index(None, "person_id"),
        Index(None, "change_id"),
        Index(None, "withdrawn_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    target_kind: Mapped[str] = mapped_column(Text)
    target_id: Mapped[str] = mapped_column(Text)
    duty: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str | None] = mapped_column(Text)
    org: Mapped[str | None] = mapped_column(Text)
    pledge_on: Mapped[date | None] = mapped_column(Date)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    change_id: Mapped[int] = mapped_column(ForeignKey("duty_changes.id"))
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("duty_changes.id"))


class AssignmentProposal(Base):
    """A proposal of who takes which building; it changes nothing until a person approves it."""

    __tablename__ = "assignment_proposals"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    made_at: Mapped[datetime] = mapped_column(DateTime)
    made_by: Mapped[str] = mapped_column(Text)
    valid_from: Mapped[date] = mapped_column(Date)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)


class WardenLimit(Base):
    """What a warden cannot do or can speak."""

    __tablename__ = "warden_limits"

    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    max_stairs: Mapped[int | None] = mapped_column(Integer)
    languages: Mapped[list[str]] = mapped_column(JSON)


class BuildingNeed(Base):
    """What a building asks of its warden, and the warden it is fixed to."""

    __tablename__ = "building_needs"

    building_id: Mapped[str] = mapped_column(Text, primary_key=True)
    languages: Mapped[list[str]] = mapped_column(JSON)
    lift: Mapped[bool | None] = mapped_column(Boolean)
    fixed_person_id: Mapped[str | None] = mapped_column(Text)


class Absence(Base):
    """Days on which a person is away; ``until`` is the first day back, None while unknown."""

    __tablename__ = "absences"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(Text)
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
