"""Tables as files: CSV, Excel, Parquet, GeoJSON; text stays text, and nothing runs.

A watermark – who took the rows out, when and why – stands on every row, in a line above the header
of a workbook, at the foot of its printed pages, and in the file's own properties.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import shapely
import xlsxwriter

from data.lake.imports import with_geo_metadata
from data.workspace.atomic import replacing
from geo.errors import GridwardenError

Batches = Iterable[pa.RecordBatch]

SHEET_ROWS = 1_048_575
GEOM = "geom"
WATERMARK = "watermark"
_DIGITS = 7  # of a degree: a centimetre
_LONGEST_FOOTER = 180  # a footer holds 255 characters, marks and page numbers included
_LONGEST_CELL = 32_767  # of a text; a longer one would be left out
_FORMULA = r"^(\s*[=+@＝＋－＠-]|[\t\r\n])"
"""How a cell begins that a spreadsheet takes for a formula; it reads full-width signs as well."""


class ExportError(GridwardenError):
    """The table cannot be written to this file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a file is to hold.

    ``batches``, ``schema``: the rows; ``geom`` is WKB, ``lon`` and ``lat`` are WGS-84.
    """

    batches: Batches
    schema: pa.Schema
    headers: Mapping[str, str]
    """Column → header that a workbook shows; a column without one keeps its name."""
    watermark: str = ""
    """Who took the rows out, when and why; empty where the rows are masked."""
    title: str = ""
    """Name of a workbook's sheet; empty for the program's own."""


def write_table(
    contents: Contents, path: Path, *, announce: Callable[[int], object] | None = None
) -> int:
    """Write a table to the kind of file that its name's ending says; return how many rows.

    An existing file is replaced, whole; what fails leaves no file.

    ``announce``: called with the number of rows just before the file appears; what it raises leaves
    no file.

    Raises `ExportError`: ``export_format_unknown``, ``export_too_long`` (a sheet holds 1,048,575
    rows) or ``export_without_place`` (GeoJSON of a table that has no places).
    """
    writer = writer_of(path)
    with replacing(path) as draft:
        rows = writer(contents, draft)
        if announce is not None:
            announce(rows)
    return rows


def write_frame(
    frame: pd.DataFrame, path: Path, *, announce: Callable[[int], object] | None = None
) -> int:
    """Write a frame as `write_table` does; return how many rows."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    contents = Contents(batches=table.to_batches(), schema=table.schema, headers={})
    return write_table(contents, path, announce=announce)


def as_bytes(name: str, write: Callable[[Path], object]) -> bytes:
    """Return what is written to a file of this name, which does not stay."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def writer_of(path: Path) -> Callable[[Contents, Path], int]:
    """Return what writes this kind of file.

    Raises `ExportError`: ``export_format_unknown``.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ExportError(
            "export_format_unknown", seen=path.suffix or path.name, expected=", ".join(WRITERS)
        )
    return writer


def _write_csv(contents: Contents, path: Path) -> int:
    schema = contents.schema
    plain = _as_text_schema(schema)
    count = 0
    with path.open("wb") as file:
        file.write(b"\xef\xbb\xbf")
        with pacsv.CSVWriter(file, plain) as writer:
            for batch in contents.batches:
                writer.write_batch(_without_formulas(_as_text(batch, plain), schema))
                count += batch.num_rows
    return count


