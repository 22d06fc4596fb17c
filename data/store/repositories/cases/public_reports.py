"""Repository of public reports, with contacts, photos, rewards and allowances; times are UTC."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select

from data.store.audit.row_seals import seal_report
from data.store.repositories.repository import Repository
from data.store.repositories.versioned import (
    add_once,
    forget_free,
    hold_all,
    hold_one,
    insert_into,
)
from data.store.tables.public_reports import (
    PublicContact,
    PublicPhoto,
    PublicReport,
    PublicReward,
    PublicUse,
)

__all__ = ["PublicPhoto", "PublicReport", "PublicReports", "PublicReward"]


class PublicReports(Repository):
    """Reports are added and never changed; a reward is decided once and paid once."""

    def add(
        self,
        report: Mapping[str, Any],
        *,
        photos: Sequence[Mapping[str, Any]],
        contact: str | None,
    ) -> PublicReport | None:
        """Seal and add a report with all that belongs to it.

        ``report``: the columns of the table but ``id`` and ``seal``.
        ``photos``: of each ``sha256, bytes, width, height``.
        ``contact``: who reported, sealed; None where nobody was named.

        Returns None where a report was sent under this key, or has this
        receipt, already.
        """
        hashes = [photo["sha256"] for photo in photos]
        seal = seal_report(self._sealing.key(), report, hashes)
        if not add_once(self._session, PublicReport, {**report, "seal": seal}):
            return None
        added = self.of_receipt(report["receipt"])
        if added is None:
            return None
        for photo in photos:
            self._session.execute(insert(PublicPhoto).values(report_id=added.id, **photo))
        if contact is not None:
            self._session.add(PublicContact(report_id=added.id, sealed=contact))
        self._session.flush()
        return added

    def of_receipt(self, receipt: str) -> PublicReport | None:
        """Return the report of a receipt number."""
        query = select(PublicReport).where(PublicReport.receipt == receipt)
        return self._session.scalars(query).one_or_none()

    def of_key(self, key_hash: str) -> PublicReport | None:
        """Return the report that was sent under a key."""
        query = select(PublicReport).where(PublicReport.key_hash == key_hash)
        return self._session.scalars(query).one_or_none()

    def of_ids(self, ids: Collection[int]) -> Sequence[PublicReport]:
        """Return some reports, oldest first."""
        query = select(PublicReport).where(PublicReport.id.in_(ids))
        return self._session.scalars(query.order_by(PublicReport.id)).all()

    def photos(self, report_id: int) -> Sequence[PublicPhoto]:
        """Return a report's photos in their order."""
        query = select(PublicPhoto).where(PublicPhoto.report_id == report_id)
        return self._session.scalars(query.order_by(PublicPhoto.id)).all()

    def reports_of_photo(self, sha256: str) -> Sequence[PublicReport]:
        """Return the reports that a photo was sent with."""
        query = select(PublicReport).join(PublicPhoto, PublicPhoto.report_id == PublicReport.id)
        return self._session.scalars(query.where(PublicPhoto.sha256 == sha256)).all()

    def photo_hashes(self) -> Sequence[str]:
        """Return the SHA-256 of every photo noted, sorted."""
        return sorted(self._session.scalars(select(PublicPhoto.sha256).distinct()))

    def hold_photos(self) -> None:
        """Keep others from adding reports with photos until the end of the unit of work."""
        hold_all(self._session, PublicPhoto)

    def contact(self, report_id: int) -> str | None:
        """Return who reported, sealed."""
        row = self._session.get(PublicContact, report_id)
        return None if row is None else row.sealed

    def contacts(self) -> Sequence[tuple[int, str, str]]:
        """Return report, receipt number and sealed contact of every report that has one."""
        query = select(PublicContact.report_id, PublicReport.receipt, PublicContact.sealed).join(
            PublicReport, PublicReport.id == PublicContact.report_id
        )
        return [(row[0], row[1], row[2]) for row in self._session.execute(query)]

    def contacts_before(self, at: datetime) -> list[int]:
        """Return the reports received before a moment (UTC) that have a contact.

        Those whose reward is still to be paid are left out.
        """
        query = select(PublicContact.report_id).join(
            PublicReport, PublicReport.id == PublicContact.report_id
        )
        unpaid = select(PublicReward.report_id).where(
            PublicReward.eligible, PublicReward.paid_at.is_(None)
        )
        query = query.where(PublicReport.received_at < at, PublicReport.id.not_in(unpaid))
        return sorted(self._session.scalars(query))

    def undecided_rewards(self) -> list[int]:
        """Return the reports that ask for a reward about which nobody decided yet."""
        decided = select(PublicReward.report_id)
        query = select(PublicReport.id).where(
            PublicReport.reward_wanted, PublicReport.id.not_in(decided)
        )
        return list(self._session.scalars(query))

    def forget_contacts(self, ids: Collection[int]) -> None:
        """Delete who sent some reports."""
        self._session.execute(delete(PublicContact).where(PublicContact.report_id.in_(ids)))

    def with_contact(self, ids: Collection[int]) -> set[int]:
        """Return which of some reports say who reported."""
        query = select(PublicContact.report_id).where(PublicContact.report_id.in_(ids))
        return set(self._session.scalars(query))

    def reward(self, report_id: int) -> PublicReward | None:
        """Return what was decided about a report's reward."""
        return self._session.get(PublicReward, report_id, populate_existing=True)

    def decide_reward(
        self, report_id: int, *, eligible: bool, note: str, by: str, at: datetime
    ) -> bool:
        """Keep a decision about a reward, in place of an earlier one; False once it was paid."""
        decided = {"eligible": eligible, "note": note, "decided_by": by, "decided_at": at}
        adding = insert_into(self._session, PublicReward).values(report_id=report_id, **decided)
        change = adding.on_conflict_do_update(
            index_elements=["report_id"], set_=decided, where=PublicReward.paid_at.is_(None)
        )
        return self._session.scalar(change.returning(PublicReward.report_id)) is not None

    def pay_reward(
        self, report_id: int, *, by: str, at: datetime, not_decided_by: Collection[str] = ()
    ) -> bool:
        """Note that a reward was paid; False where none is due, or it was paid before.

        ``not_decided_by``: names of who may not pay it where they decided about it.
        """
        return self._changed(
            PublicReward,
            PublicReward.report_id == report_id,
            PublicReward.eligible.is_(True),
            PublicReward.paid_at.is_(None),
            PublicReward.decided_by.not_in(not_decided_by),
            paid_by=by,
            paid_at=at,
        )

    def hold_use(self, subject: str, *, at: datetime) -> PublicUse:
        """Return what a subject has used up, to be changed by this unit of work alone."""
        return hold_one(self._session, PublicUse, subject, used=0.0, at=at)

    def forget_uses_before(self, at: datetime) -> None:
        """Delete what was used up so long ago that it counts no more."""
        forget_free(self._session, PublicUse, PublicUse.at < at)
