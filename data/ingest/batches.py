"""The classes that pass between reading, checking and storing: raw rows and checked rows.

The way of a file, for whoever calls it::

    opened = OpenSource(source, contract=contract)                # reading/open.py
    guess = guess_mapping(opened.describe().columns, contract)    # reading/headers
    mapping = guess.mapping                                       # field -> column
    seen = SeenRows()                                             # one per import
    options = CheckOptions(now=..., secret=...)
    for batch in opened.batches():
        batch = filter_rows(batch, {"Results": "Fail"})           # optional --where
        checked = check_batch(batch, contract, mapping, options=options, seen=seen)
        checked.accepted, checked.quarantined, checked.problems, checked.duplicates

Tables are `pyarrow.Table`; nothing here is changed in place.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.lake.schema import ROW_KEY, SHEET, SOURCE_ROW, one_array
from data.workspace.clock import DEFAULT_ZONE
from geo.coordinates.parse import Order

SENT_ROW = "_source_row"
SENT_SHEET = "_sheet"

PROBLEMS = pa.schema(
    [
        (SOURCE_ROW, pa.int64()),
        (SHEET, pa.large_string()),
        ("code", pa.large_string()),
        ("field", pa.large_string()),
        ("column", pa.large_string()),
        ("seen", pa.large_string()),
        ("expected", pa.large_string()),
    ]
)
DUPLICATES = pa.schema(
    [
        (SOURCE_ROW, pa.int64()),
        (SHEET, pa.large_string()),
        ("code", pa.large_string()),
        (ROW_KEY, pa.large_string()),
    ]
)


GUESSED_YEARS = "guessed_years"
"""A note by year of the rows with a day whose year neither its cell nor a title says."""
FOUND_IN_SENTENCE, NOT_FOUND_IN_SENTENCE = "found_in_sentence", "not_found_in_sentence"
"""What is noted of rows whose result a sentence says: a find or a suspicion, anything else."""
OLD_WITHOUT_STATUS = "old_without_status"
"""What is noted of a ticket of long ago that neither a status nor a day of closing ends."""
HALF_POINT, UNREAD_POINT, ZERO_POINT = "half_point", "unread_point", "zero_point"
"""What is noted of rows whose coordinates are dropped when they are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBatch:
    """Some rows of one sheet or layer, as text, under the sender's own headers."""

    rows: pa.Table
    """One ``large_string`` column per header, null where the cell is blank. Headers are unique."""
    source_row: NDArray[np.int64]
    """int64, the number of each row as its sender sees it: the Excel row, the record of a CSV file
    (the header line counts), the feature or database row counted from 1.
    """
    sheet: str = ""
    """Name of the sheet or layer; empty where the format has none."""
    imprecise: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    """Header → mask of cells that were *numbers* of more than 15 digits and so have lost their end.
    Headers without such a cell are absent.
    """
    unsaved: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    """Header → mask of formulas whose value was never stored; they stand in their cells."""
    geometry: pa.Array | None = None
    """WKB per row (``large_binary``) where the format has geometry."""
    surplus: pa.Array | None = None
    """Cells beyond the last header (``large_string``, joined), null where there are none."""
    repeated: pa.Array | None = None
    """The row (``large_string``) whose key a row had with other content when it was refused, where
    it comes back unchanged; null elsewhere.
    """
    crs: str | None = None
    """What the file says its coordinates are (``EPSG:4326``), which is a claim, not a proof."""
    heading: str = ""
    """The lines above the header (title, unit, date), joined by blanks."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Reason code (``reasons.NOTES``) → rows since the last batch that are no data: totals,
    footers, blank lines, repeated headers, the template's example.
    """
    notes: tuple[tuple[str, str], ...] = ()
    """What a reader should be told about this sheet: (code of ``reasons.NOTES``, detail)."""

    @property
    def columns(self) -> list[str]:
        """Return the sender's headers, in order."""
        return list(self.rows.column_names)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.source_row)

    def filter(self, keep: NDArray[np.bool_]) -> Self:
        """Return only the rows where a mask is true."""
        mask = pa.array(keep)
        return replace(
            self,
            rows=self.rows.filter(mask),
            source_row=self.source_row[keep],
            imprecise={name: flags[keep] for name, flags in self.imprecise.items()},
            unsaved={name: flags[keep] for name, flags in self.unsaved.items()},
            geometry=None if self.geometry is None else self.geometry.filter(mask),
            surplus=None if self.surplus is None else self.surplus.filter(mask),
            repeated=None if self.repeated is None else self.repeated.filter(mask),
        )


