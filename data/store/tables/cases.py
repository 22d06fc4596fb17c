"""Tables of leads and cases, with the history that a case's state follows from."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base, HistoryEvent


class Case(Base):
    """What is done about one place: the state that its history of `CaseEvent` gives, and where.

    Times are the office's local time. ``title``, ``address``, ``channel``, ``received_at``,
    ``building_id``, ``community`` and ``grid`` repeat the earliest lead's, for lists; ``leads``
    counts them. ``version`` is the number of the newest event.
    """

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint("case_no"),
        Index(None, "stage", "due_at"),
        Index(None, "building_id"),
        Index(None, "community"),
        Index(None, "holder_id"),
        Index(None, "due_at", "id"),
        Index(None, "opened_at"),
        Index(None, "decided_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str]
    opened_at: Mapped[datetime]
    channel: Mapped[str]
    nature: Mapped[str]
    received_at: Mapped[datetime]
    title: Mapped[str]
    address: Mapped[str]
    building_id: Mapped[str | None]
    community: Mapped[str]
    grid: Mapped[str]
    leads: Mapped[int]
    version: Mapped[int]

    stage: Mapped[str]
    former_stage: Mapped[str | None]
    merged_into: Mapped[str | None]
    holder_id: Mapped[str | None]
    clock: Mapped[str | None]
    due_at: Mapped[datetime | None]
    days_left: Mapped[int | None]
    extended_days: Mapped[int]
    extend_basis: Mapped[str | None]
    finding: Mapped[str | None]
    verified_by: Mapped[str | None]
    verified_at: Mapped[datetime | None]
    visit_id: Mapped[str | None]
    referral: Mapped[str | None]
    sent_to: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    receipt_no: Mapped[str | None]
    outcome: Mapped[str | None]
    decision_no: Mapped[str | None]
    decided_on: Mapped[date | None]
    served_on: Mapped[date | None]
    recorded_at: Mapped[datetime | None]
    replied_at: Mapped[datetime | None]
    reply_by: Mapped[str | None]
    reply: Mapped[str | None]
    satisfaction: Mapped[str | None]
    return_reason: Mapped[str | None]
    hold_reason: Mapped[str | None]
    hold_asked_by: Mapped[str | None]
    hold_approver: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    reopened: Mapped[int]


class CaseEvent(HistoryEvent, Base):
    """One change of a case, by columns of `Case`."""

    __tablename__ = "case_events"
    __table_args__ = (UniqueConstraint("case_id", "seq"), Index(None, "action", "at"))

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    from_stage: Mapped[str | None]
    to_stage: Mapped[str]


class Lead(Base):
    """One report from one channel, as the row that it stands for says; times are local.

    ``title`` and ``text`` are scrubbed: no name and no telephone. ``reporter_hash`` is a keyed
    hash. ``opened_case_id`` is the case that it came with, None where it joined one; ``case_id``
    the one that it belongs to now.
    """

    __tablename__ = "leads"
    __table_args__ = (
        UniqueConstraint("origin_table", "origin_key"),
        Index(None, "case_id"),
        Index(None, "ticket_no"),
        Index(None, "building_id", "received_at"),
        Index(None, "reporter_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    origin_table: Mapped[str]
    origin_key: Mapped[str]
    ticket_no: Mapped[str]
    nature: Mapped[str]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    status: Mapped[str]
    returned: Mapped[int]
    satisfaction: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    address: Mapped[str]
    building_id: Mapped[str | None]
    community: Mapped[str]
    grid: Mapped[str]
    forms: Mapped[list[str]]
    reporter_hash: Mapped[str | None]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    opened_case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
