"""The rows at no building: kept for each state of the complaints, asked for in other tables.

In the order of a file they come last, but an engine finds that out only by reading where every row
is; and there are few.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
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
_STATES: Final = 2
_KEPT: Final[Cache[pa.Table]] = Cache(_STATES)


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
    state: Callable[[str], str] | None = getattr(source, "name_of_rows", None)
    # Inspections are those of files, which have a name, and those recorded since.
    if state is None or name != "complaints":
        return ask_about_texts(rows, texts, _nowhere)
    key = (state(name), registers_at(source, cut), cut, tuple(rows.columns))
    kept = _KEPT.get(key, lambda: ask_about_texts(rows, {}, _few_nowhere))
    if len(kept) > MOST_ROWS:
        return ask_about_texts(rows, texts, _nowhere)
    for column, each in texts.items():
        wanted = pa.array(sorted(each), kept[column].type)
        kept = kept.filter(pc.is_in(kept[column], value_set=wanted))
    return kept


def _few_nowhere(rows: ir.Table, lists: Mapping[str, ir.Table]) -> ir.Table:
    return _nowhere(rows, lists).limit(MOST_ROWS + 1)


def _nowhere(rows: ir.Table, lists: Mapping[str, ir.Table]) -> ir.Table:
    building = rows[c.BUILDING]
    nowhere = building.isnull() | (building == "")
    return in_lists(rows.filter(nowhere), lists)
