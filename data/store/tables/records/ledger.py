"""Tables of the ledger: lines and their history, proposals, versions of the rules, key lists."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base, HistoryEvent


class LedgerEntry(Base):
    """One line of the ledger: what its history of `LedgerEvent` gives.

    ``owner_id`` is whom somebody named to answer for it; where it is empty, the duties say who.
    ``subject`` says what the line is about, once in the whole ledger. ``approvers`` are the people
    who approved the exit. ``version`` is the number of the newest event, ``rule_version`` that of
    the rules by which the line came on, 0 where it came by hand. Only ``last_on`` and ``next_on``
    are worked out from visits: the last one that could look, and the day of the next.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        UniqueConstraint("ledger_no"),
        UniqueConstraint("subject"),
        Index(None, "status", "next_on"),
        Index(None, "status", "in_on"),
        Index(None, "status", "community"),
        Index(None, "building_id"),
        Index(None, "next_on", "id"),
        Index(None, "in_on", "id"),
        Index(None, "owner_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ledger_no: Mapped[str]
    subject: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    address: Mapped[str]
    building_id: Mapped[str | None]
    community: Mapped[str]
    grid: Mapped[str]
    in_on: Mapped[date]
    in_reason: Mapped[str]
    tier: Mapped[str]
    cadence: Mapped[str]
    owner_id: Mapped[str | None]
    rule_version: Mapped[int]
    status: Mapped[str]
    former_status: Mapped[str | None]
    exit_asked_by: Mapped[str | None]
    approvers: Mapped[list[str]]
    out_on: Mapped[date | None]
    out_reason: Mapped[str | None]
    hold_reason: Mapped[str | None]
    reopened: Mapped[int]
    version: Mapped[int]
    last_on: Mapped[date | None]
    next_on: Mapped[date | None]


class LedgerEvent(HistoryEvent, Base):
    """One change of a line, by columns of `LedgerEntry`."""

    __tablename__ = "ledger_events"
    __table_args__ = (UniqueConstraint("entry_id", "seq"), Index(None, "action", "at"))

    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entries.id"))
    from_status: Mapped[str | None]
    to_status: Mapped[str]


class LedgerProposal(Base):
    """What a rule proposes, and what a person made of it. Times are local.

    ``facts`` names what it rests on, so that a declined one does not come again; ``told`` says it
    to people, each with ``day``, ``reason`` and ``text``.
    """

    __tablename__ = "ledger_proposals"
    __table_args__ = (
        Index(None, "state", "kind", "id"),
        Index(None, "subject", "kind"),
        Index(None, "entry_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]
    subject: Mapped[str]
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entries.id"))
    building_id: Mapped[str]
    community: Mapped[str]
    grid: Mapped[str]
    reason: Mapped[str]
    tier: Mapped[str]
    facts: Mapped[list[str]]
    told: Mapped[list[list[Any]]]
    rule_version: Mapped[int]
    made_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    note: Mapped[str]


class LedgerRulesVersion(Base):
    """A version of the rules; rows are only ever added. The newest that is valid by a day holds."""

    __tablename__ = "ledger_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date]
    set_at: Mapped[datetime]
    set_by: Mapped[str]
    why: Mapped[str]
    content: Mapped[dict[str, Any]]


class KeySubject(Base):
    """An institution or a person that is followed up at enrolment, in holidays and before exams."""

    __tablename__ = "ledger_key_subjects"
    __table_args__ = (Index(None, "key_list", "ended_on"), Index(None, "building_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    key_list: Mapped[str]
    name: Mapped[str]
    address: Mapped[str]
    building_id: Mapped[str]
    community: Mapped[str]
    grid: Mapped[str]
    note: Mapped[str]
    added_on: Mapped[date]
    added_by: Mapped[str]
    ended_on: Mapped[date | None]
    ended_by: Mapped[str | None]
    end_reason: Mapped[str]
