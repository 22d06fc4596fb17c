"""Events in the k-ring neighbourhood of a building, without the building itself."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.cells import disk
from risk import columns as c

NEIGHBOUR_STEPS = 1


def add_neighbourhood(
    buildings: pd.DataFrame,
    unlocated: pd.DataFrame,
    *,
    complaint_weight: float,
    prior_events: float,
) -> pd.DataFrame:
    """Add ``ring_events``, ``ring_exposure`` and their log ratio ``ring`` to the buildings.

    Parameters
    ----------
    buildings
        Sorted by ``building_id``; columns ``h3_r10`` (``''`` unknown), ``exposure`` and the weights
        of complaints, violations and finds.
    unlocated
        The same weights of events that are known to a cell only; they are neighbours of every
        building of the disc.
    complaint_worth
        What a complaint is worth beside a confirmed event.
    prior_events
        See `neighbourhood_log_ratio`.

    Returns
    -------
    DataFrame
        A copy; all three are 0 for a building whose cell is not known.
    """
    own = pd.DataFrame(
        {
            c.H3_R10: buildings[c.H3_R10],
            c.RING_EVENTS: count_events(buildings, complaint_weight),
            c.RING_EXPOSURE: buildings[c.EXPOSURE],
        }
    )
    around = pd.DataFrame(
        {c.H3_R10: unlocated[c.H3_R10], c.RING_EVENTS: count_events(unlocated, complaint_weight)}
    ).assign(**{c.RING_EXPOSURE: 0.0})
    everything = pd.concat([own, around], ignore_index=True)
    cells = everything[everything[c.H3_R10] != ""].groupby(c.H3_R10, sort=True).sum()
    discs = _sum_discs(cells)
    there = discs.reindex(buildings[c.H3_R10]).fillna(0.0)
    known = (buildings[c.H3_R10] != "").to_numpy()
    added = {
        name: np.where(known, np.maximum(there[name].to_numpy() - own[name].to_numpy(), 0.0), 0.0)
        for name in (c.RING_EVENTS, c.RING_EXPOSURE)
    }
    buildings = buildings.assign(**added)
    return buildings.assign(
        **{c.RING: neighbourhood_log_ratio(buildings, prior_events=prior_events)}
    )


def neighbourhood_log_ratio(buildings: pd.DataFrame, *, prior_events: float) -> np.ndarray:
    """Return the log of a ring's events per exposure over the city's, shrunk towards 0.

    log((R + k) / (r·X + k)) with R events and X exposure of the ring, r the city's events per
    exposure and k ``prior_events``: the posterior mean of a Gamma-Poisson relative risk (Clayton
    and Kaldor 1987). 0 where nothing is known of the ring.
    """
    events = buildings[c.RING_EVENTS].to_numpy(np.float64)
    exposure = buildings[c.RING_EXPOSURE].to_numpy(np.float64)
    total = exposure.sum()
    city_rate = events.sum() / total if total > 0 else 0.0
    return np.asarray(np.log((events + prior_events) / (city_rate * exposure + prior_events)))


def count_events(frame: pd.DataFrame, complaint_weight: float) -> pd.Series:
    """Add up what a neighbour's events are worth: finds and violations whole, complaints partly."""
    return frame[c.VIOLATIONS] + frame[c.FOUND] + complaint_weight * frame[c.COMPLAINTS]


def _sum_discs(cells: pd.DataFrame) -> pd.DataFrame:
    if cells.empty:
        return cells
    names = cells.index.to_numpy(dtype=np.str_)
    source, neighbour, _ = disk(names, NEIGHBOUR_STEPS)
    around = cells.reindex(neighbour).fillna(0.0)
    return around.set_axis(names[source]).groupby(level=0, sort=True).sum()
