"""Each advert of tutoring is a lead: taken in once, kept in step with where it is placed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

import pyarrow as pa

from data.contracts.case_vocabulary import Channel
from data.derived.screened import BETWEEN_FORMS
from data.lake.schema import FORM_TAGS, LEARNT_AT, ROW_KEY, TUTORING
from data.privacy.export_masks import scrub_texts
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor
from governance.cases.intake import TITLE_LENGTH, IntakeResult, LeadIntake, NewLead
from governance.service import Component

TABLE: Final = "adverts"
_READ: Final = (
    *(ROW_KEY, LEARNT_AT, "title", "content", "raw_address", "kind", FORM_TAGS),
    *("building_id", "community_code", "grid_code"),
)


class AdvertLeads(Component):
    """Makes leads of adverts; whoever calls it has asked, and writes the audit line."""

    _intake: LeadIntake

    def take_in(self, unit: UnitOfWork, actor: Actor) -> IntakeResult:
        """Take in every advert of tutoring that is known now; those taken in before stay as one.

        Its building is that of a unique or reviewed match, as its row is placed; else none.
        """
        table = self._engine.table(TABLE)
        rows = table.filter(table[TUTORING]).select(*_READ).to_pyarrow()
        for name in ("title", "content"):
            scrubbed = scrub_texts(rows[name].combine_chunks().cast(pa.large_string()))
            rows = rows.set_column(rows.column_names.index(name), name, scrubbed)
        return self._intake.take_in(unit, list(_leads_of(rows.to_pylist())), actor)


def _leads_of(rows: Iterable[Mapping[str, Any]]) -> Iterable[NewLead]:
    for row in rows:
        learnt: datetime = row[LEARNT_AT]
        yield NewLead(
            channel=Channel.ADVERT,
            origin_table=TABLE,
            origin_key=row[ROW_KEY],
            received_at=learnt,
            title=row["title"] or (row["content"] or "")[:TITLE_LENGTH],
            text=row["content"] or "",
            address=row["raw_address"] or "",
            building_id=row["building_id"],
            community=row["community_code"] or "",
            grid=row["grid_code"] or "",
            forms=tuple(filter(None, (row[FORM_TAGS] or "").split(BETWEEN_FORMS))),
        )
