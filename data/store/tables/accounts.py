"""Tables of accounts: who may sign in, their sessions, past passwords and failed attempts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
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
    login: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    roles: Mapped[list[str]]
    scope: Mapped[dict[str, Any]]
    person_id: Mapped[str | None]
    password_hash: Mapped[str | None]
    password_changed_at: Mapped[datetime | None]
    must_change: Mapped[bool]
    directory_subject: Mapped[str | None]
    locked_at: Mapped[datetime | None]
    locked_by: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class AccountPerson(Base):
    """A person of the table of staff that an account belongs to, or once belonged to."""

    __tablename__ = "account_persons"
    __table_args__ = (UniqueConstraint("login", "person_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str]
    person_id: Mapped[str]


class SignedInSession(Base):
    """One browser that is signed in; the token itself is only in its cookie."""

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("token_sha256"), Index(None, "account_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    token_sha256: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    address: Mapped[str]
    agent: Mapped[str]


class PastPassword(Base):
    """The hash of a password that an account had, so that it is not taken again."""

    __tablename__ = "past_passwords"
    __table_args__ = (Index(None, "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    password_hash: Mapped[str]
    set_at: Mapped[datetime]


class FailedAttempts(Base):
    """How often somebody failed in a row, by login or by address.

    Apart from the accounts, so that a login nobody has behaves exactly like one somebody has.
    ``subject`` is a keyed hash: what people type into the login field may be their password.
    """

    __tablename__ = "failed_attempts"

    subject: Mapped[str] = mapped_column(primary_key=True)
    attempts: Mapped[int]
    last_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
