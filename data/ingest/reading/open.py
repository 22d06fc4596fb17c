"""Read any source as batches of text: the one door for files, layers and databases.

- ``OpenSource(source, contract=…, sheet=…)`` describes a source and yields its rows, as often as
  they are wanted.
- ``filter_rows(batch, {"Results": "Fail"})`` keeps the rows in which every column has its value.

`source` is a path (xlsx, xls, csv, JSON, GeoJSON, GeoPackage, Shapefile, KML, Parquet, dBASE or a
zip with one of them; for the basemap OSM extracts, MBTiles and PMTiles as well; told by content,
not by ending) or ``URL#SELECT …``. `sheet` names a sheet or layer.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import TableContract
from data.ingest.batches import SourceBatch
from data.ingest.reading.archives import Unzipped
from data.ingest.reading.cell_text import with_lists_noted
from data.ingest.reading.cells import mask_of
from data.ingest.reading.ditto_marks import DittoMarks
from data.ingest.reading.headers.cell_matches import PURPOSE
from data.ingest.reading.headers.column_cells import (
    first_row_of_another_kind,
    purposes_of_one_kind,
)
from data.ingest.reading.headers.column_mapping import MappingError
from data.ingest.reading.headers.header_match import known_headers, match_header
from data.ingest.reading.headers.names import normalise_header
from data.ingest.reading.headers.spread.joined_columns import ColumnJoiner
from data.ingest.reading.headers.spread.visits_beside import taken_apart, visit_columns
from data.ingest.reading.input_formats import Format, Source, format_of, refusing_damage
from data.ingest.reading.layers.dbase import read_dbase_batches
from data.ingest.reading.layers.features import layers_of, read_layer_batches
from data.ingest.reading.layers.maps import Box, read_map_batches
from data.ingest.reading.text.delimited import read_csv_batches
from data.ingest.reading.text.records import read_record_batches
from data.ingest.reading.typed import read_database_batches, read_parquet_batches
from data.ingest.reading.workbooks.excel import LoadedWorkbook, load_page, load_workbook
from data.ingest.reading.workbooks.exchanged_days import with_days_as_written

MAP_TABLE = "basemap"
_NESTED = {Format.RECORDS, Format.LAYER, Format.PARQUET, Format.DATABASE}
"""Formats in which a cell may be a list."""
_PREVIEW_ROWS, _SAMPLE_ROWS = 20, 1_000
NO_HEADER = "no_header"
"""Code of the note about a sheet whose columns are called by their position."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInfo:
    """What a first look at a source shows.

    ``preview`` holds up to twenty rows as sent, personal data included: for the eyes of whoever
    sent them, not for keeping; ``sample`` more of them, by which columns are told. ``mapping`` is
    what one of our own quarantine workbooks notes about its headers: pass it as ``remembered``.
    ``has_geometry`` says whether rows have shapes beside their columns.
    """

    columns: tuple[str, ...]
    preview: pa.Table
    sample: pa.Table
    sheets: tuple[str, ...]
    heading: str
    notes: tuple[tuple[str, str], ...]
    mapping: Mapping[str, str] = field(default_factory=dict)
    has_geometry: bool = False

    @property
    def has_header(self) -> bool:
        """Whether columns are called by a header row, and not by their position."""
        return NO_HEADER not in {code for code, _ in self.notes}


