"""One cut or several: which version of each row holds at which."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import ibis
import numpy as np
import pandas as pd
from ibis import ir
from numpy.typing import NDArray

from data.lake.schema import (
    ARRIVED_AT,
    PLACED_COLUMNS,
    PLACED_FROM,
    PLACED_UNTIL,
    SEEN_FROM,
    SUPERSEDED_AT,
    VERSION_LEARNT_AT,
)
from data.lake.validity import held_at
from risk import schema as c
from risk.arrays import Bools

Cuts = datetime | Sequence[datetime]
"""One moment or several, local time."""
VERSION_TIMES: Final = (VERSION_LEARNT_AT, SUPERSEDED_AT, *PLACED_COLUMNS, SEEN_FROM)
"""By which `data.lake.validity.held_at` tells whether a version holds, where a table has them."""


def list_cuts(cut: Cuts) -> tuple[datetime, ...]:
    """Return one cut or several as a tuple."""
    return (cut,) if isinstance(cut, datetime) else tuple(cut)


def held_at_each(
    versions: ir.Table, cuts: Sequence[datetime], *, columns: Collection[str]
) -> ir.Table:
    """Return each row once for every cut at which a version of it holds, with that ``cut``.

    ``versions``: as of `risk.events.rows.FeatureSource.versions`. ``columns``: those to keep.
    """
    times = version_times(versions)
    kept = [name for name in versions.columns if name in {*columns, *times}]
    early = versions[VERSION_LEARNT_AT] < ibis.literal(max(cuts))
    moments = ibis.array([ibis.literal(cut) for cut in sorted(cuts)])
    table = versions.filter(early).select(*kept).mutate(**{c.CUT: moments.unnest()})
    return table.filter(held_at(table, table[c.CUT])).drop(*times)


def version_times(versions: ir.Table) -> list[str]:
    """List those of `VERSION_TIMES` that a table has."""
    return [name for name in VERSION_TIMES if name in versions.columns]


def held_in(times: pd.DataFrame, cut: datetime) -> Bools:
    """Say which versions hold at a cut, as `data.lake.validity.held_at` does of a table.

    ``times``: their `VERSION_TIMES`.
    """
    moment = np.full(len(times), np.datetime64(cut, "us"))
    at = {str(name): times[name].to_numpy().astype("datetime64[us]") for name in times}
    held = (at[VERSION_LEARNT_AT] < moment) & _until(at[SUPERSEDED_AT], moment)
    if PLACED_UNTIL not in at:
        return np.asarray(held)
    if SEEN_FROM in at:
        came, later = at[ARRIVED_AT], at[SEEN_FROM]
        moment = np.where((came >= moment) & (came < later), later, moment)
    begun = np.isnat(at[PLACED_FROM]) | (at[PLACED_FROM] < moment)
    return np.asarray(held & begun & _until(at[PLACED_UNTIL], moment))


def _until(later: NDArray[np.datetime64], moment: NDArray[np.datetime64]) -> Bools:
    return np.asarray(np.isnat(later) | (later >= moment))
