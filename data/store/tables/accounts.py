"""Tables of accounts: who may sign in, their sessions, past passwords and failed attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, DateTime, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.store.tables.base import Base


class Account(Base):
    """A person who may sign in. Accounts are locked, never deleted: the audit log names them.

    ``login`` is casefolded. ``kind`` says how one signs in: ``local`` by password, ``directory``
    through the office's directory, ``demo`` by one click in the demonstration. Only a local
    account has a ``password_hash``. Times are UTC.
    """

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("login"), UniqueConstraint("directory_subject"))

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(JSON)
    scope: Mapped[dict[str, Any]] = mapped_column(JSON)
    person_id: Mapped[str | None] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    password_changed_at: Mapped[datetime | None] = mapped_column(DateTime)
    must_change: Mapped[bool] = mapped_column(Boolean)
    directory_subject: Mapped[str | None] = mapped_column(Text)
    locked_at: Mapped[datetime | None] = mapped_column(DateTime)
    locked_by: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime)
    created_by: Mapped[str] = mapped_column(Text)


class SignedInSession(Base):
    """One browser that is signed in; the token itself is only in its cookie."""

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("token_sha256"), Index(None, "account_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    token_sha256: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime)
    last_seen_at: Mapped[datetime] = mapped_column(DateTime)
    address: Mapped[str] = mapped_column(Text)
    agent: Mapped[str] = mapped_column(Text)


class PastPassword(Base):
    """The hash of a password that an account had, so that it is not taken again."""

    __tablename__ = "past_passwords"
    __table_args__ = (Index(None, "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    password_hash: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(DateTime)


class FailedAttempts(Base):
    """How often somebody failed in a row, by login or by address.

    Apart from the accounts, so that a login nobody has behaves exactly like one somebody has.
    ``subject`` is a keyed hash: what people type into the login field may be their password.
    """

    __tablename__ = "failed_attempts"

    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    attempts: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(DateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(DateTime)
