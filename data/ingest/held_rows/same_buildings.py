"""Tell which buildings of two lists are the same by where they stand.

A building is the other where

- either outline covers most of the second, so that two cannot stand there; or
- their outlines share more than half, and their addresses say the same; or
- one of them has no outline, their address is of one building on each side, and they are close.

Those whose outlines share more than half, or that have one address, without more, are doubtful.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.derived.placing.building_register import keys_of_list

BY_PLACE: Final = ("building_id", "std_address", "estate", "building_no", "shape")
"""Columns of a list: ``shape`` is an outline or a point in WGS-84, None without either."""
_SAME_PLACE, _SAME_NAMED_PLACE = 0.8, 0.5
"""Area that two outlines share, of what both cover: enough alone, and with the same address."""
CLOSE_M: Final = 60.0
"""So far apart two points may be that are of one building."""
_METRES: Final = 111_320.0
"""Of a degree of latitude."""

_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SameBuildings:
    """Code in the new list → code that is held, each once."""

    sure: Mapping[str, str] = field(default_factory=dict)
    doubtful: Mapping[str, str] = field(default_factory=dict)


def same_buildings(new: pd.DataFrame, held: pd.DataFrame) -> SameBuildings:
    """Find the held building that each building of a list is; both as `BY_PLACE`."""
    sides = _Side(new), _Side(held)
    sure: dict[_Pair, None] = {}
    doubtful: dict[_Pair, None] = {}
    for pair, share in _by_outlines(*sides):
        same = share >= _SAME_PLACE or _same_address(*sides, pair)
        (sure if same else doubtful)[pair] = None
    paired = [{pair[side] for pair in (*sure, *doubtful)} for side in (0, 1)]
    for pair in _by_addresses(*sides):
        if pair[0] not in paired[0] and pair[1] not in paired[1]:
            (sure if _are_close(*sides, pair) else doubtful)[pair] = None
    codes = sides[0].codes, sides[1].codes
    return SameBuildings(
        *(
            {codes[0][first]: codes[1][second] for first, second in found}
            for found in (sure, doubtful)
        )
    )


class _Side:
    def __init__(self, frame: pd.DataFrame) -> None:
        self.codes = frame["building_id"].to_list()
        self.shapes: NDArray[Any] = frame["shape"].to_numpy(object)
        self.areas = np.nan_to_num(shapely.area(self.shapes))
        self._names = frame

    @cached_property
    def keys(self) -> list[str]:
        """What all spellings of each building's address share, "" where it names none."""
        return keys_of_list(*(self._names[name].fillna("") for name in BY_PLACE[1:-1]))

    @cached_property
    def at_key(self) -> dict[str, int]:
        """Position of the only building of each address."""
        times = Counter(self.keys)
        return {key: at for at, key in enumerate(self.keys) if key and times[key] == 1}


def _by_outlines(new: _Side, held: _Side) -> list[tuple[_Pair, float]]:
    """Pair buildings whose outlines share more than half of what both cover."""
    first, second = shapely.STRtree(held.shapes).query(new.shapes, predicate="intersects")
    drawn = (new.areas[first] > 0) & (held.areas[second] > 0)
    first, second = first[drawn], second[drawn]
    both = shapely.area(shapely.intersection(new.shapes[first], held.shapes[second]))
    share = both / (new.areas[first] + held.areas[second] - both)
    order = np.argsort(-share, kind="stable")
    taken: tuple[set[int], set[int]] = set(), set()
    pairs = []
    for at in order[share[order] > _SAME_NAMED_PLACE].tolist():
        pair = int(first[at]), int(second[at])
        if pair[0] not in taken[0] and pair[1] not in taken[1]:
            taken[0].add(pair[0])
            taken[1].add(pair[1])
            pairs.append((pair, float(share[at])))
    return pairs


def _same_address(new: _Side, held: _Side, pair: _Pair) -> bool:
    """Say whether both addresses name a building and say the same, however fully."""
    first, second = new.keys[pair[0]], held.keys[pair[1]]
    return bool(first and second) and (first.endswith(second) or second.endswith(first))


def _by_addresses(new: _Side, held: _Side) -> list[_Pair]:
    """Pair buildings that alone have an address, where one of both has no outline."""
    if new.areas.all() and held.areas.all():
        return []
    pairs = [(at, held.at_key[key]) for key, at in new.at_key.items() if key in held.at_key]
    return [pair for pair in pairs if not (new.areas[pair[0]] and held.areas[pair[1]])]


def _are_close(new: _Side, held: _Side, pair: _Pair) -> bool:
    first, second = new.shapes[[pair[0]]], held.shapes[[pair[1]]]
    return bool(metres_apart(first, second)[0] <= CLOSE_M)


def metres_apart(shapes: NDArray[Any], others: NDArray[Any]) -> NDArray[np.float64]:
    """Return the distance of each of some shapes (WGS-84) and another, NaN where one is missing."""
    latitudes = shapely.get_coordinates(shapes)[:, 1]
    across = np.cos(np.radians(latitudes.mean())) if len(latitudes) else 1.0
    scale = _METRES * np.array([across, 1.0])
    sides = (shapely.transform(each, lambda points: points * scale) for each in (shapes, others))
    distances: NDArray[np.float64] = shapely.distance(*sides)
    return distances
