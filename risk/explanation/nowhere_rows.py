"""The rows at no building: kept for each state of their table, as long as there are few.

In the order of a file they come last, but an engine finds that out only by reading where every row
is; and there are few.
"""

from collections.abc import Callable, Collection, Hashable, Mapping
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from ibis import ir

from data.derived.backends.duckdb_sessions import ask_about_texts, in_lists
from data.workspace.cache import Cache
from risk import schema as c
from risk.events.rows import FeatureSource
from risk.features.cache import registers_at

MOST_ROWS: Final = 100_000
"""Where more rows are at no building they are not kept, for memory."""
NO_ROWS: Final = ""
"""State of a table into which nothing was imported."""
_STATES: Final = 8
_KEPT: Final[Cache[pa.Table]] = Cache(_STATES)


def state_of_rows(source: FeatureSource, name: str) -> Hashable | None:
    """Name what a table's rows are: any change of them renames it; None where nothing does.

    Inspections are those of files and those recorded since; of other tables `NO_ROWS` says so.
    """
    if name == "inspections":
        return getattr(source, "state", None)
    name_of_rows: Callable[[str], str] | None = getattr(source, "name_of_rows", None)
    return None if name_of_rows is None else name_of_rows(name)


def read_nowhere(
    source: FeatureSource,
    name: str,
    rows: ir.Table,
    texts: Mapping[str, Collection[str]],
    *,
    cut: datetime,
) -> pa.Table:
    """Read the rows of no building that have one of some texts in each of some columns.

    ``rows``: those of the table ``name`` of the source that are known at the cut.
    """
    kept = _kept(source, name, rows, cut)
    if kept is None:
        return ask_about_texts(rows, texts, _nowhere)
    for column, each in texts.items():
        kept = _having(kept, column, each)
    return kept


def read_nowhere_at(
    source: FeatureSource,
    name: str,
    rows: ir.Table,
    times: Collection[datetime],
    *,
    cut: datetime,
) -> pa.Table:
    """Read the rows of no building whose event was at one of some times.

    ``rows``: as `read_nowhere`.
    """
    kept = _kept(source, name, rows, cut)
    if kept is None:
        return _nowhere(rows, {}).filter(rows[c.EVENT_AT].isin(list(times))).to_pyarrow()
    return _having(kept, c.EVENT_AT, times)


def _kept(source: FeatureSource, name: str, rows: ir.Table, cut: datetime) -> pa.Table | None:
    """Return the rows of no building; None where they are too many or nothing names their state."""
    state = state_of_rows(source, name)
    if state is None:
        return None
    key = (name, state, registers_at(source, cut), cut, tuple(rows.columns))
    kept = _KEPT.get(key, lambda: ask_about_texts(rows, {}, _few_nowhere))
    return None if len(kept) > MOST_ROWS else kept


def _having(rows: pa.Table, column: str, values: Collection[object]) -> pa.Table:
    wanted = pa.array(sorted(values), rows[column].type)  # type: ignore[type-var]
    return rows.filter(pc.is_in(rows[column], value_set=wanted))


def _few_nowhere(rows: ir.Table, lists: Mapping[str, ir.Table]) -> ir.Table:
    return _nowhere(rows, lists).limit(MOST_ROWS + 1)


def _nowhere(rows: ir.Table, lists: Mapping[str, ir.Table]) -> ir.Table:
    building = rows[c.BUILDING]
    nowhere = building.isnull() | (building == "")
    return in_lists(rows.filter(nowhere), lists)
