"""What people who are not known may do: report something, and ask what became of it.

Nobody learns whether a receipt number exists: an unknown one and a wrong PIN give one answer after
one check of a hash each, and are blocked alike.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from data.workspace.settings import read_section
from governance.access.lockout import FORGET_AFTER, count_attempt
from governance.access.passwords import HashCost, PasswordHashes
from governance.access.permissions import Action, Actor, require
from governance.cases.public_reports.allowances import Allowance
from governance.cases.public_reports.outcome import ReportOutcome, outcome_of
from governance.cases.public_reports.photos import clean_photos
from governance.cases.public_reports.receipts import (
    content_hash,
    key_hash,
    new_receipt,
    peppered,
    pin_of,
    shown_receipt,
    subject_of,
    typed_receipt,
)
from governance.cases.public_reports.report_form import CONTACT, PublicReportError, ReportForm
from governance.cases.public_reports.report_keeper import ORIGIN, ReportKeeper
from governance.cases.public_reports.settings import SECTION, PublicReportRules
from governance.service import Service

_ALL: Final = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the office takes reports of."""

    rules: PublicReportRules
    """How many photos, how large, and the like."""
    unasked: frozenset[str]
    """Fields that it does not ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """By what somebody asks for the outcome; the receipt number in groups."""

    receipt: str
    pin: str


class PublicIntakeService(Service):
    """Services for people who are not known; each says first whether the office takes reports."""

    hash_cost = HashCost()

    _keeper: ReportKeeper

    @cached_property
    def hashes(self) -> PasswordHashes:
        """Return how PINs are hashed and checked: one at a time, apart from those who sign in."""
        return PasswordHashes(self.hash_cost, at_once=1)

    def offer(self, actor: Actor) -> Offer:
        """Return what the office takes reports of.

        Raises `PublicReportError`: ``public_reports_off``.
        """
        require(actor, Action.REPORT_PUBLICLY)
        settings = self._workspace.settings
        rules = read_section(settings, SECTION, PublicReportRules)
        if not rules.enabled:
            raise PublicReportError("public_reports_off")
        unasked = {"wants_reward"} if not rules.reward else set()
        unasked |= set() if settings.privacy.keep_identities else set(CONTACT)
        return Offer(rules=rules, unasked=frozenset(unasked))

    def count_try(self, actor: Actor, *, address: str) -> None:
        """Count that an address is about to send a report, good or not.

        ``address``: where it comes from; a keyed hash of it is kept for a day.

        Raises `PublicReportError`: ``public_reports_off``, ``public_too_many`` with ``seconds`` to
        wait.
        """
        rules = self.offer(actor).rules
        self._spend("try", address, rules.tries)

    def submit(
        self, actor: Actor, form: ReportForm, photos: Sequence[bytes] = (), *, way: str
    ) -> Receipt:
        """Take in a report, which becomes a lead at once; sent again, it is the same.

        ``form``: as `report_form.read_form` returns it.
        ``photos``: JPEG, PNG or WebP files.
        ``way``: ``page`` or ``api``.

        Raises `PublicReportError`: ``public_reports_off``; ``public_too_many`` where enough came in
        from everywhere; ``report_key_used`` where something else was sent under the same key.
        Raises `PhotoError`: ``report_photos_too_many``, ``photo_too_large`` or
        ``photo_unreadable``.
        """
        offer = self.offer(actor)
        cleaned = clean_photos(photos, most=offer.rules.photos, most_bytes=offer.rules.photo_bytes)
        secret, key = self._workspace.secret, form.key or secrets.token_urlsafe()
        content = json.dumps([form.content(), [photo.sha256 for photo in cleaned]])
        sent = {
            "key_hash": key_hash(secret, key),
            "content_hash": content_hash(secret, content),
        }
        if again := self._keeper.sent_before(sent):
            return Receipt(receipt=shown_receipt(again), pin=pin_of(secret, key))
        self._spend("report", _ALL, offer.rules.reports)
        receipt = new_receipt()
        pin = pin_of(secret, key)
        row = sent | {
            "receipt": receipt,
            "pin_hash": self.hashes.make(peppered(secret, receipt, pin)),
            "received_at": self.clock.utc(),
            "way": way,
        }
        kept = self._keeper.keep(actor, form, cleaned, row)
        return Receipt(receipt=shown_receipt(kept or receipt), pin=pin)

    def outcome(self, actor: Actor, receipt: str, pin: str, *, address: str) -> ReportOutcome:
        """Return where a report stands, to who has its receipt number and PIN.

        ``address``: where the question comes from.

        Raises `PublicReportError`: ``public_reports_off``; ``receipt_or_pin_wrong``;
        ``receipt_blocked`` with ``minutes`` to wait; ``public_too_many`` with ``seconds`` to wait.
        """
        rules = self.offer(actor).rules
        receipt = typed_receipt(receipt)
        self._spend("look_up", address, rules.look_ups)
        subject = self._count_pin(receipt, rules)
        with self._workspace.store.begin() as unit:
            found = unit.public_reports.of_receipt(receipt)
            unit.commit()  # what was read stays readable
        secret = self._workspace.secret
        known = found.pin_hash if found else None
        if not self.hashes.holds(known, peppered(secret, receipt, pin.strip())) or found is None:
            raise PublicReportError("receipt_or_pin_wrong")
        with self._workspace.store.begin() as unit:
            unit.accounts.forget_attempts(subject)
            case = unit.leads.case_of(ORIGIN, str(found.id))
            received_on = self.clock.to_local(found.received_at).date()
            outcome = outcome_of(case, receipt=shown_receipt(receipt), received_on=received_on)
            unit.commit()
        return outcome

    def _spend(self, kind: str, name: str, allowance: Allowance) -> None:
        """Count a use before it is made, or refuse it."""
        now = self.clock.utc()
        with self._workspace.store.begin() as unit:
            subject = subject_of(self._workspace.secret, kind, name)
            held = unit.public_reports.hold_use(subject, at=now)
            used = allowance.left(held.used, since=held.at, at=now)
            wait = allowance.wait(used)
            if wait is None:
                held.used, held.at = used + 1, max(now, held.at)
                unit.commit()
        self._forget_old(now)
        if wait is not None:
            raise PublicReportError("public_too_many", seconds=int(wait.total_seconds()) + 1)

    def _forget_old(self, now: datetime) -> None:
        with self._workspace.store.begin() as unit:
            unit.public_reports.forget_uses_before(now - FORGET_AFTER)
            unit.commit()

    def _count_pin(self, receipt: str, rules: PublicReportRules) -> str:
        """Count a PIN before it is checked, or refuse it; return under what it was counted."""
        now = self.clock.utc()
        subject = subject_of(self._workspace.secret, "receipt", receipt)
        with self._workspace.store.begin() as unit:
            held = unit.accounts.hold_attempts(subject, at=now)
            wait = count_attempt(held, rules.lockout, at=now)
            if wait is None:
                unit.commit()
        if wait is not None:
            raise PublicReportError("receipt_blocked", minutes=-(-int(wait.total_seconds()) // 60))
        return subject
