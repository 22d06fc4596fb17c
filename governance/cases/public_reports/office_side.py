"""Public reports as the office sees them: texts and photos, who reported, and rewards."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.privacy.identities import Person
from data.privacy.photos import PhotoError, read_photo
from data.privacy.sealed_text import open_text
from data.store.repositories.cases.public_reports import PublicReport
from data.store.tables.cases import Lead
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Action, Actor, require
from governance.access.persons import own_names
from governance.cases.public_reports.photos import evidence_of
from governance.cases.public_reports.receipts import contact_key, shown_receipt, text_key
from governance.cases.public_reports.report_form import PublicReportError
from governance.cases.public_reports.report_keeper import ORIGIN
from governance.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Reward:
    """Whether a reward is asked for and due, and if it was paid; None while nobody decided."""

    wanted: bool
    eligible: bool | None = None
    note: str = ""
    decided_by: str = ""
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenReport:
    """A report as the office reads it.

    ``report_id``, ``receipt``: its number, and the one that who reported has.
    ``text``, ``address``: without names and numbers.
    ``lon``, ``lat``: where, in degrees (WGS-84), if who reported said so.
    """

    report_id: int
    receipt: str
    received_at: datetime
    """Local time."""
    text: str
    address: str
    lon: float | None
    lat: float | None
    photos: tuple[str, ...]
    """SHA-256 of each."""
    has_contact: bool
    """Whether who reported can be asked for."""
    reward: Reward


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalReport:
    """A report as it came, and who reported, as they said it."""

    text: str
    address: str
    person: Person


class PublicReportService(Service):
    """Services about reports for who works on them; wardens learn of none."""

    def of_case(self, actor: Actor, case_no: str) -> Sequence[SeenReport]:
        """Return the public reports of a case, oldest first; none of an unknown case."""
        require(actor, Action.SEE_PUBLIC_REPORTS)
        with self._workspace.store.begin() as unit:
            case = unit.cases.get(case_no)
            leads = unit.leads.of_cases([case.id]) if case else []
            ids = [int(e.origin_key) for e in leads if e.origin_table == ORIGIN and _in(actor, e)]
            contacts = unit.public_reports.with_contact(ids)
            return [
                self._seen(unit, each, has_contact=each.id in contacts)
                for each in unit.public_reports.of_ids(ids)
            ]

    def photo(self, actor: Actor, sha256: str) -> bytes:
        """Return a photo (JPEG) of a report within the actor's scope.

        Raises `PhotoError` when there is none, or the file was changed.
        """
        require(actor, Action.SEE_PUBLIC_REPORTS)
        with self._workspace.store.begin() as unit:
            reports = unit.public_reports.reports_of_photo(sha256)
            seen = [each.id for each in reports if self._is_seen(unit, actor, each.id)]
        if not seen:
            raise PhotoError("photo_missing", seen=sha256[:12])
        content = read_photo(evidence_of(self._workspace), sha256)
        self._record_hourly(actor, Action.SEE_PUBLIC_REPORTS.value, report=seen[0], photo=sha256)
        return content

    def original(self, actor: Actor, report_id: int) -> OriginalReport:
        """Return a report as it came and who reported; the look-up is logged before it is made.

        Raises `PublicReportError`: ``public_report_missing``.
        Raises `SealedTextError` when what was kept was changed.
        """
        require(actor, Action.SEE_IDENTITY)
        with self._workspace.store.begin() as unit:
            report = self._get(unit, actor, report_id)
            contact = unit.public_reports.contact(report_id)
            unit.commit()  # what was read stays readable
        self._record(actor, Action.SEE_IDENTITY, report=report_id)
        secret = self._workspace.secret
        text, address = json.loads(open_text(text_key(secret), report.sealed, about=report.receipt))
        who = (
            json.loads(open_text(contact_key(secret), contact, about=report.receipt))
            if contact
            else {"name": "", "phone": ""}
        )
        person = Person(who["name"] or None, who["phone"] or None)
        return OriginalReport(text=text, address=address, person=person)

    def decide_reward(
        self, actor: Actor, report_id: int, *, eligible: bool, note: str = ""
    ) -> Reward:
        """Decide whether a report that asks for a reward earns it; until it is paid.

        Raises `PublicReportError`: ``public_report_missing``, ``reward_not_wanted`` or
        ``reward_paid``.
        """
        require(actor, Action.DECIDE_REWARD)
        with self._workspace.store.begin() as unit:
            if not self._get(unit, actor, report_id).reward_wanted:
                raise PublicReportError("reward_not_wanted")
            decided = unit.public_reports.decide_reward(
                report_id, eligible=eligible, note=note, by=actor.id, at=self.clock.utc()
            )
            if not decided:
                raise PublicReportError("reward_paid")
            self._record_in(unit, actor, Action.DECIDE_REWARD, report=report_id, eligible=eligible)
            reward = self._reward(unit, report_id, wanted=True)
            unit.commit()
        return reward

    def pay_reward(self, actor: Actor, report_id: int) -> Reward:
        """Note that a reward was paid, once, by somebody else than decided about it.

        Raises `PublicReportError`: ``public_report_missing``, ``reward_own`` or ``reward_not_due``.
        """
        require(actor, Action.PAY_REWARD)
        with self._workspace.store.begin() as unit:
            self._get(unit, actor, report_id)
            actor_names, reward = own_names(unit, actor), unit.public_reports.reward(report_id)
            if reward is not None and reward.decided_by in actor_names and reward.paid_at is None:
                raise PublicReportError("reward_own" if reward.eligible else "reward_not_due")
            paid = unit.public_reports.pay_reward(
                report_id, by=actor.id, at=self.clock.utc(), not_decided_by=actor_names
            )
            if not paid:
                raise PublicReportError("reward_not_due")
            self._record_in(unit, actor, Action.PAY_REWARD, report=report_id, paid=True)
            answer = self._reward(unit, report_id, wanted=True)
            unit.commit()
        return answer

    def _get(self, unit: UnitOfWork, actor: Actor, report_id: int) -> PublicReport:
        found = unit.public_reports.of_ids([report_id])
        if not found or not self._is_seen(unit, actor, report_id):
            raise PublicReportError("public_report_missing", seen=report_id)
        return found[0]

    def _is_seen(self, unit: UnitOfWork, actor: Actor, report_id: int) -> bool:
        lead = unit.leads.of_origin(ORIGIN, str(report_id))
        return lead is not None and _in(actor, lead)

    def _seen(self, unit: UnitOfWork, report: PublicReport, *, has_contact: bool) -> SeenReport:
        return SeenReport(
            report_id=report.id,
            receipt=shown_receipt(report.receipt),
            received_at=self.clock.to_local(report.received_at),
            text=report.text,
            address=report.address,
            lon=report.lon,
            lat=report.lat,
            photos=tuple(each.sha256 for each in unit.public_reports.photos(report.id)),
            has_contact=has_contact,
            reward=self._reward(unit, report.id, wanted=report.reward_wanted),
        )

    def _reward(self, unit: UnitOfWork, report_id: int, *, wanted: bool) -> Reward:
        found = unit.public_reports.reward(report_id)
        if found is None:
            return Reward(wanted=wanted)
        return Reward(
            wanted=wanted,
            eligible=found.eligible,
            note=found.note,
            decided_by=found.decided_by,
            paid_at=self.clock.to_local(found.paid_at) if found.paid_at else None,
        )


def _in(actor: Actor, lead: Lead) -> bool:
    return actor.scope.covers_row(lead)
