"""What is near: straight lines from one place to many, and who is company to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.routes.order import EARTH_RADIUS_M, distances_between_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from governance.patrols.routing.model.problem import Bools, Floats, Shift


def metres_from(lon: float, lat: float, to_lon: Floats, to_lat: Floats) -> Floats:
    """Return straight metres from a WGS-84 place to places some kilometres away at most."""
    x = np.radians(to_lon - lon) * np.cos(np.radians(lat))
    metres: Floats = np.hypot(x, np.radians(to_lat - lat)) * EARTH_RADIUS_M
    return metres


def start_metres(shifts: Sequence[Shift], lon: Floats, lat: Floats, *, factor: float) -> Floats:
    """Return straight lines times a factor from each shift's start, shape (s, n); 0 without one."""
    metres = np.zeros((len(shifts), len(lon)))
    for number, shift in enumerate(shifts):
        if shift.lon is not None and shift.lat is not None:
            metres[number] = metres_from(shift.lon, shift.lat, lon, lat) * factor
    return metres


def company_of(lon: Floats, lat: Floats, *, within_m: float) -> Bools:
    """Say which of n places are company to each other: near, and not the same; shape (n, n)."""
    if not len(lon):
        return np.zeros((0, 0), dtype=bool)
    close: Bools = distances_between_m(lon, lat) <= within_m
    np.fill_diagonal(close, val=False)
    return close
