"""Write a table to a file: what was imported, and what was worked out about it.

The sender's fields come first, in the contract's order, then what placing computed. Names of staff
and telephones are masked, keyed hashes of persons stay here. Names of columns are the code names,
which every import understands; a workbook shows the Chinese headers of the sender's fields.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import shapely
import xlsxwriter

from data.columns import GIVEN, IMPORT_ID, PLACEMENT_COLUMNS, REGISTER_COLUMNS, SOURCE_ROW
from data.contracts.model import Kind, Personal
from data.ingest.personal import mask_names, mask_phones
from data.ingest.place import is_placed
from data.lake import with_geo_metadata
from data.tables import contract_of
from geo.errors import GridwardenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ibis.expr.types import Table

    from data.engine import Engine
    from data.tables import TableContract

    Batches = Iterable[pa.RecordBatch]

BATCH_ROWS = 50_000
SHEET_ROWS = 1_048_575
GEOM = "geom"
ORIGIN = (IMPORT_ID, SOURCE_ROW)


class ExportError(GridwardenError):
    """The table cannot be written to this file."""


def export_table(engine: Engine, table: str, path: Path | str) -> int:
    """Write the rows of a table that hold now to a file and return how many there are.

    Parameters
    ----------
    table
        Name or Chinese title; ``buildings`` gives the register with the layer's other fields.
    path
        Ends in ``.csv`` (UTF-8 with mark, for Excel), ``.xlsx``, ``.parquet`` (GeoParquet where
        there is geometry) or ``.geojson`` (WGS-84). An existing file is replaced, whole.

    Raises
    ------
    ExportError
        ``export_format_unknown``, ``export_too_long`` (a sheet holds 1,048,575 rows) or
        ``export_without_place`` (GeoJSON of a table that has no places).
    UnknownTableError
        When there is no such table.
    """
    path = Path(path)
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ExportError(
            "export_format_unknown", seen=path.suffix or path.name, expected=", ".join(WRITERS)
        )
    contract = contract_of(table)
    chosen = _chosen_rows(engine, contract)
    headers = _headers(contract, chosen.columns)
    schema = chosen.schema().to_pyarrow()
    batches = (
        _masked(batch, contract) for batch in chosen.to_pyarrow_batches(chunk_size=BATCH_ROWS)
    )
    beside = path.with_name(f".{path.name}.part")
    try:
        rows = writer(batches, schema, headers, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return rows


def _chosen_rows(engine: Engine, contract: TableContract) -> Table:
    """Return the columns to write, in their order, rows in the order they were imported."""
    rows = engine.table(contract.name)
    if "datum" in rows.columns:  # what is written is converted, whatever the sender's was
        rows = rows.mutate(datum=rows["lon"].notnull().ifelse("WGS84", ibis.null("string")))
    fields = [f.name for f in contract.stored if not f.computed]
    if contract.name == "buildings":
        return _with_layer(rows, engine, fields)
    if not is_placed(contract):
        return rows.order_by(list(ORIGIN)).select(*fields)
    own = [GIVEN + name if name in PLACEMENT_COLUMNS else name for name in fields]
    own = [name for name in own if name in rows.columns]
    return rows.order_by(list(ORIGIN)).select(*own, *PLACEMENT_COLUMNS)


def _with_layer(register: Table, engine: Engine, fields: list[str]) -> Table:
    layer = engine.buildings_as_imported()
    more = [name for name in fields if name not in REGISTER_COLUMNS and name in layer.columns]
    joined = register.left_join(layer.select("building_id", *more), "building_id")
    names = [name for name in REGISTER_COLUMNS if name not in {GEOM, "learnt_at"}]
    joined = joined.mutate(datum=joined["lon"].notnull().ifelse("WGS84", ibis.null("string")))
    return joined.order_by("building_id").select(*names, *more, GEOM)


def _headers(contract: TableContract, columns: Iterable[str]) -> dict[str, str]:
    """Return column → Chinese header of what the sender sent; computed columns keep their name."""
    fields = {f.name: f.header for f in contract.stored}
    placed = is_placed(contract)
    shown = {}
    for name in columns:
        if placed and name in PLACEMENT_COLUMNS:
            shown[name] = name
        else:
            shown[name] = fields.get(name.removeprefix(GIVEN), name)
    return shown


def _masked(batch: pa.RecordBatch, contract: TableContract) -> pa.RecordBatch:
    for field in contract.stored:
        if field.personal is not Personal.STAFF or field.name not in batch.schema.names:
            continue
        at = batch.schema.get_field_index(field.name)
        texts = batch.column(at).cast(pa.large_string())
        mask = mask_phones if "phone" in field.name else mask_names
        batch = batch.set_column(at, field.name, mask(texts).cast(batch.schema.field(at).type))
    return batch


def _write_csv(batches: Batches, schema: pa.Schema, _headers: Mapping[str, str], path: Path) -> int:
    plain = _as_text_schema(schema)
    count = 0
    with path.open("wb") as file:
        file.write(b"\xef\xbb\xbf")
        with pacsv.CSVWriter(file, plain) as writer:
            for batch in batches:
                writer.write_batch(_without_formulas(_as_text(batch, plain), schema))
                count += batch.num_rows
    return count


def _without_formulas(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Return text that a spreadsheet would take for a formula with an apostrophe before it."""
    columns = [
        pc.replace_substring_regex(column, r"^([=+@-])", r"'\1")
        if pa.types.is_large_string(field.type) or pa.types.is_string(field.type)
        else column
        for field, column in zip(schema, batch.columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _write_parquet(
    batches: Batches, schema: pa.Schema, _headers: Mapping[str, str], path: Path
) -> int:
    described = with_geo_metadata(schema)
    count = 0
    with pq.ParquetWriter(path, described, compression="zstd") as writer:
        for batch in batches:
            table = pa.Table.from_batches([batch])
            writer.write_table(table.replace_schema_metadata(described.metadata))
            count += batch.num_rows
    return count


def _write_xlsx(batches: Batches, schema: pa.Schema, headers: Mapping[str, str], path: Path) -> int:
    plain = _as_text_schema(schema, keep=(Kind.INT, Kind.FLOAT))
    count = 0
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for at, name in enumerate(schema.names):
            sheet.write_string(0, at, headers[name], bold)
        for batch in batches:
            if count + batch.num_rows > SHEET_ROWS:
                raise ExportError("export_too_long", expected=SHEET_ROWS, what_to_do="Use .csv.")
            columns = [column.to_pylist() for column in _as_text(batch, plain).columns]
            for row in zip(*columns, strict=True):
                count += 1
                for at, value in enumerate(row):
                    if value is not None:
                        sheet.write(count, at, value)
    return count


def _write_geojson(
    batches: Batches, schema: pa.Schema, _headers: Mapping[str, str], path: Path
) -> int:
    if GEOM not in schema.names and "lon" not in schema.names:
        raise ExportError("export_without_place", what_to_do="Use .csv, .xlsx or .parquet.")
    names = [name for name in schema.names if name != GEOM]
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        for batch in batches:
            shapes = shapely.to_geojson(_shapes(batch))
            plain = _as_text(batch, _as_text_schema(schema, keep=(Kind.INT, Kind.FLOAT)))
            for row, shape in zip(plain.select(names).to_pylist(), shapes, strict=True):
                feature = {"type": "Feature", "properties": row, "geometry": None}
                text = json.dumps(feature, ensure_ascii=False)
                if shape is not None:
                    text = text.replace('"geometry": null}', f'"geometry": {shape}}}')
                file.write((",\n" if count else "\n") + text)
                count += 1
        file.write("\n]}\n")
    return count


WRITERS: dict[str, Callable[[Batches, pa.Schema, Mapping[str, str], Path], int]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".parquet": _write_parquet,
    ".geojson": _write_geojson,
}


def _as_text_schema(schema: pa.Schema, *, keep: tuple[Kind, ...] = ()) -> pa.Schema:
    """Return the schema with everything as text but, where asked, numbers."""
    numbers = {pa.int64(), pa.float64()} if keep else set()
    return pa.schema([(f.name, f.type if f.type in numbers else pa.string()) for f in schema])


def _as_text(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = []
    for field, column in zip(schema, batch.columns, strict=True):
        columns.append(_column_as_text(column) if field.type == pa.string() else column)
    return pa.RecordBatch.from_arrays(columns, schema=schema)


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
