"""Read any source as batches of text: the one door for files, layers and databases.

- ``OpenSource(source, contract=…, sheet=…)`` describes a source and yields its rows, as often as
  they are wanted.
- ``filter_rows(batch, {"Results": "Fail"})`` keeps the rows in which every column has its value.

`source` is a path (xlsx, xls, csv, GeoJSON, GeoPackage, Shapefile or a zip of it, Parquet; for the
base map OSM extracts, MBTiles and PMTiles as well; told by content, not by ending)
or ``URL#SELECT …``. `sheet` names a sheet or layer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import TableContract
from data.ingest.batches import SourceBatch
from data.ingest.maps.layers import read_map_batches
from data.ingest.reading.cells import mask_of
from data.ingest.reading.column_mapping import MappingError, normalise_header
from data.ingest.reading.delimited import read_csv_batches
from data.ingest.reading.excel import LoadedWorkbook, load_page, load_workbook
from data.ingest.reading.sources import Format, Source, format_of
from data.ingest.reading.typed import (
    read_database_batches,
    read_layer_batches,
    read_parquet_batches,
)

MAP_TABLE = "basemap"
_PREVIEW_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInfo:
    """What a first look at a source shows.

    ``preview`` holds up to twenty rows as sent, personal data included: for the eyes of whoever
    sent them, not for keeping. ``mapping`` is what one of our own quarantine workbooks notes about
    its headers: pass it as ``remembered``.
    """

    columns: tuple[str, ...]
    preview: pa.Table
    sheets: tuple[str, ...]
    heading: str
    notes: tuple[tuple[str, str], ...]
    mapping: Mapping[str, str] = field(default_factory=dict)


class OpenSource:
    """A source that is looked at more than once; a workbook or page is parsed the first time only.

    Parameters
    ----------
    source
        File, or ``URL#SELECT …``.
    contract
        Helps to find the header among titles and unit lines.
    sheet
        Sheet or layer; by default every sheet with the same header, or the first layer.
    """

    def __init__(
        self, source: Source, *, contract: TableContract | None = None, sheet: str | None = None
    ) -> None:
        self.source = source
        self._contract, self._sheet = contract, sheet

    def batches(self, batch_rows: int = 200_000) -> Iterator[SourceBatch]:
        """Yield the rows as text, at most about `batch_rows` at a time.

        Raises
        ------
        UnreadableSourceError
            When the source is missing, broken or holds no table.
        """
        if self._format in {Format.WORKBOOK, Format.PAGE}:
            return self._workbook.batches(batch_rows)
        if self._format is Format.LAYER and self._is_map:
            return read_map_batches(self.source, sheet=self._sheet, batch_rows=batch_rows)
        if self._format is Format.LAYER:
            return read_layer_batches(self.source, sheet=self._sheet, batch_rows=batch_rows)
        if self._format is Format.PARQUET:
            return read_parquet_batches(self.source, batch_rows=batch_rows)
        if self._format is Format.DATABASE:
            return read_database_batches(self.source, batch_rows=batch_rows)
        return read_csv_batches(self.source, contract=self._contract, batch_rows=batch_rows)

    def describe(self) -> SourceInfo:
        """Return the columns, a preview and what else the first rows tell.

        Raises
        ------
        UnreadableSourceError
            When the source is missing, broken or holds no table.
        """
        first = next(self.batches(1_000), None)
        in_sheets = self._format in {Format.WORKBOOK, Format.PAGE}
        sheets = self._workbook.sheets if in_sheets else ()
        if first is None:
            empty = pa.table({})
            return SourceInfo(columns=(), preview=empty, sheets=sheets, heading="", notes=())
        return SourceInfo(
            columns=tuple(first.columns),
            preview=first.rows.slice(0, _PREVIEW_ROWS),
            sheets=sheets,
            heading=first.heading,
            notes=first.notes,
            mapping=self._workbook.mapping if in_sheets else {},
        )

    @property
    def _is_map(self) -> bool:
        return self._contract is not None and self._contract.name == MAP_TABLE

    @cached_property
    def _format(self) -> Format:
        return format_of(self.source)

    @cached_property
    def _workbook(self) -> LoadedWorkbook:
        if self._format is Format.PAGE:
            return load_page(self.source, contract=self._contract)
        return load_workbook(self.source, contract=self._contract, sheet=self._sheet)


def filter_rows(batch: SourceBatch, where: Mapping[str, str]) -> SourceBatch:
    """Return only the rows in which each column of `where` has its value, blanks at edges aside.

    Raises
    ------
    MappingError
        If a column does not exist.
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
