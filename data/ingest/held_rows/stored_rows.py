"""Stamp accepted rows, compare them with stored ones and count their placement."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import TableContract
from data.contracts.registry import TABLES
from data.derived.backends.duckdb_sessions import connect
from data.derived.build import Derivation
from data.derived.placing.place import is_placed
from data.lake.manifest import Manifest
from data.lake.schema import EVENT_AT, IMPORT_ID, LEARNT_AT, rows_schema
from data.workspace.folder import Workspace

_MET = """
SELECT count(*), count(*) FILTER (alike) FROM (
    SELECT arg_max(held.row_hash = new.row_hash, held.import_id) AS alike
    FROM read_parquet($new) AS new
    JOIN read_parquet($held, union_by_name = true) AS held ON new.row_key = held.row_key
    WHERE held.row_key BETWEEN $first AND $last
    GROUP BY new.row_key
)
"""
_BUILDING = "building_id"
_ENDS = "SELECT min(row_key), max(row_key) FROM read_parquet(?)"


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


def differing_codes(
    workspace: Workspace, table: str, mapping: Mapping[str, str]
) -> tuple[str, ...]:
    """Return the code of a warning where a list of buildings would name those that are held anew.

    A list without codes has them made of its addresses: the same building of a list with codes is
    another one. Which is which nobody can tell for sure by its address, so that it is said.
    """
    if table != "buildings":
        return ()
    held = {_BUILDING in manifest.mapping for manifest in workspace.lake.imports(table)}
    if _BUILDING in mapping:
        return ("buildings_coded_anew",) if False in held else ()
    return ("buildings_without_codes",) if True in held else ()


def compare_with_held(workspace: Workspace, table: str, rows: Path) -> tuple[int, int]:
    """Count rows that hold already, and rows whose key holds something else.

    The newest import that has a key says what it holds. Of an import only those parts of its file
    are read whose keys may be among the new ones; what memory does not hold goes to the disk.
    """
    lake = workspace.lake
    held = [str(lake.rows_path(manifest)) for manifest in lake.imports(table)]
    if not held:
        return 0, 0
    session = connect(workspace)
    first, last = session.con.execute(_ENDS, [str(rows)]).fetchone()
    about = {"new": str(rows), "held": held, "first": first, "last": last}
    met, known = session.con.execute(_MET, about).fetchone()
    session.disconnect()
    return known, met - known


def count_levels(derivation: Derivation, manifest: Manifest) -> dict[str, int]:
    """Count the stored rows of an import by the level they were placed at."""
    if not is_placed(TABLES[manifest.table]):
        return {}
    counts = Counter[str]()
    for levels in derivation.placed_column(manifest, "match_level"):
        counts.update({c["values"]: c["counts"] for c in pc.value_counts(levels).to_pylist()})
    return dict(sorted(counts.items()))
