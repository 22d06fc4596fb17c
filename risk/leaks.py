"""Prove that nothing from after the cut can reach a score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis

from geo.errors import GridwardenError
from risk.signals import LEARNT_AT

if TYPE_CHECKING:
    from datetime import datetime

    from risk.signals import FeatureSource

GUARDED: Final = ("buildings", "complaints", "rentals", "violations", "inspections")


class LeakError(GridwardenError):
    """An engine handed out rows that were learnt at or after the cut."""


def guard_against_leaks(source: FeatureSource, *, cut: datetime) -> None:
    """Check every table that a score reads.

    Features leave such rows out by themselves; that an engine offers them means that some other
    column may have been written with later knowledge, so an evaluation must stop.

    Raises
    ------
    LeakError
        With the number of rows per table learnt at or after the cut.
    """
    late: dict[str, int] = {}
    for name in GUARDED:
        table = source.table(name, cut=cut)
        count = table.filter(table[LEARNT_AT] >= ibis.literal(cut)).count()
        late[name] = int(count.to_pyarrow().as_py())
    found = {name: count for name, count in late.items() if count}
    if found:
        rows = ", ".join(f"{name} {count}" for name, count in found.items())
        raise LeakError("rows_from_after_the_cut", rows=rows, cut=cut.isoformat())
