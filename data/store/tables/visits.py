"""Tables of visits: what people found at a door, every version of it, and their photos."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base


class VisitVersion(Base):
    """One version of a visit; rows are only ever added, the highest version of a visit holds.

    ``at`` and ``retry_at`` are the office's local time, ``recorded_at`` is UTC. A version that is
    ``withdrawn`` repeats what it takes back. ``key`` is the browser's, so that what is sent twice
    is kept once. ``seal`` is over all of it (`data.store.audit.row_seals`), None in rows older
    than seals.
    """

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("recorded_by", "key"),
        UniqueConstraint("visit_id", "version"),
        Index(None, "building_id", "at"),
        Index(None, "recorded_by", "at"),
        Index(None, "at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str]
    version: Mapped[int]
    key: Mapped[str]
    withdrawn: Mapped[bool]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    person_id: Mapped[str | None]
    building_id: Mapped[str]
    unit: Mapped[str]
    at: Mapped[datetime]
    result: Mapped[str]
    signs: Mapped[list[str]]
    pupils: Mapped[int | None]
    teachers: Mapped[int | None]
    note: Mapped[str]
    next_step: Mapped[str]
    retry_at: Mapped[datetime | None]
    origin: Mapped[str]
    kind: Mapped[str]
    minutes: Mapped[int | None]
    seal: Mapped[str | None]


class VisitPhoto(Base):
    """A photo of a visit, kept as a file named by its SHA-256 in the evidence folder."""

    __tablename__ = "visit_photos"
    __table_args__ = (UniqueConstraint("visit_id", "sha256"), Index(None, "sha256"))

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str]
    sha256: Mapped[str]
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    added_at: Mapped[datetime]
    added_by: Mapped[str]