def _without_formulas(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return text that a spreadsheet would take for a formula with an apostrophe before it."""
    columns = [
        pc.replace_substring_regex(column, _FORMULA, r"'\1")
        if pa.types.is_large_string(field.type) or pa.types.is_string(field.type)
        else column
        for field, column in zip(schema, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _write_parquet(contents: Contents, path: Path) -> int:
    described = with_geo_metadata(contents.schema)
    if contents.watermark:
        known = described.metadata or {}
        described = described.with_metadata({**known, WATERMARK: contents.watermark})
    count = 0
    with pq.ParquetWriter(path, described, compression="zstd") as writer:
        for batch in contents.batches:
            table = pa.Table.from_batches([batch])
            writer.write_table(table.replace_schema_metadata(described.metadata))
            count += batch.num_rows
    return count


def _write_xlsx(contents: Contents, path: Path) -> int:
    schema, top = contents.schema, 1 if contents.watermark else 0
    plain = _as_text_schema(schema, numbers=True)
    count = 0
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet, bold = book.add_worksheet(contents.title or None), book.add_format({"bold": True})
        if contents.watermark:
            sheet.write_string(0, 0, contents.watermark, book.add_format({"font_color": "#9C0006"}))
            sheet.set_footer(
                f"&L{contents.watermark.replace('&', '&&')[:_LONGEST_FOOTER]}&R&P / &N"
            )
            book.set_properties({"comments": contents.watermark, "status": "unmasked"})
        sheet.freeze_panes(top + 1, 0)
        for at, name in enumerate(schema.names):
            sheet.write_string(top, at, contents.headers.get(name, name), bold)
        for batch in contents.batches:
            if top + count + batch.num_rows > SHEET_ROWS:
                raise ExportError("export_too_long", expected=SHEET_ROWS, what_to_do="Use .csv.")
            columns = [column.to_pylist() for column in _as_text(batch, plain).columns]
            for row in zip(*columns, strict=True):
                count += 1
                for at, value in enumerate(row):
                    if value is not None:
                        shown = value[:_LONGEST_CELL] if isinstance(value, str) else value
                        sheet.write(top + count, at, shown)
    return count


def _write_geojson(contents: Contents, path: Path) -> int:
    schema = contents.schema
    if GEOM not in schema.names and "lon" not in schema.names:
        raise ExportError("export_without_place", what_to_do="Use .csv, .xlsx or .parquet.")
    names = [name for name in schema.names if name != GEOM]
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", ')
        if contents.watermark:
            file.write(f'"{WATERMARK}": {json.dumps(contents.watermark, ensure_ascii=False)}, ')
        file.write('"features": [')
        for batch in contents.batches:
            shapes = shapely.to_geojson(_shapes(batch))
            plain = _as_text(batch, _as_text_schema(schema, numbers=True))
            for row, shape in zip(plain.select(names).to_pylist(), shapes, strict=True):
                feature = {"type": "Feature", "properties": row, "geometry": None}
                text = json.dumps(feature, ensure_ascii=False)
                if shape is not None:
                    text = text.replace('"geometry": null}', f'"geometry": {shape}}}')
                file.write((",\n" if count else "\n") + text)
                count += 1
        file.write("\n]}\n")
    return count


WRITERS: dict[str, Callable[[Contents, Path], int]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".parquet": _write_parquet,
    ".geojson": _write_geojson,
}


def _as_text_schema(schema: pa.Schema, *, numbers: bool = False) -> pa.Schema:
    """Return the schema with everything as text but, where asked, numbers."""
    stay = {pa.int64(), pa.float64()} if numbers else set()
    return pa.schema([(f.name, f.type if f.type in stay else pa.string()) for f in schema])


def _as_text(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = []
    for field, column in zip(schema, batch.columns, strict=True):
        short = _rounded(column)
        columns.append(_column_as_text(short) if field.type == pa.string() else short)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _rounded(column: pa.Array) -> pa.Array:
    """Return numbers without the tail of digits that a binary fraction leaves."""
    return pc.round(column, ndigits=_DIGITS) if pa.types.is_floating(column.type) else column


def _column_as_text(column: pa.Array) -> pa.Array:
    """Return texts: midnights as dates, other times to the second, geometry as WKT."""
    if pa.types.is_timestamp(column.type):
        text = pc.strftime(column.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%d %H:%M:%S")
        text = pc.replace_substring_regex(text, r" 00:00:00$", "")
    elif pa.types.is_boolean(column.type):
        text = pc.if_else(column, "是", "否")
    elif pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        shapes = shapely.from_wkb(column.to_numpy(zero_copy_only=False))
        text = pa.array(shapely.to_wkt(shapes, rounding_precision=7).tolist(), pa.string())
    else:
        text = column
    return text.cast(pa.string())


def _shapes(batch: pa.RecordBatch) -> Any:  # noqa: ANN401 -- an array of shapely geometries
    """Return the geometry of each row, or the point where only that is known."""
    shapes = np.full(batch.num_rows, None, dtype=object)
    if GEOM in batch.schema.names:
        shapes = shapely.from_wkb(batch.column(GEOM).to_numpy(zero_copy_only=False))
    if "lon" in batch.schema.names:
        lon, lat = (
            batch.column(name).to_numpy(zero_copy_only=False).astype(float)
            for name in ("lon", "lat")
        )
        bare = shapely.is_missing(shapes) & np.isfinite(lon) & np.isfinite(lat)
        shapes[bare] = shapely.points(lon[bare], lat[bare])
    return shapes
