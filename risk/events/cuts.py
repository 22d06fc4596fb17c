"""One cut or several: which version of each row holds at which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import ibis
from ibis import ir

from data.lake.schema import SUPERSEDED_AT, VERSION_LEARNT_AT
from data.lake.validity import held_at
from risk import schema as c

Cuts = datetime | Sequence[datetime]
"""One moment or several, local time."""
VERSION_TIMES: Final = (VERSION_LEARNT_AT, SUPERSEDED_AT)


def list_cuts(cut: Cuts) -> tuple[datetime, ...]:
    """Return one cut or several as a tuple."""
    return (cut,) if isinstance(cut, datetime) else tuple(cut)


def held_at_each(
    versions: ir.Table, cuts: Sequence[datetime], *, columns: Collection[str]
) -> ir.Table:
    """Return each row once for every cut at which a version of it holds, with that ``cut``.

    ``versions``: as of `risk.events.rows.FeatureSource.versions`. ``columns``: those to keep.
    """
    kept = [name for name in versions.columns if name in {*columns, *VERSION_TIMES}]
    early = versions[VERSION_LEARNT_AT] < ibis.literal(max(cuts))
    moments = ibis.array([ibis.literal(cut) for cut in sorted(cuts)])
    table = versions.filter(early).select(*kept).mutate(**{c.CUT: moments.unnest()})
    return table.filter(held_at(table, table[c.CUT])).drop(*VERSION_TIMES)
