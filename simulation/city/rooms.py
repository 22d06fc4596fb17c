"""Number the flats, offices and guest rooms of the fictional city's buildings."""

import numpy as np
import pandas as pd

from geo.arrays import Ints

_OFFICE_ROOMS = 20


def draw_rooms(buildings: pd.DataFrame, row: Ints, *, rng: np.random.Generator) -> pd.DataFrame:
    """Draw a room in each building `row`: stairwell (0 none), floor (0 none) and room number.

    Shops, works and schools have no rooms to speak of: their floor and room are 0.
    """
    stairs = buildings["stairwells"].to_numpy()[row]
    floors = buildings["floors"].to_numpy()[row]
    flats = buildings["flats_per_floor"].to_numpy()[row]
    kind = buildings["kind"].to_numpy()[row]
    homes = flats > 0
    roomy = homes | np.isin(kind, ["商务楼宇", "酒店"])
    floor = rng.integers(1, np.maximum(floors, 1) + 1)
    door = rng.integers(1, np.where(homes, np.maximum(flats, 1), _OFFICE_ROOMS) + 1)
    several = homes & (stairs > 1)
    return pd.DataFrame(
        {
            "stairwell": np.where(several, rng.integers(1, np.maximum(stairs, 1) + 1), 0),
            "floor": np.where(roomy, floor, 0),
            "room": np.where(roomy, floor * 100 + door, 0),
        }
    )


def unit_codes(buildings: pd.DataFrame, row: Ints, rooms: pd.DataFrame) -> list[str]:
    """Return unit codes such as 370998001001003B0012-3-1001, empty where there is no room."""
    ids = buildings["building_id"].to_numpy()[row]
    return [
        f"{building}-{stairwell or 1}-{room}" if room else ""
        for building, stairwell, room in zip(ids, rooms["stairwell"], rooms["room"], strict=True)
    ]