class OpenSource:
    """A source that is looked at more than once; a workbook or page is parsed the first time only.

    ``source``: file, or ``URL#SELECT …``.
    ``contract``: helps to find the header among titles and unit lines.
    ``sheet``: sheet or layer; by default every sheet with the same header, or the first layer.
    ``header``: whether a sheet or text has a header row; None to look for one.
    ``area``: gives the box to which a map of a larger area is cut, None to read all of it.
    """

    def __init__(
        self,
        source: Source,
        *,
        contract: TableContract | None = None,
        sheet: str | None = None,
        header: bool | None = None,
        area: Callable[[], Box | None] = lambda: None,
    ) -> None:
        self.source = source
        self._contract, self._sheet, self._header = contract, sheet, header
        self._area = area

    def batches(self, batch_rows: int = 200_000) -> Iterator[SourceBatch]:
        """Yield the rows as text, at most about `batch_rows` at a time.

        Raises `UnreadableSourceError` when the source is missing, broken or holds no table.
        """
        readers: dict[Format, Callable[[], Iterator[SourceBatch]]] = {
            Format.ARCHIVE: self._map_batches(batch_rows)
            if self._is_map
            else partial(self._of_archive, batch_rows),
            Format.WORKBOOK: lambda: self._workbook.batches(batch_rows),
            Format.PAGE: lambda: self._workbook.batches(batch_rows),
            Format.LAYER: self._map_batches(batch_rows)
            if self._is_map
            else partial(read_layer_batches, self.source, sheet=self._sheet, batch_rows=batch_rows),
            Format.RECORDS: partial(read_record_batches, self.source, batch_rows=batch_rows),
            Format.PARQUET: partial(read_parquet_batches, self.source, batch_rows=batch_rows),
            Format.DATABASE: partial(read_database_batches, self.source, batch_rows=batch_rows),
            Format.DBASE: partial(read_dbase_batches, self.source, batch_rows=batch_rows),
            Format.CSV: partial(
                read_csv_batches,
                self.source,
                contract=self._contract,
                header=self._header,
                batch_rows=batch_rows,
            ),
        }
        with refusing_damage(self.source):
            opened = readers[self._format]()
        return self._without_damage(opened)

    def _without_damage(self, batches: Iterator[SourceBatch]) -> Iterator[SourceBatch]:
        joiner = ColumnJoiner(self._contract) if self._contract else None
        dittos, with_lists = DittoMarks(), set[str]()
        with refusing_damage(self.source):
            for read in batches:
                batch = with_days_as_written(dittos.written_out(read))
                if self._format in _NESTED:
                    batch = with_lists_noted(batch, with_lists)
                yield from self._visit_by_visit(joiner.join(batch) if joiner else batch)

    def _visit_by_visit(self, batch: SourceBatch) -> Iterator[SourceBatch]:
        """Yield a batch, or those of its visits where a row holds several of them."""
        found = visit_columns(batch.columns, self._contract) if self._contract else None
        yield from taken_apart(batch, found) if found else (batch,)

    def _map_batches(self, batch_rows: int) -> Callable[[], Iterator[SourceBatch]]:
        return lambda: read_map_batches(
            self.source, sheet=self._sheet, batch_rows=batch_rows, box=self._box
        )

    @cached_property
    def _box(self) -> Box | None:
        return self._area()

    def _of_archive(self, batch_rows: int) -> Iterator[SourceBatch]:
        unzipped, inner = self._unzipped
        notes = tuple(("other_sheet", name) for name in unzipped.others)
        for batch in inner.batches(batch_rows):
            yield replace(batch, notes=(*notes, *batch.notes))
            notes = ()

    def describe(self) -> SourceInfo:
        """Return the columns, a preview and what else the first rows tell.

        Raises `UnreadableSourceError` when the source is missing, broken or holds no table.
        """
        batches = self.batches(_SAMPLE_ROWS)
        first = next(batches, None)
        in_sheets = self._format in {Format.WORKBOOK, Format.PAGE}
        sheets = self._workbook.sheets if in_sheets else self._layers
        if first is None:
            empty = pa.table({})
            return SourceInfo(
                columns=(), preview=empty, sample=empty, sheets=sheets, heading="", notes=()
            )
        return SourceInfo(
            columns=tuple(first.columns),
            preview=first.rows.slice(0, _PREVIEW_ROWS),
            sample=self._with_later_purposes(first.rows, batches),
            sheets=sheets,
            heading=first.heading,
            notes=first.notes,
            mapping=self._workbook.mapping if in_sheets else {},
            has_geometry=first.geometry is not None,
        )

    def _with_later_purposes(self, sample: pa.Table, later: Iterator[SourceBatch]) -> pa.Table:
        """Return a sample with the first later row in which a visit was for anything else.

        A file by day may begin with a thousand rounds. It is read on only where a column is of
        rounds alone, or of none, and no header names the field.
        """
        contract, names = self._contract, sample.column_names
        if contract is None or PURPOSE not in {each.name for each in contract.fields}:
            return sample
        known = known_headers(contract)
        if PURPOSE in {match.field for name in names if (match := match_header(name, known))}:
            return sample
        open_columns = purposes_of_one_kind(sample)
        for batch in later if open_columns else ():
            for column in open_columns if batch.columns == names else ():
                row = first_row_of_another_kind(batch.rows, column, sample=sample)
                if len(row):
                    return pa.concat_tables([sample, row])
        return sample

    @property
    def _is_map(self) -> bool:
        return self._contract is not None and self._contract.name == MAP_TABLE

    @cached_property
    def _format(self) -> Format:
        return format_of(self.source)

    @cached_property
    def _layers(self) -> tuple[str, ...]:
        """The names of the layers of a file; none of other formats."""
        return layers_of(self.source) if self._format is Format.LAYER else ()

    @cached_property
    def _unzipped(self) -> tuple[Unzipped, Self]:
        """The table of a zip and what opens it; its file is there as long as both are."""
        unzipped = Unzipped(Path(self.source), sheet=self._sheet)
        inner = type(self)(unzipped.path, contract=self._contract, header=self._header)
        return unzipped, inner

    @cached_property
    def _workbook(self) -> LoadedWorkbook:
        if self._format is Format.PAGE:
            return load_page(self.source, contract=self._contract, header=self._header)
        return load_workbook(
            self.source, contract=self._contract, sheet=self._sheet, header=self._header
        )


def filter_rows(batch: SourceBatch, where: Mapping[str, str]) -> SourceBatch:
    """Return only the rows in which each column of `where` has its value, blanks at edges aside.

    Raises `MappingError` if a column does not exist.
    """
    if not where:
        return batch
    keep = np.ones(len(batch), bool)
    for column, value in where.items():
        spelled = _spelling(batch, column)
        texts = pc.utf8_trim_whitespace(batch.rows.column(spelled).combine_chunks())
        keep &= mask_of(pc.equal(texts, value.strip()))
    return batch.filter(keep)


def _spelling(batch: SourceBatch, column: str) -> str:
    for name in batch.columns:
        if normalise_header(name) == normalise_header(column):
            return name
    raise MappingError("unknown_column_in_filter", seen=column, columns=batch.columns)
