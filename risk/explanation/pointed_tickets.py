"""Where the tickets are that other tickets point to: kept for each state of the complaints."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.workspace.cache import Cache
from risk import schema as c
from risk.events.expressions import text_of
from risk.events.rows import FeatureSource
from risk.features.cache import registers_at

TICKET: Final = "ticket_no"
POINTS_TO: Final = "related_ticket"
_STATES: Final = 4
_POINTED_AT: Final[Cache[pa.Table]] = Cache(_STATES)


def buildings_of_tickets(
    source: FeatureSource, tickets: Collection[str], *, cut: datetime
) -> set[str] | None:
    """Return the buildings of tickets that others point to, "" of those at none.

    None where the source does not name its rows (`data.engine.Engine.name_of_rows`): then only all
    rows tell.
    """
    name: Callable[[str], str] | None = getattr(source, "name_of_rows", None)
    if name is None:
        return None
    key = (name("complaints"), registers_at(source, cut))
    pointed_at = _POINTED_AT.get(key, lambda: _read_pointed_at(source, cut))
    wanted = pc.is_in(pointed_at[TICKET], value_set=pa.array(sorted(tickets), pa.string()))
    return {str(each) for each in pointed_at.filter(wanted)[c.BUILDING].unique().to_pylist()}


def _read_pointed_at(source: FeatureSource, cut: datetime) -> pa.Table:
    """Read ticket and building of every version of a complaint that another one points to."""
    rows = source.versions("complaints", cut=cut)
    columns = {name: text_of(rows, name) for name in (TICKET, c.BUILDING)}
    pointing = rows.filter(text_of(rows, POINTS_TO) != "").select(
        **{TICKET: text_of(rows, POINTS_TO)}
    )
    found = rows.select(**columns).semi_join(pointing, TICKET).distinct().to_pyarrow()
    return found.cast(pa.schema([(TICKET, pa.string()), (c.BUILDING, pa.string())]))
