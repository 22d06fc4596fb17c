"""What the map of territories draws: points, whose they are before and after, in which colour.

Neighbouring wardens get different colours out of eight that hold for every kind of sight, and
each territory carries its warden's name, so colour alone tells nothing.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.spatial import cKDTree

# Tol's "muted" scheme without olive, which is too near to sand for some eyes.
HUES = ("#332288", "#88ccee", "#117733", "#ddcc77", "#cc6677", "#44aa99", "#882255", "#aa4499")
NOBODY = "#ffffff"
_NEIGHBOURS = 6
_DECIMALS = 6  # a tenth of a metre


@dataclass(frozen=True, slots=True)
class TerritoryPoints:
    """Buildings as points, and wardens as colours.

    ``lon``, ``lat``: degrees, WGS-84.
    ``before``, ``after``: index of the warden of each point, -1 for none.
    """

    wardens: list[dict[str, Any]]
    """One mapping each: ``id``, ``name``, ``hue``."""
    lon: list[float]
    lat: list[float]
    before: list[int]
    after: list[int]
    names: list[str]
    """What each building is called."""


def lay_out(rows: pd.DataFrame) -> TerritoryPoints:
    """Lay out a proposal's buildings; those without a place on the map are left out.

    ``rows``: ``name, lon, lat, from_id, from_person, to_id, to_person``.
    """
    placed = rows[np.isfinite(rows[["lon", "lat"]].to_numpy(float)).all(axis=1)]
    people: dict[str, str] = {}
    for who, name in (("from_id", "from_person"), ("to_id", "to_person")):
        known = placed[placed[who].notna() & (placed[who] != "")]
        people |= dict(zip(known[who].astype(str), known[name].fillna("").astype(str), strict=True))
    order = sorted(people)
    number = {person: place for place, person in enumerate(order)}
    before = placed["from_id"].map(number).fillna(-1).astype(int).to_numpy()
    after = placed["to_id"].map(number).fillna(-1).astype(int).to_numpy()
    points = placed[["lon", "lat"]].to_numpy(float)
    lon, lat = points.T.tolist()
    hues = choose_hues(points, (before, after), wardens=len(order))
    return TerritoryPoints(
        wardens=[
            {"id": person, "name": people[person] or person, "hue": HUES[hue]}
            for person, hue in zip(order, hues, strict=True)
        ],
        lon=[round(x, _DECIMALS) for x in lon],
        lat=[round(y, _DECIMALS) for y in lat],
        before=before.tolist(),
        after=after.tolist(),
        names=placed["name"].fillna("").astype(str).to_numpy(object).tolist(),
    )


def choose_hues(
    points: NDArray[np.float64], owners: tuple[NDArray[np.int64], ...], *, wardens: int
) -> list[int]:
    """Give each warden a hue, another one than any neighbour's as long as hues last.

    ``points``: shape (n, 2): longitude and latitude in degrees.
    ``owners``: for each state of things the warden of every point, -1 for none.

    Returns index into :data:`HUES` for each warden; the same input gives the same hues.
    """
    borders = np.zeros((wardens, wardens), dtype=int)
    nearest = _nearest(points)
    for owner in owners:
        _count_borders(nearest, owner, borders)
    hues = np.full(wardens, -1)
    for warden in sorted(range(wardens), key=lambda w: (-np.count_nonzero(borders[w]), w)):
        done = np.flatnonzero(hues >= 0)
        near = np.bincount(hues[done], weights=borders[warden, done], minlength=len(HUES))
        used = np.bincount(hues[done], minlength=len(HUES))
        hues[warden] = np.lexsort((used, near))[0]
    return hues.tolist()


def _nearest(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the places of the points nearest to each, itself first, shape (n, k)."""
    if len(points) < 2:  # noqa: PLR2004 -- one point has no neighbour
        return np.zeros((len(points), 1), dtype=np.int64)
    scaled = points * np.array([np.cos(np.radians(points[:, 1].mean())), 1.0])
    _, near = cKDTree(scaled).query(scaled, k=min(_NEIGHBOURS, len(points)))
    return np.asarray(near, dtype=np.int64)


def _count_borders(
    near: NDArray[np.int64], owner: NDArray[np.int64], borders: NDArray[np.int64]
) -> None:
    """Add, for every two wardens, how many pairs of near buildings they share."""
    one = np.repeat(owner, near.shape[1])
    other = owner[near.ravel()]
    differ = (one != other) & (one >= 0) & (other >= 0)
    np.add.at(borders, (one[differ], other[differ]), 1)
    np.add.at(borders, (other[differ], one[differ]), 1)
