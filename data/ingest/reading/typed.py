"""Read what already has types: Parquet and databases.

A database is written ``URL#SELECT …``, e.g. ``sqlite:///office.db#SELECT * FROM tickets``; the
query must be a single SELECT and runs in a read-only transaction that is rolled back.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
import sqlalchemy
import sqlglot
from numpy.typing import NDArray

from data.ingest.batches import SourceBatch
from data.ingest.reading.cell_text import batch_of_texts, texts_of_column, texts_of_values
from data.ingest.reading.data_rows import keep_data_rows
from data.ingest.reading.headers.names import unique_names
from data.ingest.reading.input_formats import (
    Source,
    UnreadableSourceError,
    most_unpacked,
    show_url,
)
from geo.shapes.repair import finite

_CHANGES = (
    *(sqlglot.exp.Insert, sqlglot.exp.Update, sqlglot.exp.Delete, sqlglot.exp.Merge),
    *(sqlglot.exp.Into, sqlglot.exp.Create, sqlglot.exp.Drop, sqlglot.exp.Command),
)
_GEOMETRY_NAMES = ("wkb_geometry", "geometry", "geom")
_AT_ONCE: Final = 256 << 20
"""Bytes of texts and shapes of a Parquet file in memory at once, unless one row has more."""
_TEXTS: Final = (
    *(pa.types.is_string, pa.types.is_large_string),
    *(pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary),
)


def read_parquet_batches(source: Source, *, batch_rows: int = 200_000) -> Iterator[SourceBatch]:
    """Yield the rows of a Parquet or GeoParquet file as text; ``source_row`` counts from 1.

    Raises `UnreadableSourceError`: ``broken_file``, or ``unpacks_too_large`` where rows name a long
    value of a dictionary so often that they become far more than the file has.
    """
    path = Path(source)
    try:
        metadata = pq.read_schema(path).metadata or {}
        geo = json.loads(metadata.get(b"geo", b"{}"))
        blocks = _parquet_blocks(path, batch_rows)
        column = geo.get("primary_column")
        yield from typed_batches(blocks, geometry=column, crs=_geoparquet_crs(geo, column))
    except pa.ArrowInvalid as error:
        raise UnreadableSourceError("broken_file", seen=path.name, reason=str(error)) from error


def _parquet_blocks(path: Path, batch_rows: int) -> Iterator[pa.Table]:
    """Yield the rows in blocks of `batch_rows`, or of fewer where texts are long.

    Lists name values of a dictionary until their lengths are added up: no row says how many.
    """
    whole = pq.ParquetFile(path, pre_buffer=False)  # which would keep all of it in memory
    columns = [whole.schema.column(at) for at in range(len(whole.schema))]
    texts = [column for column in columns if column.physical_type == "BYTE_ARRAY"]
    names = [column.path for column in texts if not column.max_repetition_level]
    lists = [column.path for column in texts if column.max_repetition_level]
    rows = min(batch_rows, _AT_ONCE // max(1, _longest_values(path, whole.metadata, names)) or 1)
    most = left = most_unpacked(path.stat().st_size)
    file = pq.ParquetFile(path, metadata=whole.metadata, pre_buffer=False, read_dictionary=lists)
    for batch in file.iter_batches(batch_size=rows):
        left -= _text_bytes(batch)
        if left < 0:
            raise UnreadableSourceError("unpacks_too_large", seen=path.name, expected=most >> 20)
        yield from map(pa.Table.from_batches, _small_parts(batch))


def _longest_values(path: Path, metadata: pq.FileMetaData, names: Sequence[str]) -> int:
    """Return how many bytes a row has at most whose values all stand in dictionaries."""
    file = pq.ParquetFile(path, metadata=metadata, pre_buffer=False, read_dictionary=names)
    longest = 0
    for group in range(metadata.num_row_groups if names else 0):
        # the first row comes with all of the dictionary
        for batch in islice(file.iter_batches(1, row_groups=[group], columns=names), 1):
            indexed = (leaf for leaf in _leaves(batch) if pa.types.is_dictionary(leaf.type))
            lengths = (pc.max(_lengths(leaf.dictionary)).as_py() for leaf in indexed)
            longest = max(longest, sum(filter(None, lengths)))
    return longest


def _small_parts(batch: pa.RecordBatch) -> Iterator[list[pa.RecordBatch]]:
    if len(batch) > 1 and _text_bytes(batch) > _AT_ONCE:
        half = len(batch) // 2
        yield from _small_parts(batch.slice(0, half))
        yield from _small_parts(batch.slice(half))
    else:
        yield [batch]


def _text_bytes(batch: pa.RecordBatch) -> int:
    """Return how many bytes of texts and shapes a batch has once every value is written out."""
    return sum(pc.sum(_lengths(leaf)).as_py() or 0 for leaf in _leaves(batch))


def _lengths(values: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(values.type):
        return _lengths(values.dictionary).take(values.indices)
    is_text = any(test(values.type) for test in _TEXTS)
    return pc.binary_length(values) if is_text else pa.nulls(len(values), pa.int32())


def _leaves(of: pa.RecordBatch | pa.Array) -> Iterator[pa.Array]:
    """Yield the arrays without parts that a batch or a nested array is made of."""
    if isinstance(of, pa.RecordBatch):
        parts = of.columns
    elif pa.types.is_nested(of.type):
        if pa.types.is_map(of.type):  # which does not flatten a part of itself
            of = of.cast(pa.list_(pa.struct([of.type.key_field, of.type.item_field])))
        parts = of.flatten() if pa.types.is_struct(of.type) else [of.flatten()]
    else:
        yield of
        return
    for part in parts:
        yield from _leaves(part)


def _geoparquet_crs(geo: Mapping[str, Any], column: str | None) -> str | None:
    if column is None:
        return None
    crs = geo.get("columns", {}).get(column, {}).get("crs")
    code = (crs or {}).get("id", {})
    return f"{code['authority']}:{code['code']}" if code else "EPSG:4326"


def typed_batches(
    blocks: Iterator[pa.Table],
    *,
    geometry: str | None,
    crs: str | None,
    sheet: str = "",
    notes: tuple[tuple[str, str], ...] = (),
) -> Iterator[SourceBatch]:
    """Yield blocks of typed columns as text, numbered on; the first batch carries the notes."""
    number = 1
    for block in blocks:
        shapes = _geometry_of(block, geometry)
        shown = [at for at, field in enumerate(block.schema) if not _is_binary(field)]
        called = block.column_names  # put together anew each time it is asked for
        names = [called[at] for at in shown]
        texts = [texts_of_column(block.column(at).combine_chunks()) for at in shown]
        facts = {"sheet": sheet, "geometry": shapes, "crs": crs, "notes": notes}
        batch = batch_of_texts(
            texts, unique_names(names), first_row=number, count=len(block), **facts
        )
        number, notes = number + len(block), ()
        # a feature without attributes is a row all the same
        yield batch if shapes is not None else keep_data_rows(batch, first=False)


def _is_binary(field: pa.Field) -> bool:
    return bool(pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type))


def _geometry_of(block: pa.Table, geometry: str | None) -> pa.Array | None:
    names = [geometry] if geometry else []
    for name in (*names, *_GEOMETRY_NAMES):
        if name in block.column_names and _is_binary(block.schema.field(name)):
            wkb = block.column(name).combine_chunks().cast(pa.large_binary())
            return _straight(wkb.to_numpy(zero_copy_only=False))
    return None


def _straight(wkb: NDArray[np.object_]) -> pa.Array:
    try:
        shapes = finite(shapely.from_wkb(wkb, on_invalid="ignore"))
        return pa.array(shapely.to_wkb(shapes).tolist(), pa.large_binary())
    except NotImplementedError as error:  # shapely reads no arcs
        raise UnreadableSourceError("curved_shapes", reason=str(error)) from error


def split_database_source(source: Source) -> tuple[str, str]:
    """Return URL and query of ``URL#SELECT …``.

    Raises `UnreadableSourceError`: ``query_missing``, or ``query_not_read_only`` unless it is one
    SELECT.
    """
    url, _, query = str(source).partition("#")
    if not query.strip():
        raise UnreadableSourceError("query_missing", expected="URL#SELECT …")
    try:
        statements = [s for s in sqlglot.parse(query) if s is not None]
    except sqlglot.errors.ParseError as error:
        raise UnreadableSourceError("query_not_understood", seen=query) from error
    single = len(statements) == 1 and isinstance(statements[0], sqlglot.exp.Query)
    if not single or statements[0].find(*_CHANGES):
        raise UnreadableSourceError("query_not_read_only", seen=query, expected="one SELECT")
    return url, query


def read_database_batches(source: Source, *, batch_rows: int = 200_000) -> Iterator[SourceBatch]:
    """Yield the rows of a query as text; ``source_row`` counts from 1.

    Raises `UnreadableSourceError`: ``query_missing``, ``query_not_read_only`` or
    ``database_error``.
    """
    url, query = split_database_source(source)
    try:
        with _connection(url) as connection:
            result = connection.execution_options(stream_results=True).execute(
                sqlalchemy.text(query)
            )
            names = unique_names(list(result.keys()))
            yield from _row_batches(result, names, batch_rows)
            connection.rollback()
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        reason = str(getattr(error, "orig", error))
        raise UnreadableSourceError("database_error", seen=show_url(url), reason=reason) from error


@contextmanager
def _connection(url: str) -> Iterator[sqlalchemy.Connection]:
    """Give a connection that only reads; afterwards, and after a failure, none is left open."""
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.connect() as connection:
            _forbid_writing(connection)
            yield connection
    finally:
        engine.dispose()


def _forbid_writing(connection: sqlalchemy.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(sqlalchemy.text("PRAGMA query_only = ON"))
    elif connection.dialect.name == "postgresql":
        connection.execute(sqlalchemy.text("SET TRANSACTION READ ONLY"))


def _row_batches(
    result: sqlalchemy.CursorResult[Any], names: Sequence[str], batch_rows: int
) -> Iterator[SourceBatch]:
    number = 1
    for part in result.partitions(batch_rows):
        columns = list(zip(*part, strict=True))
        texts = [texts_of_values(c, integers_are_floats=False) for c in columns]
        batch = batch_of_texts(texts, names, first_row=number, count=len(part))
        number += len(part)
        yield keep_data_rows(batch, first=False)
