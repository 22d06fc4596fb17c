"""Tickets of the lake as leads: each row of the complaints, kept in step with it.

`TicketValues` gives rows as what a lead takes over of them: `KEPT_IN_STEP`, in its order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from data.calendars.working_days import WorkingDays, end_of
from data.contracts.case_vocabulary import Channel, TicketStatus
from data.derived.screened import BETWEEN_FORMS
from data.lake.schema import FORM_TAGS, ROW_KEY
from data.store.repositories.cases.leads import KEPT_IN_STEP
from data.store.unit_of_work import UnitOfWork
from governance.cases.intake import TITLE_LENGTH, NewLead
from governance.cases.log import CaseLog
from governance.cases.rules.deadlines import MOST_DAYS
from governance.service import Component

RECEIVED_AT: Final = "received_at"
_TEXTS: Final = ("source", "ticket_no", "nature", "status", "satisfaction", "title", "content",
                 "raw_address", "building_id", "community_code", "grid_code", "reporter_key",
                 FORM_TAGS)  # fmt: skip
_DUE: Final = ("due_at", "limit_days", "assigned_at", RECEIVED_AT, "extended_days")


def ticket_columns(complaints: Table) -> Table:
    """Return what is read of the complaints: those with a time, which alone can be leads."""
    read = (ROW_KEY, *_TEXTS, *_DUE, "closed_at", "returned_count")
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
            _statuses(text["status"], rows["closed_at"]),
            [count or 0 for count in rows["returned_count"].to_pylist()],
            text["satisfaction"],
            [title or content[:TITLE_LENGTH]
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
        """Return when a ticket is due by who sent it: as it says, else by the days it gives.

        What is further off than any deadline is none: hours, a day written as a number of days, or
        a day of the year 9999, by which some say that nothing is due.
        """
        if due_at is not None and (due_at - received_at).days <= MOST_DAYS:
            return due_at
        if days is None or days + (extended or 0) > MOST_DAYS:
            return None
        which = (assigned_at or received_at).date(), days + (extended or 0)
        if which not in self._due:
            self._due[which] = end_of(self._days.add(*which))
        return self._due[which]


TABLE: Final = "complaints"
BATCH: Final = 1_000
_BATCHES_READ: Final = 100
"""So many batches are read at once, in columns."""
_READ_AT_ONCE: Final = 20_000
_IN_ORDER: Final = [(RECEIVED_AT, "ascending"), (ROW_KEY, "ascending")]
_CASE, _HASH, _WITHDRAWN = "case", "hash", "withdrawn"
_BY_CASE: Final = [(_CASE, "ascending"), (_WITHDRAWN, "ascending"), (ROW_KEY, "ascending")]
_STATUS, _FORMS = KEPT_IN_STEP.index("status"), KEPT_IN_STEP.index("forms")
_KNOWN: Final = pa.schema({ROW_KEY: pa.string(), _CASE: pa.int64(), _HASH: pa.int64(),
                           _WITHDRAWN: pa.bool_()})  # fmt: skip
_FOUND: Final = pa.schema({ROW_KEY: pa.string(), RECEIVED_AT: pa.timestamp("us"),
                           _HASH: pa.int64()})  # fmt: skip


@dataclass(frozen=True, slots=True)
class TicketNews:
    """What of the tickets the store does not know; ``batches`` read it when it is asked for."""

    count: int = 0
    """How many leads the batches hold."""
    batches: Iterator[list[NewLead]] = field(default_factory=lambda: iter(()))


class TicketLeads(Component):
    """Reads the tickets that imports brought; asks nobody's permission."""

    _log: CaseLog

    def state(self) -> str:
        """Name the tickets and their places as they are: another name once any of it changed."""
        return self._engine.name_of_rows(TABLE)

    def news(self, unit: UnitOfWork) -> TicketNews:
        """Return every new ticket and what changed of the others, to be taken in one by one.

        New ones in order of time, `BATCH` at once: while one is written nobody else writes. What
        changed comes last, in order of the cases, about as many at once: those of a case together,
        which is told what their states are together. A ticket whose import was taken back has the
        status `TicketStatus.WITHDRAWN`. All are as they are now, whatever comes meanwhile.

        What is known is compared by hashes of `KEPT_IN_STEP`, 64 bits with a key of this process:
        a ticket that is as its lead costs a row in columns of keys and hashes.
        """
        return self._pinned()._compared(unit)  # noqa: SLF001 -- of its own class

    def read(self) -> list[NewLead]:
        """Return every ticket as a lead, as it is now."""
        return _leads(self._values(), self._rows().to_pyarrow())

    def _compared(self, unit: UnitOfWork) -> TicketNews:
        values = self._values()
        known, found = _known(unit), self._found(values)
        is_known = pc.is_in(found[ROW_KEY], value_set=known[ROW_KEY])
        new = found.filter(pc.invert(is_known)).sort_by(_IN_ORDER)
        at = pc.index_in(known[ROW_KEY], value_set=found[ROW_KEY])
        differs = pc.not_equal(known[_HASH], found[_HASH].take(at))  # null where there is no row
        is_news = pc.if_else(pc.is_null(at), pc.invert(known[_WITHDRAWN]), differs)
        changed = known.select([ROW_KEY, _CASE]).append_column(_WITHDRAWN, pc.is_null(at))
        changed = changed.filter(is_news).sort_by(_BY_CASE)
        return TicketNews(len(new) + len(changed), self._batches(values, new, changed))

    def _batches(
        self, values: TicketValues, new: pa.Table, changed: pa.Table
    ) -> Iterator[list[NewLead]]:
        for first in range(0, len(new), _BATCHES_READ * BATCH):
            some = new.slice(first, _BATCHES_READ * BATCH)
            rows = self._of_keys(some[ROW_KEY], some[RECEIVED_AT]).sort_by(_IN_ORDER)
            for start in range(0, len(rows), BATCH):
                yield _leads(values, rows.slice(start, BATCH))
        parts = _of_whole_cases(changed)
        for first in range(0, len(parts), _BATCHES_READ):
            some = parts[first : first + _BATCHES_READ]
            rows = self._of_keys(pa.concat_tables(some)[ROW_KEY])
            for part in some:
                at = pc.index_in(part[ROW_KEY], value_set=rows[ROW_KEY]).drop_null()
                withdrawn = part[ROW_KEY].filter(part[_WITHDRAWN]).to_pylist()
                yield [*_leads(values, rows.take(at)), *self._withdrawn(withdrawn)]

    def _withdrawn(self, keys: list[str]) -> Iterator[NewLead]:
        """Yield the leads of tickets that were taken back, as they are now but for that."""
        if keys:
            with self._workspace.store.begin() as unit:
                known = unit.leads.known(TABLE, keys)
            for key in keys:
                lead = _lead(key, known[key][2:])
                status = TicketStatus.WITHDRAWN.value
                yield replace(lead, status=status, forms=tuple(lead.forms))

    def _of_keys(self, keys: pa.ChunkedArray, times: pa.ChunkedArray | None = None) -> pa.Table:
        """Return the rows of some keys, as they come; ``times``: the times of these, sorted."""
        rows = self._rows()
        if times is not None:
            ends = (ibis.literal(times[end].as_py()).cast("timestamp(6)") for end in (0, -1))
            rows = rows.filter(rows[RECEIVED_AT].between(*ends))
        wanted = keys.combine_chunks()
        parts = [
            part.filter(pc.is_in(part[ROW_KEY], value_set=wanted))
            for part in rows.to_pyarrow_batches(chunk_size=_READ_AT_ONCE)
        ]
        return pa.Table.from_batches(parts, rows.schema().to_pyarrow()).combine_chunks()

    def _found(self, values: TicketValues) -> pa.Table:
        """Return key, time and hash of all tickets."""
        parts = [
            _FOUND.empty_table(),
            *(
                pa.table([*_copied(part), _hashes(values.of(part))], _FOUND)
                for part in self._rows().to_pyarrow_batches(chunk_size=_READ_AT_ONCE)
            ),
        ]
        return pa.concat_tables(parts).combine_chunks()

    def _values(self) -> TicketValues:
        return TicketValues(self._log.working_days())

    def _rows(self) -> Table:
        return ticket_columns(self._engine.table(TABLE))


