"""Measure an assignment: balance, strays, distance."""

from dataclasses import dataclass

import numpy as np

from governance.responsibility.assignment.solver.adjacency import find_strays, link_neighbours
from governance.responsibility.assignment.solver.problem import (
    NOBODY,
    Bools,
    Floats,
    Instance,
    Ints,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What an assignment is like."""

    max_over_mean: float
    """Largest load of a warden over what it would be if all was as even as the areas allow, which
    is the mean of an area where nobody serves two; 1 is even.
    """
    over_mean: Floats
    """The same of each warden, not a number for one who is absent."""
    stray: Bools
    """Which buildings lie apart from the rest of their warden's territory."""
    distance_m: Floats
    """Of each building from the centre of its warden's territory; 0 for one without."""


def measure(instance: Instance, warden: Ints) -> Measures:
    """Measure an assignment of an instance; buildings of absent wardens count as nobody's."""
    is_served = (warden != NOBODY) & instance.available[np.maximum(warden, 0)]
    held = np.where(is_served, warden, NOBODY)
    over = np.full(instance.wardens, np.nan)
    stray = np.zeros(instance.buildings, dtype=bool)
    for rows, wardens in instance.parts():
        part_held = held[rows]
        given = rows[part_held != NOBODY]
        if len(wardens):
            load = np.bincount(held[given], instance.load[given], instance.wardens)[wardens]
            over[wardens] = load / instance.fair(rows, wardens)
        if len(given):
            links = link_neighbours(instance.x_m[rows], instance.y_m[rows])
            free = instance.fixed[rows] == NOBODY
            stray[rows] = find_strays(links, part_held, instance.load[rows], counts=free)
    known = over[np.isfinite(over)]
    return Measures(
        max_over_mean=float(known.max()) if len(known) else 0.0,
        over_mean=over,
        stray=stray,
        distance_m=_distances(instance, held),
    )


def _distances(instance: Instance, held: Ints) -> Floats:
    rows = np.flatnonzero(held != NOBODY)
    who, load = held[rows], instance.load[rows]
    total = np.bincount(who, load, instance.wardens)
    total = np.where(total > 0, total, 1.0)
    x, y = (
        np.bincount(who, load * c[rows], instance.wardens) / total
        for c in (instance.x_m, instance.y_m)
    )
    distance = np.zeros(instance.buildings)
    distance[rows] = np.hypot(instance.x_m[rows] - x[who], instance.y_m[rows] - y[who])
    return distance
