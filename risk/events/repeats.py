"""What is told twice: one visit by several files or rows, one ticket by another.

Every reader of inspections reads them by `once_per_visit`, or by `mark_copies` and `without_copies`
for many cuts at once: a visit that two files tell of counts once, for features, for learning, for
what waits and for the evaluation alike.
"""

from typing import Final

import ibis
import numpy as np
import pandas as pd
from ibis import ir

from risk import schema as c
from risk.arrays import Bools, Codes, Table
from risk.events.expressions import Rows, hash_of, holds_any, text_of

GOING: Final = ("unit_code", c.DAY, "purpose_code")
"""Visits of one unit, day and purpose were one time of going there, whatever each found."""
POSITION: Final = ("import_id", "sheet", "source_row")
"""Where a row stands: of rows that are alike it decides, since keys of rows without a number are
other ones in each workspace."""
COPY_OF, VISIT_NUMBER, COPY_RANK = COPY_COLUMNS = ("copy_of", "visit_number", "copy_rank")
_ID: Final = "_visit_id"
_PLACE: Final = "_visit_place"
_RESULT: Final = "_visit_result"


def once_per_visit(table: ir.Table) -> ir.Table:
    """Keep one row of each visit that several files tell of; at each ``cut`` that rows name.

    The same place, moment and result are one visit, unless both rows have a number and the numbers
    differ. The place is building, unit and who is there; where no building is known, or of the
    moment the day only, the address as well, since several rooms are looked at in a day. Of the
    rows of a visit the one with a number is kept, else the last by purpose and way, so that what is
    stated counts before nothing, else the first by `POSITION`.

    ``table``: each ``row_key`` once (at a cut).
    """
    copies = copies_of_visits(alike_visits(table))
    return table.anti_join(copies, [*_cut(table), c.ROW_KEY]).select(*table.columns)


def _cut(table: ir.Table) -> list[str]:
    return [c.CUT] if c.CUT in table.columns else []


def alike_visits(table: ir.Table) -> ir.Table:
    """Select the rows that share building, unit and moment with another: few need be compared."""
    columns = table.columns
    place = [text_of(table, name) for name in (c.BUILDING, "unit_id")]
    at = [table[name] for name in (*_cut(table), c.EVENT_AT)]
    table = table.mutate(_alike=hash_of(*at, *place))
    groups = table.group_by("_alike").agg(_rows=table.count())
    shared = groups.filter(groups["_rows"] > 1)
    return table.semi_join(shared, "_alike").select(*columns)


def any_alike(table: ir.Table) -> bool:
    """Say whether any rows share building, unit and moment; where none do there are no copies.

    To ask costs a fraction of looking for copies. ``table``: inspections, also several versions of
    each row, which then share them.
    """
    at = table[c.EVENT_AT].fill_null(table[c.LEARNT_AT])
    place = [text_of(table, name) for name in (c.BUILDING, "unit_id")]
    # Without the last bit, since some engines have no sign. To sort the numbers here costs a third
    # of having the engine count each.
    each = table.select(_alike=hash_of(at, *place) >> 1).to_pyarrow()["_alike"].to_numpy()
    each = np.sort(each)
    return bool((each[1:] == each[:-1]).any())


def copies_of_visits(table: ir.Table) -> ir.Table:
    """Return ``row_key`` (and ``cut``) of the rows that tell of a visit once more."""
    cut = _cut(table)
    position = [name for name in POSITION if name in table.columns]
    marked = table.select(
        *cut,
        c.ROW_KEY,
        *position,
        c.EVENT_AT,
        **{
            _ID: text_of(table, "inspection_id"),
            _PLACE: _place(table),
            _RESULT: text_of(table, "result"),
            COPY_RANK: _rank(table),
        },
    )
    visit = [*cut, _PLACE, c.EVENT_AT, _RESULT]
    order_by = [ibis.desc(COPY_RANK), *position, c.ROW_KEY]
    first = ibis.window(group_by=[*visit, _ID], order_by=order_by)
    order = ibis.row_number().over(first)
    numbered = (marked[_ID] != "").cast("int64").max().over(ibis.window(group_by=visit))
    marked = marked.mutate(_first=order == 0, _numbered=numbered)
    kept = marked["_first"] & ((marked[_ID] != "") | (marked["_numbered"] == 0))
    return marked.filter(~kept).select(*cut, c.ROW_KEY)


def _place(table: ir.Table) -> ir.StringValue:
    """Return a text that two rows share when they tell of the same place; its key for nowhere."""
    at = table["event_at"]
    building, address = text_of(table, c.BUILDING), text_of(table, "raw_address").replace(" ", "")
    day_only = at == at.truncate("D")
    exact = ibis.ifelse((building == "") | day_only, address, "")
    named = [text_of(table, "unit_id"), text_of(table, "party_key")]
    parts = [building, *named, exact, text_of(table, c.H3_R10)]
    nowhere = (building == "") & (named[0] == "") & (address == "")
    return ibis.ifelse(nowhere, table["row_key"], ibis.literal("|").join(parts))


def _rank(table: ir.Table) -> ir.StringValue:
    return ibis.literal("|").join([text_of(table, "purpose"), text_of(table, "mode")])


