"""Rows of the lake's complaints as what a lead takes over of them: `KEPT_IN_STEP`, in its order."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

import pyarrow as pa
from ibis.expr.types import Table

from data.calendars.working_days import WorkingDays, end_of
from data.contracts.case_vocabulary import Channel
from data.derived.screened import BETWEEN_FORMS
from data.lake.schema import FORM_TAGS, ROW_KEY

RECEIVED_AT: Final = "received_at"
_TEXTS: Final = ("source", "ticket_no", "nature", "status", "satisfaction", "title", "content",
                 "raw_address", "building_id", "community_code", "grid_code", "reporter_key",
                 FORM_TAGS)  # fmt: skip
_DUE: Final = ("due_at", "limit_days", "assigned_at", RECEIVED_AT, "extended_days")
_TITLE_LENGTH: Final = 40


def ticket_columns(complaints: Table) -> Table:
    """Return what is read of the complaints: those with a time, which alone can be leads."""
    read = (ROW_KEY, *_TEXTS, *_DUE, "returned_count")
    return complaints.drop_null([RECEIVED_AT]).select(*read)


class TicketValues:
    """Gives the values of rows, part by part.

    ``days``: counts the days until a ticket is due that gives days alone.
    """

    def __init__(self, days: WorkingDays) -> None:
        self._days = days
        self._due: dict[tuple[date, int], datetime] = {}

    def of(self, rows: pa.RecordBatch | pa.Table) -> Iterator[tuple[Any, ...]]:
        """Yield `KEPT_IN_STEP` of each row, ``forms`` as a tuple."""
        text = {name: rows[name].fill_null("").to_pylist() for name in _TEXTS}
        known = {tags: tuple(filter(None, tags.split(BETWEEN_FORMS)))
                 for tags in set(text[FORM_TAGS])}  # fmt: skip
        due = zip(*(rows[name].to_pylist() for name in _DUE), strict=True)
        return zip(
            [source or Channel.OTHER.value for source in text["source"]],
            text["ticket_no"],
            text["nature"],
            rows[RECEIVED_AT].to_pylist(),
            [self._due_at(*each) for each in due],
            text["status"],
            [count or 0 for count in rows["returned_count"].to_pylist()],
            text["satisfaction"],
            [title or content[:_TITLE_LENGTH]
             for title, content in zip(text["title"], text["content"], strict=True)],
            text["content"],
            text["raw_address"],
            [building or None for building in text["building_id"]],
            text["community_code"],
            text["grid_code"],
            [known[tags] for tags in text[FORM_TAGS]],
            [reporter or None for reporter in text["reporter_key"]],
            strict=True,
        )  # fmt: skip

    def _due_at(
        self, due_at: datetime | None, days: int | None, assigned_at: datetime | None,
        received_at: datetime, extended: int | None,
    ) -> datetime | None:  # fmt: skip
        """Return when a ticket is due by who sent it: as it says, else by the days it gives."""
        if due_at is not None or days is None:
            return due_at
        which = (assigned_at or received_at).date(), days + (extended or 0)
        if which not in self._due:
            self._due[which] = end_of(self._days.add(*which))
        return self._due[which]
