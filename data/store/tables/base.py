"""Base tables of the store: metadata, settings, mappings, reviews, audit events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Index, MetaData, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NEWEST_MIGRATION = "0009_visit_seals"
"""What a database of these tables is at; a test holds it against the folder of migrations."""

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Common base, which names every constraint so that migrations can find it."""

    metadata = MetaData(naming_convention=NAMING)


class HeaderMapping(Base):
    """Which column of a sender's files holds a field, as a person confirmed it."""

    __tablename__ = "header_mappings"
    __table_args__ = (UniqueConstraint("sender", "table", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sender: Mapped[str] = mapped_column(Text)
    table: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    column: Mapped[str] = mapped_column(Text)


class AddressReview(Base):
    """A person's answer to which building a normalised address means; None means no building."""

    __tablename__ = "address_reviews"
    __table_args__ = (UniqueConstraint("address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    building_id: Mapped[str | None] = mapped_column(Text)
    reviewer: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime)


class AuditEvent(Base):
    """Who did what, and when (UTC); numbered without gaps, each sealed to the one before.

    Rows are only ever added: the database itself refuses to change one, and to remove one that
    no checkpoint stands for.
    """

    __tablename__ = "audit_events"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime)
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(Text)
    seal: Mapped[str] = mapped_column(Text)


class AuditHead(Base):
    """The one row that names the newest event; a writer locks it before adding one."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column()
    seal: Mapped[str] = mapped_column(Text)


class AuditCheckpoint(Base):
    """What remains of the oldest events once they were kept long enough: the last one's seal."""

    __tablename__ = "audit_checkpoints"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seal: Mapped[str] = mapped_column(Text)
    removed: Mapped[int] = mapped_column()
    at: Mapped[datetime] = mapped_column(DateTime)
    actor: Mapped[str] = mapped_column(Text)
    sealed: Mapped[str] = mapped_column(Text)


class Setting(Base):
    """A setting that is changed while working, as JSON."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
