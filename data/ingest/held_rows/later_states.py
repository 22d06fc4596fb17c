"""Rows without a key that are later states of rows held: ledgers that are sent whole every week.

A row without a key is identified by its content, so that a complaint that was closed meanwhile
would be a second complaint. A row of a new file continues a held one where all of these are so:

- both have no key of their own, a time of their event and a place;
- they are equal in every field but those that change later (`TableContract.later`);
- the new file does not hold the old state as well: then they are two rows, as within one file.

Where nearly all rows of an older import in the span of the new file are in it again, it is that
ledger, sent whole.
Then a row of which one text was corrected (`TableContract.corrected`) continues a held one too, if
its time has a time of day and the old row is gone.

Of several such rows the first continues the first held one, the second the second. It takes the
key that is held, so that it is a version of that row like any other (`data.lake.validity`), and
what was decided about the row stays with it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ibis.expr.types import Table

from data.contracts.model import TableContract
from data.derived.backends.duckdb_sessions import connect
from data.lake.schema import EVENT_AT, IMPORT_ID, LEARNT_AT, NO_KEY, ROW_KEY, SHEET, SOURCE_ROW
from data.workspace.folder import Workspace

LATER_STATES: Final = "later_states"
"""Code of the note that tells how many there were."""
_AFTER_NO_KEY: Final = chr(ord(NO_KEY) + 1)
_ORDER: Final = (IMPORT_ID, SHEET, SOURCE_ROW)
_NEARLY_ALL: Final = 0.8
_STATES: Final = "states_of_rows"
_HELD_IN: Final = "held_in"
"""Which older import said last what a key holds."""
_PLACES: Final = ("raw_address", "building_id", "unit_id", "lon")


def keys_of_later_states(
    workspace: Workspace, contract: TableContract, rows: Path, import_id: str
) -> dict[str, str]:
    """Return the key of each row of a new import that continues a held one → the key that is held.

    ``rows``: the rows file of the import, which is not in the lake yet.
    """
    if not (contract.later and _may_lack_keys(rows)):
        return {}
    held = [workspace.lake.rows_path(each) for each in workspace.lake.imports(contract.name)]
    held = [path for path in held if _may_lack_keys(path)]
    if not held:
        return {}
    changes = {*contract.later, contract.key, LEARNT_AT}
    same = [f.name for f in contract.stored if f.name not in changes and not f.of_words]
    session = connect(workspace)
    new = session.read_parquet(rows)
    lines = session.read_parquet([*held, rows], union_by_name=True)
    states = session.create_table(
        _STATES, _states(lines, new, import_id, same=same), temp=True, overwrite=True
    )
    found = _pairs(states, same)
    if whole := _sent_whole(states, found):
        timed = states.filter(states[EVENT_AT].truncate("D") != states[EVENT_AT])
        timed = timed.filter(timed.is_new | timed[_HELD_IN].isin(whole))
        for name in contract.corrected:
            rest = timed.anti_join(_keys_in(found), ROW_KEY)
            found |= _pairs(rest, [each for each in same if each != name])
    session.drop_table(_STATES)
    session.disconnect()
    return found


def _states(lines: Table, new: Table, import_id: str, *, same: Sequence[str]) -> Table:
    """Return the keys made of content in the span of a new import, as they were last, its own too.

    ``lines``: held rows and those of the import; ``same``: the fields that are kept of each.
    """
    since, until = new[EVENT_AT].min().as_scalar(), new[EVENT_AT].max().as_scalar()
    lines = lines.filter(
        lines[ROW_KEY].startswith(NO_KEY),
        lines[EVENT_AT].between(since, until),
        ibis.or_(*(lines[name].notnull() for name in _PLACES if name in lines.columns)),
    )
    is_new = lines[IMPORT_ID] == import_id
    kept = [*dict.fromkeys([*same, EVENT_AT])]
    states = lines.group_by(ROW_KEY).aggregate(
        is_new=is_new.any(),
        is_held=(~is_new).any(),
        **{_HELD_IN: lines[IMPORT_ID].max(where=~is_new)},
        last=ibis.struct({name: lines[name] for name in kept}).argmax(lines[IMPORT_ID]),
        **{f"at_{name}": lines[name].min() for name in _ORDER},
    )
    return states.select(
        ROW_KEY, "is_new", "is_held", _HELD_IN, *(f"at_{name}" for name in _ORDER),
        **{name: states["last"][name] for name in kept},
    )  # fmt: skip


def _pairs(states: Table, same: Sequence[str]) -> dict[str, str]:
    """Pair keys of which only the new import has one and only older ones the other: new → held."""
    alone = states.filter(states.is_new != states.is_held)
    window = ibis.window(
        group_by=[*same, "is_new"], order_by=[alone[f"at_{name}"] for name in _ORDER]
    )
    numbered = alone.mutate(number=ibis.row_number().over(window))
    key, of_new = numbered[ROW_KEY], numbered.is_new
    pairs = numbered.group_by([*same, "number"]).aggregate(
        new=key.max(where=of_new), held=key.max(where=~of_new)
    )
    pairs = pairs.filter(pairs.new.notnull(), pairs.held.notnull()).select("new", "held")
    columns = pairs.to_pyarrow().to_pydict()
    return dict(zip(columns["new"], columns["held"], strict=True))


def _sent_whole(states: Table, found: Mapping[str, str]) -> list[str]:
    """Return the held imports of which nearly all rows in the span are here again, but not all.

    Each is asked for itself, since an office may hold ledgers of several departments.
    """
    held = states.filter(states.is_held)
    missing = held.filter(~held.is_new).anti_join(_keys_in(found), ROW_KEY)
    of_each = held.group_by(_HELD_IN).aggregate(held=held.count())
    missing_of_each = missing.group_by(_HELD_IN).aggregate(missing=missing.count())
    both = of_each.inner_join(missing_of_each, _HELD_IN)
    whole = both.filter(both.missing <= both.held * (1 - _NEARLY_ALL))
    imports: list[str] = whole[_HELD_IN].to_pyarrow().to_pylist()
    return imports


def _keys_in(found: Mapping[str, str]) -> Table:
    """Return the keys that were paired, new and held, as a table."""
    keys = pa.array([*found, *found.values()], pa.large_string())
    return ibis.memtable(pa.table({ROW_KEY: keys}))


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
