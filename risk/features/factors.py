"""What was seen at a building, as the columns that its places take over."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from risk import schema as c
from risk.arrays import Columns, Floats, Table

BASE: Final = "exposure"
"""Name of the points that a unit has for its doors alone, before anything was seen there."""
COUNTED: Final = (
    *(c.COMPLAINTS, c.ADVERTS, c.VIOLATIONS, c.FOUND, c.NOT_FOUND, c.NO_ACCESS),
    *(c.BUSINESS_TENANT, c.SHARED_TENANT, c.SHORT_TERM),
)
"""Decayed weights and counts."""


def factor_columns(buildings: Table, *, usual: Mapping[str, float], reporting: Floats) -> Columns:
    """Return x of each of `COUNTED` that there is, and of the ring, which is a log ratio already.

    Of what is counted x = log(1 + w / (1 + usual)), with ``usual`` what a building of this exposure
    has on the average of the office. So a tenth event says less than the first, and ten events at
    two hundred doors say less than ten at twenty. Nothing seen gives 0, not less: where nobody
    looked nothing is seen. Complaints count relative to how readily the building's community
    reports (`risk.features.reporting`).

    ``buildings``: with exposure; an absent column and an unknown value read 0. Where no advert is
    known they have no column of adverts, and none is returned.
    ``usual``: weight per unit of exposure in the whole office, by column.
    ``reporting``: how readily each building's community reports (`risk.features.reporting`), shape
    (buildings,).

    The result: by name, each shape (buildings,).
    """
    exposure = np.asarray(buildings[c.EXPOSURE], dtype=np.float64)
    columns = {}
    for name in COUNTED:
        if name == c.ADVERTS and name not in buildings:
            continue
        usually = usual.get(name, 0.0) * exposure
        weight = _numbers(buildings, name)
        if name == c.COMPLAINTS:
            weight = weight / reporting
        columns[name] = np.log1p(weight / (1.0 + usually))
    return columns | {c.RING: _numbers(buildings, c.RING)}


def _numbers(buildings: Table, name: str) -> Floats:
    if name not in buildings:
        return np.zeros(len(buildings[c.EXPOSURE]))
    return np.asarray(np.nan_to_num(np.asarray(buildings[name], dtype=np.float64), nan=0.0))