_FACTS = ("sheet", "crs", "heading", "notes", "skipped")
"""What is said of a whole batch, and is text and numbers."""
_OPTIONAL = ("geometry", "surplus", "repeated")
"""Columns of a batch that are left out where it has nothing of the sort."""


def pack_batch(counted: tuple[SourceBatch, int]) -> pa.Table:
    """Return a batch and a number that goes with it as one table, for `unpack_batch`."""
    batch, number = counted
    names = [f"rows:{name}" for name in batch.columns]
    more: dict[str, pa.Array | None] = {
        "source_row": pa.array(batch.source_row),
        **{kind: getattr(batch, kind) for kind in _OPTIONAL},
        **{f"imprecise:{name}": pa.array(flags) for name, flags in batch.imprecise.items()},
        **{f"unsaved:{name}": pa.array(flags) for name, flags in batch.unsaved.items()},
    }
    present = {name: column for name, column in more.items() if column is not None}
    table = pa.table([*batch.rows.columns, *present.values()], names=[*names, *present])
    facts = {name: getattr(batch, name) for name in _FACTS}
    facts["skipped"] = {code: int(rows) for code, rows in batch.skipped.items()}
    return table.replace_schema_metadata({"facts": json.dumps([facts, number])})


def unpack_batch(table: pa.Table) -> tuple[SourceBatch, int]:
    """Return what `pack_batch` was given."""
    facts, number = json.loads(table.schema.metadata[b"facts"])
    parts: dict[str, dict[str, pa.Array]] = {"rows": {}, "imprecise": {}, "unsaved": {}}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind, _, field = name.partition(":")
        parts.setdefault(kind, {})[field] = one_array(column)
    masks = {
        kind: {name: flags.to_numpy(zero_copy_only=False) for name, flags in parts[kind].items()}
        for kind in ("imprecise", "unsaved")
    }
    facts |= {kind: parts.get(kind, {}).get("") for kind in _OPTIONAL}
    notes = tuple((code, detail) for code, detail in facts.pop("notes"))
    batch = SourceBatch(
        rows=pa.table(parts["rows"]), source_row=parts["source_row"][""].to_numpy().copy(),
        imprecise=masks["imprecise"], unsaved=masks["unsaved"], notes=notes, **facts,
    )  # fmt: skip
    return batch, number


