"""Keep a report: with its lead, its files and its line in the audit log, all of it or nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from data.contracts.case_vocabulary import Channel
from data.contracts.screening.office_terms import TERMS_SETTING, read_terms
from data.contracts.screening.screen import screener_with
from data.privacy.photos import CleanPhoto
from data.privacy.sealed_text import seal_text
from governance.access.permissions import Action, Actor
from governance.cases.intake import LeadIntake, NewLead
from governance.cases.public_reports.photos import commit_with_photos
from governance.cases.public_reports.receipts import contact_key, shown_receipt, text_key
from governance.cases.public_reports.report_form import PublicReportError, ReportForm
from governance.cases.public_reports.report_place import ReportPlacing
from governance.cases.public_reports.scrub import reporter_hash, scrub
from governance.service import Component

ORIGIN: Final = "public_reports"
NATURE: Final = "举报"
_TITLE: Final = 40


class ReportKeeper(Component):
    """Keeps reports, for the service that asked whether one may be sent."""

    _lead_intake: LeadIntake
    _placing: ReportPlacing

    def sent_before(self, sent: Mapping[str, str]) -> str | None:
        """Return the receipt number of what was sent under a key already."""
        with self._workspace.store.begin() as unit:
            found = unit.public_reports.of_key(sent["key_hash"])
            if found is not None and found.content_hash != sent["content_hash"]:
                raise PublicReportError("report_key_used")
            return found.receipt if found else None

    def keep(
        self, actor: Actor, form: ReportForm, photos: Sequence[CleanPhoto], row: dict[str, Any]
    ) -> str | None:
        """Keep a report with its lead, its files and its line; all of it or nothing.

        Returns str or None: the receipt number of the same report, where it was kept meanwhile.
        """
        row |= self._texts(form, row["receipt"])
        pictures = [
            {"sha256": each.sha256, "bytes": len(each.content), "width": each.width,
             "height": each.height} for each in photos
        ]  # fmt: skip
        contact = self._contact(form, row["receipt"])
        lead = self._lead(form, row)
        with self._workspace.store.begin() as unit:
            added = unit.public_reports.add(row, photos=pictures, contact=contact)
            if added is None:
                unit.rollback()
                return self.sent_before(row)
            lead = replace(lead, origin_key=str(added.id))
            self._lead_intake.take_in(unit, [lead], actor)
            self._record_in(unit, actor, Action.REPORT_PUBLICLY, report=added.id, way=row["way"],
                            photos=len(pictures), seal=added.seal)  # fmt: skip
            commit_with_photos(unit, self._workspace, photos)
        return None

    def _texts(self, form: ReportForm, receipt: str) -> dict[str, Any]:
        """Return what a report says, for reading, and as it came, sealed."""
        who = {"name": form.contact_name, "phone": form.contact_phone}
        as_it_came = json.dumps([form.text, form.address])
        return {
            "text": scrub(form.text, **who),
            "address": scrub(form.address, **who),
            "lon": form.lon,
            "lat": form.lat,
            "sealed": seal_text(text_key(self._workspace.secret), as_it_came, about=receipt),
            "reward_wanted": form.wants_reward,
        }

    def _contact(self, form: ReportForm, receipt: str) -> str | None:
        """Return who reported, sealed; None where they do not say."""
        if not form.contact_name and not form.contact_phone:
            return None
        who = json.dumps({"name": form.contact_name, "phone": form.contact_phone})
        return seal_text(contact_key(self._workspace.secret), who, about=receipt)

    def _lead(self, form: ReportForm, row: Mapping[str, Any]) -> NewLead:
        place = self._placing.place(form.address, form.lon, form.lat)
        who = {"name": form.contact_name, "phone": form.contact_phone}
        return NewLead(
            channel=Channel.PUBLIC_REPORT,
            origin_table=ORIGIN,
            origin_key="",
            received_at=self.clock.to_local(row["received_at"]),
            ticket_no=shown_receipt(row["receipt"]),
            nature=NATURE,
            title=row["text"].split("\n")[0][:_TITLE],
            text=row["text"],
            address=row["address"],
            building_id=place.building_id,
            community=place.community,
            grid=place.grid,
            forms=self._forms(form.text),
            reporter_hash=reporter_hash(self._workspace.secret, **who),
        )

    def _forms(self, text: str) -> tuple[str, ...]:
        with self._workspace.store.begin() as unit:
            terms = read_terms(unit.settings.get(TERMS_SETTING, []))
        return screener_with(terms).screen([text])[0].forms
