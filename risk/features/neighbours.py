"""Events in the k-ring neighbourhood of a building, without the building itself."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.cells import disk, parents
from risk import schema as c
from risk.arrays import changed_texts
from risk.features.empirical_bayes import log_ratio

NEIGHBOUR_STEPS = 1


def add_neighbourhood(
    buildings: pd.DataFrame,
    unlocated: pd.DataFrame,
    *,
    complaint_weight: float,
    prior_events: float,
) -> pd.DataFrame:
    """Add ``ring_events``, ``ring_exposure`` and their log ratio ``ring`` to the buildings.

    ``ring`` is the log of the ring's events per exposure over the city's, drawn to 0 by
    ``prior_events`` (`risk.features.empirical_bayes.log_ratio`); 0 where nothing is known of the
    ring.

    Parameters
    ----------
    buildings
        Sorted by ``building_id``; columns ``h3_r10`` (``''`` unknown), ``exposure`` and the weights
        of complaints, violations and finds.
    unlocated
        The same weights of events that are known to a cell only; they are neighbours of every
        building of the disc.
    complaint_weight
        What a complaint is worth beside a confirmed event.
    prior_events
        Expected events that the city's average is worth.

    The frame: a copy; all three are 0 for a building whose cell is not known.
    """
    of_building = pd.DataFrame(
        {
            c.H3_R10: buildings[c.H3_R10],
            c.RING_EVENTS: count_events(buildings, complaint_weight),
            c.RING_EXPOSURE: buildings[c.EXPOSURE],
        }
    )
    unplaced = pd.DataFrame(
        {c.H3_R10: unlocated[c.H3_R10], c.RING_EVENTS: count_events(unlocated, complaint_weight)}
    ).assign(**{c.RING_EXPOSURE: 0.0})
    everything = pd.concat([of_building, unplaced], ignore_index=True)
    cells = everything[everything[c.H3_R10] != ""].groupby(c.H3_R10, sort=True).sum()
    around = sum_discs(cells).reindex(buildings[c.H3_R10]).fillna(0.0)
    known = (buildings[c.H3_R10] != "").to_numpy()
    added = {
        name: np.where(
            known, np.maximum(around[name].to_numpy() - of_building[name].to_numpy(), 0.0), 0.0
        )
        for name in (c.RING_EVENTS, c.RING_EXPOSURE)
    }
    events, exposure = added[c.RING_EVENTS], added[c.RING_EXPOSURE]
    city_rate = events.sum() / exposure.sum() if exposure.sum() > 0 else 0.0
    ring = log_ratio(events, city_rate * exposure, prior_events)
    return buildings.assign(**added, **{c.RING: ring})


def count_events(frame: pd.DataFrame, complaint_weight: float) -> pd.Series:
    """Add up what a neighbour's events are worth: finds and violations whole, complaints partly."""
    return frame[c.VIOLATIONS] + frame[c.FOUND] + complaint_weight * frame[c.COMPLAINTS]


def parent_cells(cells: pd.Series, resolution: int) -> pd.Series:
    """Return the cell of a coarser resolution about each cell, ``''`` where it is not known."""
    return changed_texts(cells, lambda each: parents(each.to_numpy(dtype=np.str_), resolution))


def sum_discs(cells: pd.DataFrame) -> pd.DataFrame:
    """Add up the columns over each cell of the index and the ring about it."""
    if cells.empty:
        return cells
    names = cells.index.to_numpy(dtype=np.str_)
    source, neighbour, _ = disk(names, NEIGHBOUR_STEPS)
    around = cells.reindex(neighbour).fillna(0.0)
    return around.set_axis(names[source]).groupby(level=0, sort=True).sum()
