"""Stamp accepted rows, compare them with stored ones and count their placement."""

from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.contracts.model import TableContract
from data.contracts.registry import TABLES
from data.derived.build import Derivation
from data.derived.placing.place import is_placed
from data.lake.manifest import Manifest
from data.lake.schema import EVENT_AT, IMPORT_ID, LEARNT_AT, ROW_HASH, ROW_KEY, rows_schema
from data.workspace.folder import Workspace

_MET = """
SELECT new.row_key AS row_key, new.row_hash = held.row_hash AS alike
FROM read_parquet($held) AS held JOIN new ON new.row_key = held.row_key
WHERE held.row_key BETWEEN $first AND $last
"""


def stamp_rows(
    rows: pa.Table, contract: TableContract, import_id: str, *, learnt_given: bool
) -> pa.Table:
    """Return checked rows as the lake keeps them.

    ``learnt_at`` is kept only where the sender gave it (`learnt_given`) and it is not what the
    contract would have taken anyway: the rest follows from the order of imports
    (`data.lake.validity`).
    """
    schema = rows_schema(contract)
    columns = {name: rows[name] for name in schema.names if name in rows.column_names}
    columns[IMPORT_ID] = pa.repeat(pa.scalar(import_id, pa.large_string()), rows.num_rows)
    columns.setdefault(EVENT_AT, pa.nulls(rows.num_rows, schema.field(EVENT_AT).type))
    learnt = pa.nulls(rows.num_rows, schema.field(LEARNT_AT).type)
    if learnt_given:
        fields = [name for name in contract.learnt_fields if name != LEARNT_AT]
        same = pc.equal(rows[LEARNT_AT], pc.coalesce(*(rows[name] for name in fields)))
        learnt = pc.if_else(pc.fill_null(same, fill_value=False), None, rows[LEARNT_AT])
    columns[LEARNT_AT] = learnt
    return pa.table({name: columns[name] for name in schema.names}).cast(schema)


def compare_with_held(workspace: Workspace, table: str, rows: Path) -> tuple[int, int]:
    """Count rows that hold already, and rows whose key holds something else.

    The newest import that has a key says what it holds, so they are looked through newest first,
    until every key was met. Of an import only those parts of its file are read whose keys may be
    among the new ones, and only the rows whose keys are stay in memory.
    """
    lake, known, replaced = workspace.lake, 0, 0
    new = pq.read_table(rows, columns=[ROW_KEY, ROW_HASH])
    with duckdb.default_connection().cursor() as engine:
        for manifest in reversed(lake.imports(table)):
            if not new.num_rows:
                break
            met = _met(engine, new, lake.rows_path(manifest))
            alike: int = pc.sum(met["alike"], min_count=0).as_py()
            known, replaced = known + alike, replaced + met.num_rows - alike
            new = new.filter(pc.invert(pc.is_in(new[ROW_KEY], value_set=met[ROW_KEY])))
    return known, replaced


def _met(engine: duckdb.DuckDBPyConnection, new: pa.Table, held: Path) -> pa.Table:
    """Return the keys that a file of rows shares with `new`, and whether their content is alike."""
    ends = pc.min_max(new[ROW_KEY])
    engine.register("new", new)
    met = engine.execute(
        _MET, {"held": str(held), "first": ends["min"].as_py(), "last": ends["max"].as_py()}
    ).to_arrow_table()
    engine.unregister("new")
    return met


def count_levels(derivation: Derivation, manifest: Manifest) -> dict[str, int]:
    """Count the stored rows of an import by the level they were placed at."""
    if not is_placed(TABLES[manifest.table]):
        return {}
    counts = Counter[str]()
    for levels in derivation.placed_column(manifest, "match_level"):
        counts.update({c["values"]: c["counts"] for c in pc.value_counts(levels).to_pylist()})
    return dict(sorted(counts.items()))
