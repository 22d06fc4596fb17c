"""From when each row, and each field of a row, is known: the one rule of what counts at a cut.

A row is known once it was learnt and had happened; what happened at an unknown time had happened
when it was learnt. With the row its fields are known, but for those that are written into it
afterwards. Hardly any file says when, so such a field is known from the earlier of two moments:

* the import that first told what the row says (`data.lake.validity`): then it was here for
  certain. Two years of tickets loaded today say nothing about what was known a year ago;
* the moment at which the matter was over, as the row itself says:

========== ================== ==================================================================
table      field              the matter is over
========== ================== ==================================================================
complaints ``is_true``,       when the ticket was closed (``closed_at``); without that,
           ``status``,        `OUTCOME_DAYS` after it was received
           ``related_ticket``
rentals    ``status``         when the lease ended (``end_date``)
rentals    ``end_date``       the day itself; the office may trust that it was agreed when the
                              lease began (``[score.exposure] trust_end_date``)
grids      ``valid_to``       the day itself
buildings  ``ended_on``       the day itself, of an imported layer from its import on
========== ================== ==================================================================

Known with the row, as its contract says: everything else. The result of a visit and what was
counted there are written on the spot; a decision is known from its day on; who took a call wrote
down its category. Where they are corrected, the version before holds until the import that corrects
it (`data.lake.validity`).

What stands where is read as it was: buildings and grids as imported before the cut, with their
first load known from the beginning (`data.lake.validity`); of a register made from addresses a
building from its first mention; the building and grid that a row is placed at by these registers
and by the reviews decided before the cut. Rows that came after the cut, and are known at it by what
they say, are placed by the reviews of now: history that is loaded and reviewed afterwards is one
load (`data.derived.placing.reviews`).

Known at any date: the calendar of holidays and the settings.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, TypeAlias

import ibis
import numpy as np
import pandas as pd
from ibis import ir

from risk import schema as c
from risk.arrays import Bools
from risk.events.expressions import Rows, text_of, time_of

LEARNT: Final = "learnt"
"""Column of frames: the day on which a row was learnt, since 1970-01-01."""
OUTCOME_DAYS: Final = 60
"""A complaint without a closing time is taken as answered so many days after it was received:
within 60 days complaints by letter and visit are (信访工作条例, article 32)."""
WRITTEN_LATER: Final[Mapping[str, tuple[str, ...]]] = {
    "complaints": ("is_true", "status", "related_ticket"),
    "rentals": ("status",),
}
"""Texts of a row, by table, that may be younger than the row."""


LATER_KNOWN_FROM: Final = "_later_known_from"
"""Column of tables: `later_texts_known_from`, where it was worked out already."""
Cut: TypeAlias = "datetime | ir.TimestampValue"
"""One moment for all rows, or a column with the moment of each."""


def known_before(table: ir.Table, cut: Cut) -> ir.BooleanValue:
    """Say of each row whether it was learnt and had happened before the cut.

    What happened at an unknown time had happened when it was learnt.
    """
    moment = moment_of(cut)
    happened = table[c.EVENT_AT].fill_null(table[c.LEARNT_AT])
    return (table[c.LEARNT_AT] < moment) & (happened < moment)


def rows_before(frame: pd.DataFrame, cut: int) -> pd.DataFrame:
    """Return the rows that happened and were learnt on an earlier day than ``cut``.

    The same as `known_before` of rows that were read already, their times as whole days.
    """
    before = is_before(frame, cut)
    return frame if before.all() else frame[before]


def is_before(frame: pd.DataFrame, cut: int) -> Bools:
    """Say of each row of `rows_before` whether it is one."""
    return np.asarray((frame[c.DAY] < cut) & (frame[LEARNT] < cut), dtype=bool)


def imported_before(table: Rows, cut: Cut) -> ir.BooleanValue:
    """Say of each row whether all that it says was here before the cut; False where unknown."""
    return (time_of(table, c.IMPORTED_AT) < moment_of(cut)).fill_null(ibis.literal(value=False))


def without_later_texts(table: ir.Table, name: str, cut: Cut) -> ir.Table:
    """Blank the texts of `WRITTEN_LATER` where they were not known before the cut.

    ``table``: rows of the table ``name``.
    """
    return table.mutate(**later_texts(table, name, cut))


def later_texts(table: ir.Table, name: str, cut: Cut) -> dict[str, ir.StringValue]:
    """Return the texts of `WRITTEN_LATER` as they read before the cut, by name."""
    texts = [text for text in WRITTEN_LATER.get(name, ()) if text in table.columns]
    if not texts:
        return {}
    has_time = LATER_KNOWN_FROM in table.columns
    from_when = table[LATER_KNOWN_FROM] if has_time else later_texts_known_from(table, name)
    known = (from_when < moment_of(cut)).fill_null(ibis.literal(value=False))
    read = {text: text_of(table, text) for text in texts}
    # Most are empty, and then an engine need not ask from when they were known.
    return {text: ibis.ifelse((value != "") & known, value, "") for text, value in read.items()}


def moment_of(cut: Cut) -> ir.TimestampValue:
    """Return a cut as an expression."""
    return ibis.literal(cut) if isinstance(cut, datetime) else cut


def later_texts_known_from(table: ir.Table, name: str) -> ir.TimestampValue:
    """Return when the texts of `WRITTEN_LATER` of each row were known, NULL for not at all yet."""
    imported = time_of(table, c.IMPORTED_AT)
    if name == "rentals":
        over = time_of(table, "end_date")
    else:
        received = table[c.EVENT_AT].fill_null(table[c.LEARNT_AT])
        usual = received + ibis.interval(days=OUTCOME_DAYS)
        over = time_of(table, "closed_at").fill_null(usual)
    unknown = over.isnull()  # noqa: PD003 -- an Ibis column
    return ibis.ifelse(unknown | (imported < over), imported, over)
