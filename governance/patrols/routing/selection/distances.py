"""What is near: straight lines from one place to many, and who is company to whom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geo.shapes.projection import distances_between_m, distances_m
from governance.patrols.routing.model.problem import Bools, Floats, Shift


def start_metres(shifts: Sequence[Shift], lon: Floats, lat: Floats, *, factor: float) -> Floats:
    """Return straight lines times a factor from each shift's start, shape (s, n); 0 without one."""
    metres = np.zeros((len(shifts), len(lon)))
    for number, shift in enumerate(shifts):
        if shift.lon is not None and shift.lat is not None:
            metres[number] = distances_m(shift.lon, shift.lat, lon, lat) * factor
    return metres


def within_decoy_range(lon: Floats, lat: Floats, *, within_m: float) -> Bools:
    """Say which of n places are company to each other: near, and not the same; shape (n, n)."""
    if not len(lon):
        return np.zeros((0, 0), dtype=bool)
    close: Bools = distances_between_m(lon, lat) <= within_m
    np.fill_diagonal(close, val=False)
    return close
