"""What a confirmed event is: a certain find, or a decision that no find led to.

A find (属实) and the decision that follows it are one case and one event: a decision within
`CASE_DAYS` after a find at the same place belongs to it. A decision without one is an event of its
own, and so is every certain find, also one made after a decision.
"""

from collections.abc import Sequence
from typing import Final

import ibis
from ibis import ir

from risk import schema as c
from risk.events.rows import PLACE_KEYS

CASE_DAYS: Final = 90
"""A decision is made within so many days of the case's beginning (行政处罚法, article 60)."""


def mark_own_events(
    decisions: ir.Table, visits: ir.Table, keys: Sequence[str] = PLACE_KEYS
) -> ir.Table:
    """Add ``confirms``: whether a decision is an event of its own.

    ``decisions``, ``visits``: assigned rows (`risk.events.rows.assigned_rows`) of violations and
    inspections, as known at the same cuts. ``keys``: what rows of one place share.
    """
    finds = visits.filter(visits[c.CONFIRMS]).select(
        **{_of_find(name): visits[name] for name in (*keys, c.EVENT_AT)}
    )
    found = finds[_of_find(c.EVENT_AT)]
    same_place = [decisions[name] == finds[_of_find(name)] for name in keys]
    in_time = [
        decisions[c.EVENT_AT].truncate("D") >= found.truncate("D"),
        decisions[c.EVENT_AT] <= found + ibis.interval(days=CASE_DAYS),
    ]
    follow = decisions.semi_join(finds, [*same_place, *in_time])
    follow = follow.select(_follows=c.ROW_KEY, _follows_at=c.CUT)
    same_row = decisions[c.ROW_KEY] == follow["_follows"]
    marked = decisions.left_join(follow, [same_row, decisions[c.CUT] == follow["_follows_at"]])
    marked = marked.mutate(**{c.CONFIRMS: marked["_follows"].isnull()})
    return marked.drop("_follows", "_follows_at")


def _of_find(name: str) -> str:
    return f"find_{name}"
