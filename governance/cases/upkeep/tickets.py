"""Tickets of the lake as leads: each row of the complaints, kept in step with it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import pandas as pd

from data.calendars.working_days import WorkingDays, end_of
from data.contracts.case_vocabulary import Channel, TicketStatus
from data.derived.screened import BETWEEN_FORMS
from data.lake.schema import FORM_TAGS
from data.store.repositories.cases.leads import KEPT_IN_STEP
from data.store.unit_of_work import UnitOfWork
from governance.cases.intake import NewLead, is_news
from governance.cases.log import CaseLog
from governance.service import Component

TABLE: Final = "complaints"
TEXTS: Final = ("row_key", "source", "ticket_no", "nature", "status", "satisfaction", "title",
                "content", "raw_address", "building_id", "community_code", "grid_code",
                "reporter_key", FORM_TAGS)  # fmt: skip
BATCH: Final = 1_000
_TITLE_LENGTH: Final = 40
_DUE: Final = ("due_at", "assigned_at", "limit_days", "extended_days")


class TicketLeads(Component):
    """Reads the tickets that imports brought; asks nobody's permission."""

    _log: CaseLog

    def state(self) -> str:
        """Name the tickets and their places as they are: another name once any of it changed."""
        return self._engine.name_of_rows(TABLE)

    def batches(self, unit: UnitOfWork) -> list[list[NewLead]]:
        """Return every new ticket and what changed of the others, to be taken in one by one.

        New ones in order of time, `BATCH` at once: while one is written nobody else writes. What
        changed comes last, together. A ticket whose import was taken back has the status
        `TicketStatus.WITHDRAWN`.
        """
        held = unit.leads.known(TABLE)
        known = {key: dict(zip(KEPT_IN_STEP, row[2:], strict=True)) for key, row in held.items()}
        leads = {lead.origin_key: lead for lead in self.read()}
        new = [lead for key, lead in leads.items() if key not in known]
        new.sort(key=lambda lead: (lead.received_at, lead.origin_key))
        changed = [lead for key, lead in leads.items() if key in known]
        changed += [_withdrawn(key, known[key]) for key in sorted(known.keys() - leads.keys())]
        changed = [lead for lead in changed if is_news(lead, known[lead.origin_key])]
        return [new[at : at + BATCH] for at in range(0, len(new), BATCH)] + [changed][
            : len(changed)
        ]

    def read(self) -> list[NewLead]:
        """Return every ticket as a lead, as it is now."""
        days = self._log.working_days()
        return [_lead(row, days) for row in _records(self._rows())]

    def _rows(self) -> pd.DataFrame:
        table = self._engine.table(TABLE).drop_null(["received_at"])
        table = table.select(*TEXTS, "received_at", "returned_count", *_DUE)
        rows: pd.DataFrame = table.to_pyarrow().to_pandas()
        texts = {name: rows[name].astype(object).where(rows[name].notna(), "") for name in TEXTS}
        return rows.assign(**texts)


def _records(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    names = list(rows.columns)
    columns = [rows[name].tolist() for name in names]
    return (dict(zip(names, each, strict=True)) for each in zip(*columns, strict=True))


def _title(row: Mapping[str, Any]) -> str:
    return str(row["title"] or row["content"][:_TITLE_LENGTH])


def _due_at(row: Mapping[str, Any], days: WorkingDays) -> datetime | None:
    """Return when a ticket is due by who sent it: as it says, else by the days that it gives."""
    if not pd.isna(row["due_at"]):
        due: datetime = row["due_at"].to_pydatetime()
        return due
    if pd.isna(row["limit_days"]):
        return None
    start = row["received_at"] if pd.isna(row["assigned_at"]) else row["assigned_at"]
    more = 0 if pd.isna(row["extended_days"]) else int(row["extended_days"])
    return end_of(days.add(start.date(), int(row["limit_days"]) + more))


def _lead(row: Mapping[str, Any], days: WorkingDays) -> NewLead:
    returned = row["returned_count"]
    return NewLead(
        channel=row["source"] or Channel.OTHER.value,
        origin_table=TABLE,
        origin_key=row["row_key"],
        ticket_no=row["ticket_no"],
        nature=row["nature"],
        received_at=row["received_at"].to_pydatetime(),
        due_at=_due_at(row, days),
        status=row["status"],
        returned=0 if pd.isna(returned) else int(returned),
        satisfaction=row["satisfaction"],
        title=_title(row),
        text=row["content"],
        address=row["raw_address"],
        building_id=row["building_id"] or None,
        community=row["community_code"],
        grid=row["grid_code"],
        forms=tuple(filter(None, row[FORM_TAGS].split(BETWEEN_FORMS))),
        reporter_hash=row["reporter_key"] or None,
    )


def _withdrawn(key: str, held: Mapping[str, Any]) -> NewLead:
    kept = dict(held) | {"status": TicketStatus.WITHDRAWN.value, "forms": tuple(held["forms"])}
    return NewLead(origin_table=TABLE, origin_key=key, **kept)
