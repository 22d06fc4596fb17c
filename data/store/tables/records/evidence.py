"""Tables of evidence: the pieces, the custody of each as a chain, uploads that go on."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base


class Evidence(Base):
    """A piece: what its chain of `CustodyEvent` gives, column by column; never deleted.

    ``added_at`` and ``taken_at`` are the office's local times. ``sha256`` names the file,
    ``copy_sha256`` the blurred copy, ``upload`` the upload that it came with. ``version`` and
    ``seal`` are the number and the seal of the newest event.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("evidence_no"),
        UniqueConstraint("upload"),
        Index(None, "added_at", "id"),
        Index(None, "taken_at"),
        Index(None, "case_no"),
        Index(None, "building_id"),
        Index(None, "community"),
        Index(None, "sha256"),
        Index(None, "copy_sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_no: Mapped[str]
    upload: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[str]
    kind: Mapped[str]
    media: Mapped[str]
    filename: Mapped[str]
    bytes: Mapped[int]
    sha256: Mapped[str]
    taken_at: Mapped[datetime | None]
    place: Mapped[str]
    device: Mapped[str]
    taker_id: Mapped[str]
    witness_id: Mapped[str | None]
    origin: Mapped[str]
    note: Mapped[str]
    case_no: Mapped[str | None]
    building_id: Mapped[str | None]
    community: Mapped[str]
    grid: Mapped[str]
    has_minor: Mapped[bool]
    blurred: Mapped[bool]
    copy_sha256: Mapped[str | None]
    state: Mapped[str]
    holder_id: Mapped[str]
    handed_to: Mapped[str | None]
    asked_by: Mapped[str | None]
    officers: Mapped[list[str]]
    version: Mapped[int]
    seal: Mapped[str]


class CustodyEvent(Base):
    """One step of a piece's custody (``at`` in UTC), sealed to the one before; only ever added.

    ``facts`` holds the values that the step gave columns of `Evidence`, and what else it tells.
    """

    __tablename__ = "custody_events"
    __table_args__ = (UniqueConstraint("evidence_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    number: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    facts: Mapped[dict[str, Any]]
    previous: Mapped[str]
    seal: Mapped[str]


class EvidenceUpload(Base):
    """A file of which so many bytes have come; times are UTC.

    ``modified`` is the file's own time as its sender has it (milliseconds), by which the same file
    is known again. ``piece`` holds the columns that the piece is to have, once it is finished.
    """

    __tablename__ = "evidence_uploads"
    __table_args__ = (Index(None, "account", "filename"), Index(None, "last_at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    filename: Mapped[str]
    bytes: Mapped[int]
    modified: Mapped[str]
    received: Mapped[int]
    begun_at: Mapped[datetime]
    last_at: Mapped[datetime]
    piece: Mapped[dict[str, Any]]
