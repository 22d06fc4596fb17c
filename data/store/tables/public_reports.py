"""Tables of what people report on the public page: reports, contacts apart, photos, rewards."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base


class PublicReport(Base):
    """What somebody reported; a row is added and never changed. Times are UTC.

    ``text`` and ``address`` are for reading, without numbers and names; ``sealed`` is how they
    came, encrypted. ``key_hash`` tells a form that is sent twice, ``content_hash`` whether it says
    the same. ``seal`` is over the row and its photos (`data.store.audit.row_seals`).
    """

    __tablename__ = "public_reports"
    __table_args__ = (UniqueConstraint("receipt"), UniqueConstraint("key_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[str]
    pin_hash: Mapped[str]
    key_hash: Mapped[str]
    content_hash: Mapped[str]
    received_at: Mapped[datetime]
    way: Mapped[str]
    text: Mapped[str]
    address: Mapped[str]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    sealed: Mapped[str]
    reward_wanted: Mapped[bool]
    seal: Mapped[str]


class PublicContact(Base):
    """Who reported, where they said so: encrypted under a key of its own."""

    __tablename__ = "public_contacts"

    report_id: Mapped[int] = mapped_column(
        ForeignKey("public_reports.id", ondelete="CASCADE"), primary_key=True
    )
    sealed: Mapped[str]


class PublicPhoto(Base):
    """A photo of a report, kept as a file named by its SHA-256 in the evidence folder."""

    __tablename__ = "public_photos"
    __table_args__ = (UniqueConstraint("report_id", "sha256"), Index(None, "sha256"))

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("public_reports.id", ondelete="CASCADE"))
    sha256: Mapped[str]
    bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]


class PublicReward(Base):
    """Whether a report earns the reward that was asked for, who decided, and if it was paid."""

    __tablename__ = "public_rewards"

    report_id: Mapped[int] = mapped_column(
        ForeignKey("public_reports.id", ondelete="CASCADE"), primary_key=True
    )
    eligible: Mapped[bool]
    note: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    paid_by: Mapped[str | None]
    paid_at: Mapped[datetime | None]


class PublicUse(Base):
    """How much of an allowance somebody has used up, as of a time (UTC).

    ``subject`` is a keyed hash: where a report came from is not kept.
    """

    __tablename__ = "public_uses"
    __table_args__ = (Index(None, "at"),)

    subject: Mapped[str] = mapped_column(primary_key=True)
    used: Mapped[float]
    at: Mapped[datetime]
