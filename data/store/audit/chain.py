"""Chains of events, each sealed together with the seal of the one before.

The audit log is one chain, the custody of each piece of evidence another.

A seal is an HMAC-SHA256 under a key made from the workspace's secret, over the event exactly as it
is stored. Whoever can write to the database, yet has not the secret, can neither change an event
nor put one in, take one out or swap two without the chain breaking there. That the *end* was cut
off shows against the head, kept both in the database and, sealed, in a file of the workspace: so
the database alone cannot be set back; the custody of evidence has its heads in the rows of evidence
and in the audit log. Not protected against: somebody with the secret, and the
whole folder set back to an older copy of itself. Against that, write the number and seal of
``gridwarden audit`` down somewhere else now and then.
"""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from data.privacy.key_derivation import derive_key
from data.workspace.atomic import write_bytes
from data.workspace.clock import utc_naive
from geo.errors import GridwardenError

PURPOSE = "gridwarden audit chain"
AT_FORM = "%Y-%m-%d %H:%M:%S.%f"
_WRITING = threading.Lock()


class AuditError(GridwardenError):
    """The audit log cannot be written or read as it is."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest event: how many there ever were, and its seal."""

    number: int
    seal: str


START = Head(0, "")
"""What the first event follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An event as its chain keeps it; ``at`` is UTC, naive, ``facts`` what JSON can hold."""

    number: int
    at: datetime
    actor: str
    action: str
    facts: dict[str, Any]
    previous: str
    seal: str


@dataclass(frozen=True, slots=True)
class Sealing:
    """What seals events; its key is made when it is first needed."""

    secret: Callable[[], bytes]
    """Gives the workspace's secret."""
    file: Path | None = None
    """Where the head is kept beside the database, or None."""

    def seal(self, *parts: object) -> str:
        """Return the seal of some facts: 64 hex digits."""
        key = derive_key(self.secret(), PURPOSE)
        return seal_with(key, *parts)

    def link(
        self, before: Head, *, at: datetime, actor: str, action: str, facts: Mapping[str, Any],
        chain: tuple[str, ...] = (),
    ) -> Link:  # fmt: skip
        """Return the event that follows a head, sealed to it.

        ``at``: aware time.
        ``chain``: what names the chain among all; the audit log has no name.
        """
        utc, number = utc_naive(at), before.number + 1
        plain = json.loads(json.dumps(dict(facts), default=str))
        content = (number, text_of_time(utc), actor, action, text_of_facts(plain), before.seal)
        return Link(
            number=number, at=utc, actor=actor, action=action, facts=plain, previous=before.seal,
            seal=self.seal(*chain, *content),
        )  # fmt: skip

    def key(self) -> bytes:
        """Return the key, for sealing many events."""
        return derive_key(self.secret(), PURPOSE)

    def advance(self, head: Head, *, seal_at: Callable[[int], str | None]) -> None:
        """Keep a newer head in the file, if it goes on from the one that is there.

        Where it does not – the file is gone or changed, or the database no longer holds the event
        that the file names – the file is left as it is, so that verifying finds it.

        ``seal_at``: gives the seal that the database holds for a number, or None.
        """
        with _WRITING:
            try:
                kept = self.read_head()
            except AuditError:
                return
            goes_on = kept is not None and (kept == START or seal_at(kept.number) == kept.seal)
            if kept is not None and kept.number < head.number and goes_on:
                with suppress(OSError):  # it was committed already; the next one catches up
                    self._write(head)

    def write_anew(self, head: Head) -> None:
        """Put a head into the file, whatever it held: a new log, or one that a person accepted."""
        with _WRITING:
            self._write(head)

    def _write(self, head: Head) -> None:
        if self.file is None:
            return
        seal = self.seal("head", head.number, head.seal)
        content = {"number": head.number, "seal": head.seal, "sealed": seal}
        write_bytes(self.file, (json.dumps(content) + "\n").encode("ascii"))

    def has_begun(self) -> bool:
        """Say whether the head that the file holds tells of any event."""
        try:
            return self.read_head() not in (None, START)
        except AuditError:
            return False

    def read_head(self) -> Head | None:
        """Return the head that the file holds, or None where no file is kept.

        Raises `AuditError`: ``audit_head_file_missing`` or ``audit_head_file_changed``.
        """
        if self.file is None:
            return None
        try:
            content = json.loads(self.file.read_text(encoding="ascii"))
            head = Head(int(content["number"]), str(content["seal"]))
            sealed = str(content["sealed"])
        except FileNotFoundError as error:
            raise AuditError("audit_head_file_missing", file=self.file.name) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise AuditError("audit_head_file_changed", file=self.file.name) from error
        if not hmac.compare_digest(sealed, self.seal("head", head.number, head.seal)):
            raise AuditError("audit_head_file_changed", file=self.file.name)
        return head


class ChainWalk:
    """One pass over the events of a chain, the oldest first, as their bytes are stored.

    ``start``: what the first event follows.
    ``chain``: what names the chain among all.
    """

    def __init__(self, key: bytes, *, start: Head = START, chain: tuple[str, ...] = ()) -> None:
        self._key, self._chain = key, chain
        self.last = start

    def read(
        self, number: int, at: str, actor: str, action: str, facts: str, previous: str, seal: str
    ) -> Iterator[tuple[str, dict[str, int]]]:
        """Yield what is wrong with the next event: a code and its facts."""
        if number != self.last.number + 1:
            yield "events_missing", {"first": self.last.number + 1, "last": number - 1}
        elif previous != self.last.seal:
            yield "chain_broken", {"number": number}
        content = (number, at, actor, action, facts, previous)
        if not hmac.compare_digest(seal_with(self._key, *self._chain, *content), seal):
            yield "event_changed", {"number": number}
        self.last = Head(number, seal)


def seal_with(key: bytes, *parts: object) -> str:
    """Return the HMAC-SHA256 of some facts in hex, over their JSON."""
    text = json.dumps(parts, separators=(",", ":"))
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()


def text_of_facts(facts: dict[str, Any]) -> str:
    """Return the facts of an event exactly as the database keeps them."""
    return json.dumps(facts)


def text_of_time(at: datetime) -> str:
    """Return an event's time as it is sealed."""
    return at.strftime(AT_FORM)
