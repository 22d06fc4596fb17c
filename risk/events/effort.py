"""Search effort of visits: how thorough each was, with duplicates of one visit removed.

Not having found anything says as much as was looked: an evening in every room is worth more than
two minutes at noon. Who looked is never asked.
"""

from __future__ import annotations

from typing import Final

import ibis
from ibis import ir

from risk import schema as c
from risk.config.score import Effort
from risk.events.expressions import evidence_weight, real, text_of

_ID: Final = "_visit_id"
_PLACE: Final = "_visit_place"
_RESULT: Final = "_visit_result"


def effort_of(table: ir.Table, rule: Effort) -> ir.FloatingValue:
    """Return how thoroughly each visit looked, `Effort.least` to 1.

        max(least, mode · min(1, minutes / full_minutes))

    never less for more minutes, nor for a kind of visit that sees more. What a file does not tell
    takes nothing away.

    ``table``: inspections; ``mode`` and ``minutes`` are read where there are such columns.
    """
    effort = real(1.0)
    if "minutes" in table.columns:
        minutes = table["minutes"].cast("float64").fill_null(real(rule.full_minutes))
        effort = (minutes / real(rule.full_minutes)).clip(real(0.0), real(1.0))
    effort = effort * evidence_weight(text_of(table, "mode"), rule.mode, otherwise=1.0)
    return ibis.greatest(effort, real(rule.least))


def once_per_visit(table: ir.Table) -> ir.Table:
    """Keep one row of each visit that several files tell of, at each cut.

    The same place, moment and result are one visit, unless both rows have a number and the numbers
    differ. The place is building and unit; where no building is known, or of the moment the day
    only, the address as well, since several rooms are looked at in a day. Of the rows of a visit
    the one with a number is kept, else the first by its key.
    """
    at = table["event_at"]
    building, address = text_of(table, c.BUILDING), text_of(table, "raw_address").replace(" ", "")
    day_only = at == at.truncate("D")
    exact = ibis.ifelse((building == "") | day_only, address, "")
    parts = [building, text_of(table, "unit_id"), exact, text_of(table, c.H3_R10)]
    nowhere = (building == "") & (parts[1] == "") & (address == "")
    place = ibis.ifelse(nowhere, table["row_key"], ibis.literal("|").join(parts))
    marked = table.mutate(
        **{_ID: text_of(table, "inspection_id"), _PLACE: place, _RESULT: text_of(table, "result")}
    )
    visit = [c.CUT, _PLACE, "event_at", _RESULT]
    numbered = (marked[_ID] != "").cast("int64")
    order = ibis.row_number().over(ibis.window(group_by=[*visit, _ID], order_by="row_key"))
    marked = marked.mutate(
        _first=order == 0, _numbered=numbered.max().over(ibis.window(group_by=visit))
    )
    visits = marked.filter(marked["_first"] & ((marked[_ID] != "") | (marked["_numbered"] == 0)))
    return visits.drop(_ID, _PLACE, _RESULT, "_first", "_numbered")
