"""Buildings that no longer stand: those that an office said here, and the days in the register.

The register says in ``ended_on`` the first day on which a building does not stand: by what was said
here, else by the imported layer. Its rows stay, whatever ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from data.lake.schema import ENDED_ON, TIME

if TYPE_CHECKING:
    import pandas as pd
    from ibis.expr.types import Table

    from data.store.unit_of_work import UnitOfWork

SETTING: Final = "buildings_ended"
"""Name under which the store keeps them, by building."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildingEnd:
    """From when a building no longer stands, why, and who said so."""

    ended_on: date
    """The first day without it."""
    reason: str
    by: str
    """Account."""
    at: datetime
    """Aware."""


def read_ends(unit: UnitOfWork) -> dict[str, BuildingEnd]:
    """Return what was said here, by building."""
    stored = unit.settings.get(SETTING, {})
    return {building: _read(stored[building]) for building in sorted(stored)}


def read_end_days(unit: UnitOfWork) -> dict[str, date]:
    """Return building → the first day without it, of those that were said here."""
    return {building: end.ended_on for building, end in read_ends(unit).items()}


def write_ends(unit: UnitOfWork, ends: Mapping[str, BuildingEnd]) -> None:
    """Write what was said, in place of all before."""
    rows = {building: {"ended_on": str(end.ended_on), "reason": end.reason, "by": end.by,
                       "at": end.at.isoformat()}
            for building, end in ends.items()}  # fmt: skip
    unit.settings.put(SETTING, rows)


def with_ends(register: pa.Table, ended: Mapping[str, date]) -> pa.Table:
    """Return a register of buildings with the days on which some ended, in place of its own."""
    if not ended:
        return register
    days = {building: datetime.combine(day, time.min) for building, day in ended.items()}
    pairs = zip(register["building_id"].to_pylist(), register[ENDED_ON].to_pylist(), strict=True)
    column = pa.array([days.get(building, given) for building, given in pairs], TIME)
    return register.set_column(register.schema.get_field_index(ENDED_ON), ENDED_ON, column)


def standing(register: Table, on: date) -> Table:
    """Keep the buildings of a register that stand on a day."""
    import ibis

    ended = register[ENDED_ON]
    day = ibis.literal(datetime.combine(on, time.min))
    return register.filter(ended.isnull() | (ended > day))  # noqa: PD003 -- an Ibis column


def ends_in(register: Table) -> dict[str, date]:
    """Return the first day without each building of a register that ends, be it still to come."""
    rows = register.select("building_id", ENDED_ON).drop_null(ENDED_ON).to_pyarrow()
    days = zip(rows["building_id"].to_pylist(), rows[ENDED_ON].to_pylist(), strict=True)
    return {building: ended.date() for building, ended in days}


def ended_by(register: Table, on: date) -> dict[str, date]:
    """Return the first day without each building of a register that does not stand on a day."""
    return {building: ended for building, ended in ends_in(register).items() if ended <= on}


def stands(buildings: pd.DataFrame, on: date | pd.Series[Any]) -> pd.Series[Any]:
    """Say of each row of buildings whether it stands on a day, or on a day of its own."""
    ended = buildings[ENDED_ON].astype("datetime64[us]")
    return ended.isna() | (ended > (np.datetime64(on, "us") if isinstance(on, date) else on))


def _read(row: Mapping[str, Any]) -> BuildingEnd:
    return BuildingEnd(
        ended_on=date.fromisoformat(row["ended_on"]), reason=row["reason"], by=row["by"],
        at=datetime.fromisoformat(row["at"]),
    )  # fmt: skip
