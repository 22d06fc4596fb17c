"""Tables of notices, with the history that a notice's state follows from, and their places."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base, HistoryEvent


class Notice(Base):
    """A paper of the office: the state that its history of `NoticeEvent` gives.

    Times are the office's local time. ``authors`` lists the accounts that wrote it, each between
    commas. ``entries`` are the lines of a list to be handed over. ``approved_hash`` is the SHA-256
    of the content that the reviewer saw and let go; ``template_hash`` of the Word file that it is
    printed with. ``version`` is the number of the newest event.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("notice_no"),
        Index(None, "stage", "due_at"),
        Index(None, "kind", "drafted_at"),
        Index(None, "drafted_at", "id"),
        Index(None, "due_at", "id"),
        Index(None, "expires_on"),
        Index(None, "replaces"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_no: Mapped[str]
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime]
    version: Mapped[int]

    stage: Mapped[str]
    kind: Mapped[str]
    period: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    audience: Mapped[str]
    addressee: Mapped[str]
    building_id: Mapped[str | None]
    duty: Mapped[str | None]
    case_nos: Mapped[list[str]]
    entries: Mapped[list[list[Any]]]
    template_hash: Mapped[str | None]
    authors: Mapped[str]
    clock: Mapped[str | None]
    due_at: Mapped[datetime | None]
    submitted_by: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    previewed_by: Mapped[str | None]
    previewed_hash: Mapped[str | None]
    return_reason: Mapped[str | None]
    approver: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    approved_hash: Mapped[str | None]
    published_by: Mapped[str | None]
    published_at: Mapped[datetime | None]
    expires_on: Mapped[date | None]
    appeal: Mapped[str | None]
    appealed_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    doubted: Mapped[str | None]
    end_reason: Mapped[str | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    taken_down_at: Mapped[datetime | None]
    replaces: Mapped[str | None]
    replaced_by: Mapped[str | None]
    credit_status: Mapped[str | None]
    pledge_on: Mapped[date | None]


class NoticeEvent(HistoryEvent, Base):
    """One change of a notice, by columns of `Notice`."""

    __tablename__ = "notice_events"
    __table_args__ = (UniqueConstraint("notice_id", "seq"),)

    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    from_stage: Mapped[str | None]
    to_stage: Mapped[str]


class NoticePlace(Base):
    """A place that a notice tells of, of a case or a building: whoever sees it may see all."""

    __tablename__ = "notice_places"
    __table_args__ = (Index(None, "notice_id"), Index(None, "case_no"))

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notices.id"))
    case_no: Mapped[str | None]
    building_id: Mapped[str | None]
    community: Mapped[str]
    grid: Mapped[str]
