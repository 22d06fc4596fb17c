"""Tables of responsibility: who answers for what since when, and proposals to change it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base


class DutyChange(Base):
    """One decision about duties, taken by a person: everything it added and withdrew goes by it."""

    __tablename__ = "duty_changes"
    __table_args__ = (Index(None, "at"), Index(None, "proposal_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    kind: Mapped[str]
    reason: Mapped[str]
    proposal_id: Mapped[str | None]
    undoes: Mapped[int | None]


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
    target_kind: Mapped[str]
    target_id: Mapped[str]
    duty: Mapped[str]
    person_id: Mapped[str | None]
    org: Mapped[str | None]
    pledge_on: Mapped[date | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    change_id: Mapped[int] = mapped_column(ForeignKey("duty_changes.id"))
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("duty_changes.id"))


class AssignmentProposal(Base):
    """A proposal of who takes which building; it changes nothing until a person approves it."""

    __tablename__ = "assignment_proposals"

    id: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str]
    valid_from: Mapped[date]
    content: Mapped[dict[str, Any]]


class WardenLimit(Base):
    """What a warden cannot do or can speak."""

    __tablename__ = "warden_limits"

    person_id: Mapped[str] = mapped_column(primary_key=True)
    max_stairs: Mapped[int | None]
    languages: Mapped[list[str]]


class BuildingNeed(Base):
    """What a building asks of its warden, and the warden it is fixed to."""

    __tablename__ = "building_needs"

    building_id: Mapped[str] = mapped_column(primary_key=True)
    languages: Mapped[list[str]]
    lift: Mapped[bool | None]
    fixed_person_id: Mapped[str | None]


class Absence(Base):
    """Days on which a person is away; ``until`` is the first day back, None while unknown."""

    __tablename__ = "absences"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str]
    since: Mapped[date]
    until: Mapped[date | None]
