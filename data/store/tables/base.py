"""Base tables of the store: metadata, settings, mappings, reviews, audit events."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, Float, Index, MetaData, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NEWEST_MIGRATION = "0022_patrol_pieces"
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
    type_annotation_map: ClassVar = {
        str: Text(),
        float: Float(),
        Any: JSON(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        list[list[Any]]: JSON(),
    }


class HistoryEvent:
    """Columns of one change of a row of another table; only ever added, never changed.

    ``at`` is the office's local time. ``facts`` holds the values that the change gave the row, by
    its columns.
    """

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    action: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str]
    facts: Mapped[dict[str, Any]]


class HeaderMapping(Base):
    """Which column of a sender's files holds a field, as a person confirmed it."""

    __tablename__ = "header_mappings"
    __table_args__ = (UniqueConstraint("sender", "table", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sender: Mapped[str]
    table: Mapped[str]
    field: Mapped[str]
    column: Mapped[str]


class AddressReview(Base):
    """A person's answer to which building a normalised address means; None means no building."""

    __tablename__ = "address_reviews"
    __table_args__ = (UniqueConstraint("address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table: Mapped[str]
    address: Mapped[str]
    building_id: Mapped[str | None]
    reviewer: Mapped[str]
    at: Mapped[datetime]


class ReplacedReview(Base):
    """A decision about an address that held from ``at`` until ``until`` (local times)."""

    __tablename__ = "replaced_reviews"
    __table_args__ = (Index(None, "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    building_id: Mapped[str | None]
    at: Mapped[datetime]
    until: Mapped[datetime]


class AuditEvent(Base):
    """Who did what, and when (UTC); numbered without gaps, each sealed to the one before.

    Rows are only ever added: the database itself refuses to change one, and to remove one that
    no checkpoint stands for.
    """

    __tablename__ = "audit_events"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    facts: Mapped[dict[str, Any]]
    previous: Mapped[str]
    seal: Mapped[str]


class AuditHead(Base):
    """The one row that names the newest event; a writer locks it before adding one."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    seal: Mapped[str]


class AuditCheckpoint(Base):
    """What remains of the oldest events once they were kept long enough: the last one's seal."""

    __tablename__ = "audit_checkpoints"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seal: Mapped[str]
    removed: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    sealed: Mapped[str]


class Setting(Base):
    """A setting that is changed while working, as JSON."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any]
