"""Join rows with their placement into the columns of a table's derived file."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from data.lake.dictionaries import coded_texts, columns_with_values
from data.lake.schema import GIVEN, IMPORT_ID, PLACEMENT_COLUMNS, ROW_KEY, SCREENED_COLUMNS

Columns = dict[str, pa.ChunkedArray]
PLACE_ORDER: Final = ("building_id", "h3_r10", ROW_KEY, IMPORT_ID)
"""How placed rows are written: those of a building, then those of no building by cell."""
ROWS_PER_GROUP: Final = 16_384
"""So that rows of a building are read without the others, by the extremes of each group."""


def columns_of(table: pa.Table) -> Columns:
    """Return the columns of a table by their names."""
    return dict(zip(table.column_names, table.columns, strict=True))


def add_placement(rows: Mapping[str, pa.ChunkedArray], placement: pa.Table) -> Columns:
    """Put a placement beside its rows; what a row itself gave under such a name is kept apart."""
    columns = {(GIVEN + name if name in PLACEMENT_COLUMNS else name): rows[name] for name in rows}
    return columns | columns_of(placement)


def to_schema(columns: Mapping[str, pa.ChunkedArray], schema: pa.Schema, count: int) -> pa.Table:
    """Return columns in the order and types of a schema; what an older import lacks is unknown."""
    present = {f.name: columns.get(f.name, pa.nulls(count, f.type)) for f in schema}
    return pa.table(present).cast(schema)


def as_known(columns: Mapping[str, pa.ChunkedArray], schema: pa.Schema) -> pa.Table:
    """Return columns as `to_schema` does, without those that are absent; coded texts stay coded."""
    known = {field: columns[field.name] for field in schema if field.name in columns}
    return pa.table({
        field.name: column if pa.types.is_dictionary(column.type) else column.cast(field.type)
        for field, column in known.items()
    })  # fmt: skip


def coded_in_all(paths: Sequence[Path | None]) -> frozenset[str]:
    """Return the texts that all of some files hold as dictionaries, as far as they have them."""
    with ExitStack() as stack:
        return coded_texts([stack.enter_context(pq.ParquetFile(p)) for p in paths if p])


def read_groups(
    rows: Path,
    placement: Path | None,
    screened: Path | None = None,
    *,
    coded: Sequence[Collection[str]] = ((), (), ()),
) -> Iterator[Columns]:
    """Yield the columns of each row group, those of its placement and screening beside them.

    Besides the key of the rows, columns without any value are left out.

    ``coded``: of each of the three files the names of texts to be given as dictionaries.
    """
    with ExitStack() as stack:
        stored, placed, screening = (
            stack.enter_context(pq.ParquetFile(path, read_dictionary=[*texts])) if path else None
            for path, texts in zip((rows, placement, screened), coded, strict=True)
        )
        assert stored is not None  # noqa: S101 -- there is no import without rows
        for group in range(stored.num_row_groups):
            columns = columns_of(_read(stored, group, {*stored.schema_arrow.names}))
            if placed is not None:
                columns = add_placement(columns, _read(placed, group, PLACEMENT_COLUMNS))
            if screening is not None:
                columns |= columns_of(_read(screening, group, SCREENED_COLUMNS))
            yield columns


def _read(file: pq.ParquetFile, group: int, among: Collection[str]) -> pa.Table:
    """Read the columns of a row group in which there is a value, and the key, among some."""
    wanted = {ROW_KEY, *columns_with_values(file, group)} & {*among}
    return file.read_row_group(group, columns=[n for n in file.schema_arrow.names if n in wanted])