def mark_copies(table: ir.Table) -> ir.Table:
    """Add `COPY_COLUMNS` to every version of rows, for `without_copies` at any cut.

    ``copy_of``: a text that only rows of one visit share, ``''`` for a row that is no copy;
    ``visit_number``: its number, ``''`` for none; ``copy_rank``: the last by it is kept. Where
    every row has a number none is a copy, and nothing is added: that is the usual case, and spares
    the sorting.
    """
    number = text_of(table, "inspection_id")
    # A table without numbers reads one text for all rows, of which no row can be asked by itself.
    if not table.select(number=number)["number"].isin([""]).any().to_pyarrow().as_py():
        return table
    visit = ibis.literal("|").join([_place(table), table["event_at"].cast("string"),
                                    text_of(table, "result")])  # fmt: skip
    same = ibis.window(group_by=visit)
    alone = table["row_key"].min().over(same) == table["row_key"].max().over(same)
    columns = dict(zip(COPY_COLUMNS, (visit, number, _rank(table)), strict=True))
    return table.mutate(**{name: ibis.ifelse(alone, "", text) for name, text in columns.items()})


def without_copies(visits: pd.DataFrame) -> pd.DataFrame:
    """Keep one row of each visit, as `once_per_visit` does, of rows that were marked before.

    ``visits``: rows known at one cut, in order; `COPY_COLUMNS` where copies were marked.
    """
    if COPY_OF not in visits or not (is_copy := visits[COPY_OF] != "").any():
        return visits
    marked = visits.loc[is_copy, list(COPY_COLUMNS)]
    marked = marked.sort_values(COPY_RANK, ascending=False, kind="stable")
    first = ~marked.duplicated([COPY_OF, VISIT_NUMBER])
    is_numbered = marked[VISIT_NUMBER] != ""
    any_numbered = is_numbered.groupby(marked[COPY_OF]).transform("any")
    copies = marked.index[~(first & (is_numbered | ~any_numbered))]
    return visits.drop(index=copies)


def are_empty_repeats(visits: Table) -> Bools:
    """Say which rows say nothing of a going that another row tells of, shape (visits,).

    ``visits``: columns `GOING` and ``found`` (NaN without a result), of a day those with a result
    last.
    """
    without_result = np.isnan(np.asarray(visits["found"], dtype=np.float64))
    repeats = np.zeros(len(without_result), dtype=bool)
    if not without_result.any():
        return repeats
    going = _number_goings(visits)
    some = _may_be_among(going, going[without_result])
    repeats[some] = pd.Series(going[some]).duplicated(keep="last")
    return np.asarray(repeats & without_result & (np.asarray(visits["unit_code"]) >= 0))


def once_per_going(visits: pd.DataFrame) -> pd.DataFrame:
    """Keep the last visit of each time of going to a unit."""
    repeats = are_repeats(visits)
    return visits[~repeats] if repeats.any() else visits


def are_repeats(visits: Table) -> Bools:
    """Say of each row whether a later one tells of the same going (`GOING`)."""
    going = _number_goings(visits)
    repeats = np.zeros(len(going), dtype=bool)
    # To sort all numbers takes a third of the room, and of the time, of a table of all of them.
    in_order = np.sort(going)
    several = in_order[1:][in_order[1:] == in_order[:-1]]
    del in_order
    some = _may_be_among(going, several)
    repeats[some] = pd.Series(going[some]).duplicated(keep="last")
    return repeats


def _may_be_among(numbers: Codes, few: Codes) -> Codes:
    """Return the rows whose number is one of a few, and hardly any others, by their last bits."""
    mask = (1 << int(8 * len(few)).bit_length()) - 1
    by_last = np.zeros(mask + 1, dtype=bool)
    by_last[few & mask] = True
    return np.flatnonzero(by_last[numbers & mask])


def _number_goings(visits: Table) -> Codes:
    """Return a number of each row that only those of the same going share."""
    going = np.zeros(len(visits[c.DAY]), dtype=np.int64)
    for name in GOING if len(going) else ():
        codes = np.asarray(visits[name], dtype=np.int64)
        going *= int(codes.max()) - int(codes.min()) + 1
        going += codes - codes.min()
    return going


def is_marked(table: Rows, marks: tuple[str, ...]) -> ir.BooleanValue:
    """Say of complaints whether their status marks them as a repeat."""
    status = text_of(table, "status")
    return (status != "") & holds_any(status, marks)


def without_repeated_tickets(table: ir.Table, marks: tuple[str, ...]) -> ir.Table:
    """Drop complaints whose status says that they repeat one, or that point to one that is here."""
    table = table.filter(~is_marked(table, marks))
    if "related_ticket" not in table.columns:
        return table
    pointed_at, ticket = text_of(table, "related_ticket"), text_of(table, "ticket_no")
    table = table.mutate(_repeats=ibis.ifelse(pointed_at == ticket, "", pointed_at))
    # Few tickets point to another: of all others no list need be made.
    pointing = table.filter(table["_repeats"] != "")
    pointed_at = pointing.select(c.CUT, ticket_no="_repeats")
    older = table.semi_join(pointed_at, [c.CUT, "ticket_no"]).select(c.CUT, _repeats="ticket_no")
    return table.anti_join(older, [c.CUT, "_repeats"]).drop("_repeats")