@dataclass(frozen=True, slots=True)
class YearsOfRows:
    """From which row of a sheet on days without a year are of which year."""

    first_rows: NDArray[np.int64]
    years: NDArray[np.int64]

    def at(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the year that each of some rows has."""
        places = np.searchsorted(self.first_rows, rows, side="right") - 1
        return self.years[np.maximum(places, 0)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDecisions:
    """How the columns of a file are read.

    ``over_12`` says of a sheet's field whether its 03/04/2026 is in April (`read_dates`), ``order``
    which of two bare numbers of a point comes first; ``cut`` names the codes whose digits a
    spreadsheet has cut. ``years`` says of a sheet's field which rows are of which year where a day
    has none, ``months`` of a field which month each name is.
    """

    over_12: Mapping[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)
    order: Order = "lat_lon"
    cut: frozenset[str] = frozenset()
    years: Mapping[tuple[str, str], YearsOfRows] = field(default_factory=dict)
    months: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def years_of(self, batch: SourceBatch) -> dict[str, NDArray[np.int64]]:
        """Return field → the year of a day without one in each row of a batch."""
        return {
            name: years.at(batch.source_row)
            for (sheet, name), years in self.years.items()
            if sheet == batch.sheet
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """What a check needs to know besides the rows."""

    now: datetime
    """Local moment of the import: nothing can have happened after it, and a date without a year is
    the last such date before it.
    """
    secret: bytes = b""
    """Key of the workspace, from which names and telephone numbers become linkable hashes. Rows
    checked without one cannot be linked: their keys stay empty.
    """
    year: int | None = None
    """Year of dates that name none; the one that title, sheet or file name when None."""
    as_of: datetime | None = None
    """When the file was written as its own heading says: a day without a year is no later one."""
    file_name: str = ""
    check_range: bool = True
    """Whether longitude and latitude must be degrees. Off while the datum is still unknown or
    projected.
    """
    zone: tzinfo = DEFAULT_ZONE
    """Time zone of the office, into whose local time are turned times that carry a zone."""
    columns: ColumnDecisions | None = None
    """What was decided of the columns of the file that the batch is of; None where the batch is the
    whole file, so that its own cells decide.
    """
    sheet: str = ""
    """The sheet that is read: its dates may be written in another order than those of others."""
    years_of_rows: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    """Field → the year of a day without one in each row that is read."""

    def __post_init__(self) -> None:
        """Refuse a clock with a zone."""
        if self.now.tzinfo is not None:
            msg = "now is a naive local time"
            raise ValueError(msg)

    @property
    def decided(self) -> ColumnDecisions:
        """Return what was decided of the columns, or what holds where no cell tells."""
        return self.columns or ColumnDecisions()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedBatch:
    """A batch after checking: every row is in exactly one of three tables."""

    accepted: pa.Table
    """The stored fields of the contract in their Arrow types
    (`data.lake.schema.arrow_schema`), then ``row_key``, ``row_hash`` (24 hex digits over the
    content), ``source_row``, ``sheet`` and, for events, ``event_at``. ``learnt_at`` of events is
    filled by the contract's rule. Coordinates and ``geom`` are as sent: no datum was applied.
    """
    quarantined: pa.Table
    """The sender's columns, without what may not be held and with persons masked, then
    ``_source_row`` and ``_sheet``. Each row has at least one line in `problems`.
    """
    problems: pa.Table
    """``source_row, sheet, code, field, column, seen, expected``: every reason of every quarantined
    row, one line each.
    """
    duplicates: pa.Table
    """``source_row, sheet, code, row_key`` of rows that add nothing."""
    dropped_personal: Mapping[str, int] = field(default_factory=dict)
    """Header → cells that were thrown away because they may not be held."""
    kept_unknown: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Field → unknown value → rows, for open vocabularies and grades."""
    identities: pa.Table | None = None
    """Who complained, as sent, in `data.privacy.identities.SCHEMA`; to be kept apart or thrown
    away. None where the table has no complainants or the rows were checked without a secret.
    """
    noted: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    """Code (`HALF_POINT` …) → of which of the accepted rows a reader is told."""
    guessed_years: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    """Of each accepted row the year that only other rows say, 0 where its day has one."""

    @property
    def rows_in(self) -> int:
        """Return how many rows came in: accepted, quarantined and duplicates together."""
        return len(self.accepted) + len(self.quarantined) + len(self.duplicates)

    @property
    def reasons(self) -> dict[str, int]:
        """Return how many quarantined rows carry each reason code."""
        once = self.problems.select([SOURCE_ROW, SHEET, "code"])
        counted = once.group_by(once.column_names).aggregate([])
        counts = pc.value_counts(counted.column("code").combine_chunks()).to_pylist()
        return {c["values"]: c["counts"] for c in sorted(counts, key=lambda c: str(c["values"]))}
