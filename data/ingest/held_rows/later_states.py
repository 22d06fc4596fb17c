"""Rows without a key that are later states of rows held: ledgers that are sent whole every week.

A row without a key is identified by its content, so that a complaint that was closed meanwhile
would be a second complaint. A row of a new file continues a held one where all of these are so:

- both have no key of their own, a time of their event and a place;
- they are equal in every field but those that change later (`TableContract.later`);
- the new file does not hold the old state as well: then they are two rows, as within one file.

Of several such rows the first continues the first held one, the second the second. It takes the
key that is held, so that it is a version of that row like any other (`data.lake.validity`), and
what was decided about the row stays with it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis.expr.types import Table

from data.contracts.model import TableContract
from data.derived.backends.duckdb_sessions import connect
from data.lake.schema import EVENT_AT, IMPORT_ID, LEARNT_AT, ROW_KEY, SHEET, SOURCE_ROW
from data.workspace.folder import Workspace

LATER_STATES: Final = "later_states"
"""Code of the note that tells how many there were."""
NO_KEY: Final = "#"
"""How keys begin that were made of the content of a row (`keys_of`)."""
_AFTER_NO_KEY: Final = chr(ord(NO_KEY) + 1)
_PLACES: Final = ("raw_address", "building_id", "unit_id", "lon")


def keys_of_later_states(
    workspace: Workspace, contract: TableContract, rows: Path, import_id: str
) -> dict[str, str]:
    """Return the key of each row of a new import that continues a held one → the key that is held.

    ``rows``: the rows file of the import, which is not in the lake yet.
    """
    held = [workspace.lake.rows_path(each) for each in workspace.lake.imports(contract.name)]
    if not (held and contract.later and _may_lack_keys(rows)):
        return {}
    session = connect(workspace)
    lines = session.read_parquet([*held, rows], union_by_name=True)
    new = session.read_parquet(rows)
    between = new.aggregate(since=new[EVENT_AT].min(), until=new[EVENT_AT].max()).execute()
    lines = lines.filter(
        lines[ROW_KEY].startswith(NO_KEY),
        lines[EVENT_AT].between(*between.iloc[0]),
        ibis.or_(*(lines[name].notnull() for name in _PLACES if name in lines.columns)),
    )
    pairs = _pairs(lines, contract, import_id).to_pyarrow().to_pydict()
    session.disconnect()
    return dict(zip(pairs["new"], pairs["held"], strict=True))


def _pairs(lines: Table, contract: TableContract, import_id: str) -> Table:
    """Pair keys of which only the new import has one and only older ones the other."""
    changes = {*contract.later, contract.key, LEARNT_AT}
    same = [f.name for f in contract.stored if f.name not in changes and not f.of_words]
    is_new = lines[IMPORT_ID] == import_id
    states = lines.group_by(ROW_KEY).aggregate(
        is_new=is_new.any(),
        is_held=(~is_new).any(),
        **{name: lines[name].arbitrary() for name in same},
        **{f"at_{name}": lines[name].min() for name in (IMPORT_ID, SHEET, SOURCE_ROW)},
    )
    alone = states.filter(states.is_new != states.is_held)
    order = [alone[f"at_{name}"] for name in (IMPORT_ID, SHEET, SOURCE_ROW)]
    window = ibis.window(group_by=[*same, "is_new"], order_by=order)
    numbered = alone.mutate(number=ibis.row_number().over(window))
    key, of_new = numbered[ROW_KEY], numbered.is_new
    pairs = numbered.group_by([*same, "number"]).aggregate(
        new=key.max(where=of_new), held=key.max(where=~of_new)
    )
    return pairs.filter(pairs.new.notnull(), pairs.held.notnull()).select("new", "held")


def _may_lack_keys(rows: Path) -> bool:
    """Say from the statistics of a rows file whether it may hold keys made of content."""
    about = pq.read_metadata(rows)
    at = about.schema.names.index(ROW_KEY)
    groups = [about.row_group(number).column(at) for number in range(about.num_row_groups)]
    return any(not g.is_stats_set or g.statistics.min < _AFTER_NO_KEY for g in groups)


def with_keys(rows: pa.Table, keys: Mapping[str, str]) -> pa.Table:
    """Return rows with other keys: those that are in `keys`, and the rest as they are."""
    old, at = rows[ROW_KEY], rows.column_names.index(ROW_KEY)
    places = pc.index_in(old, pa.array(list(keys), old.type))
    other = pc.take(pa.array(list(keys.values()), old.type), places)
    return rows.set_column(at, rows.field(at), pc.coalesce(other, old))