def _known(unit: UnitOfWork) -> pa.Table:
    """Return key, case and hash of all leads of tickets, and which tell of one taken back."""
    parts = [_KNOWN.empty_table()]
    for rows in unit.leads.in_step(TABLE):
        key, case, *kept = zip(*rows, strict=True)
        forms = map(tuple, kept.pop(_FORMS))
        kept.insert(_FORMS, tuple(forms))
        withdrawn = [status == TicketStatus.WITHDRAWN for status in kept[_STATUS]]
        hashes = _hashes(zip(*kept, strict=True))
        parts.append(pa.table([key, case, hashes, withdrawn], _KNOWN))
    return pa.concat_tables(parts).combine_chunks()


def _statuses(texts: list[str], closed_at: pa.Array) -> list[str]:
    """Return where tickets stand: as they say, else closed where they say when they were."""
    closed = closed_at.is_valid().to_pylist()
    return [
        text or (TicketStatus.CLOSED.value if was_closed else "")
        for text, was_closed in zip(texts, closed, strict=True)
    ]


def _of_whole_cases(changed: pa.Table) -> list[pa.Table]:
    """Return rows in batches, those of a case together; they are sorted by it."""
    cases, ends = changed[_CASE].to_numpy(), [0]
    while ends[-1] < len(cases):
        last = cases[min(ends[-1] + BATCH, len(cases)) - 1]
        ends.append(int(np.searchsorted(cases, last, side="right")))
    return [changed.slice(first, end - first) for first, end in pairwise(ends)]


def _copied(part: pa.RecordBatch) -> list[pa.Array]:
    """Return key and time in memory of their own: a column of a part keeps all the others."""
    return [pa.concat_arrays([part[name]]) for name in (ROW_KEY, RECEIVED_AT)]


def _hashes(rows: Iterable[tuple[Any, ...]]) -> pa.Array:
    return pa.array(map(hash, rows), pa.int64())


def _leads(values: TicketValues, rows: pa.Table) -> list[NewLead]:
    keys = rows[ROW_KEY].to_pylist()
    return [_lead(*each) for each in zip(keys, values.of(rows), strict=True)]


def _lead(key: str, kept: tuple[Any, ...]) -> NewLead:
    named = dict(zip(KEPT_IN_STEP, kept, strict=True))
    return NewLead(origin_table=TABLE, origin_key=key, **named)
