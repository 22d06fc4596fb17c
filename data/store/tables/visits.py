"""Tables of visits: what people found at a door, every version of it, and their photos."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, DateTime, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base


class VisitVersion(Base):
    """One version of a visit; rows are only ever added, the highest version of a visit holds.

    ``at`` and ``retry_at`` are the office's local time, ``recorded_at`` is UTC. A version that is
    ``withdrawn`` repeats what it takes back. ``key`` is the browser's, so that what is sent twice
    is kept once. ``seal`` is over all of it (`data.store.audit.visit_seal`), None in rows older
    than seals.
    """

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("recorded_by", "key"),
        UniqueConstraint("visit_id", "version"),
        Index(None, "building_id", "at"),
        Index(None, "recorded_by", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = mapped_column(Text)
    withdrawn: Mapped[bool] = mapped_column(Boolean)
    recorded_at: Mapped[datetime] = mapped_column(DateTime)
    recorded_by: Mapped[str] = mapped_column(Text)
    person_id: Mapped[str | None] = mapped_column(Text)
    building_id: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime)
    result: Mapped[str] = mapped_column(Text)
    signs: Mapped[list[str]] = mapped_column(JSON)
    pupils: Mapped[int | None] = mapped_column(Integer)
    teachers: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(Text)
    next_step: Mapped[str] = mapped_column(Text)
    retry_at: Mapped[datetime | None] = mapped_column(DateTime)
    origin: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int | None] = mapped_column(Integer)
    seal: Mapped[str | None] = mapped_column(Text)


class VisitPhoto(Base):
    """A photo of a visit, kept as a file named by its SHA-256 in the evidence folder."""

    __tablename__ = "visit_photos"
    __table_args__ = (UniqueConstraint("visit_id", "sha256"), Index(None, "sha256"))

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    bytes: Mapped[int] = mapped_column(Integer)
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    added_at: Mapped[datetime] = mapped_column(DateTime)
    added_by: Mapped[str] = mapped_column(Text)
