"""The places that visits are to: buildings, or licensed units in them."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from geo.arrays import Floats
from simulation.city.city import City

_UNITS_PER_BUILDING = {
    "商铺": 1.6,
    "商住": 2.0,
    "商务楼宇": 3.0,
    "酒店": 1.2,
    "住宅": 0.35,
    "公建": 0.6,
    "厂房": 0.3,
    "其他": 0.3,
}
_PLACE_KINDS = ("托管小饭桌", "机构", "咖啡厅", "自习室", "其他")
_KIND_SHARES = (0.34, 0.22, 0.18, 0.12, 0.14)
_KIND_PULL = np.array([1.7, 1.2, 0.8, 0.6, 0.4])
_PARTIES_PER_UNIT, _PARTY_SPREAD, _PULL_SHAPE = 0.7, 0.5, 1.2


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where visits are to."""

    city: City
    """The city with one row of ``buildings`` per place, as `simulate_town` takes it."""
    table: pd.DataFrame
    """One row per place: ``building_id``, ``unit_id``, ``party_key``, ``place_kind`` (all ``''``
    where places are buildings), ``community_code``, ``grid_code``.
    """
    pull: Floats | None = None
    """Each place's own pull, shape (places,), above 0; None where it is the building's."""


def buildings_of(city: City) -> Places:
    """Return the buildings themselves."""
    return Places(city=city, table=_table(city))


def licences_of(city: City, *, rng: np.random.Generator) -> Places:
    """Draw licensed units, mostly in shops and offices; an operator may have several.

    What a unit is, who runs it and its own character make its risk, each in its own right.
    """
    mean = city.buildings["kind"].map(_UNITS_PER_BUILDING).to_numpy(np.float64)
    building = np.repeat(np.arange(len(mean)), rng.poisson(mean))
    count = len(building)
    rows = city.buildings.iloc[building].reset_index(drop=True)
    placed = replace(city, buildings=rows, footprints=city.footprints[building])
    kind = rng.choice(len(_PLACE_KINDS), count, p=_KIND_SHARES)
    parties = max(1, round(_PARTIES_PER_UNIT * count))
    party = rng.integers(0, parties, count)
    pull = _KIND_PULL[kind] * rng.lognormal(0.0, _PARTY_SPREAD, parties)[party]
    pull *= rng.gamma(_PULL_SHAPE, 1 / _PULL_SHAPE, count)
    number = rows.groupby("building_id").cumcount() + 1
    table = _table(placed).assign(
        unit_id=rows["building_id"] + [f"L{each:02d}" for each in number],
        party_key=[f"party-{each:06d}" for each in party],
        place_kind=np.array(_PLACE_KINDS, dtype=object)[kind],
    )
    return Places(city=placed, table=table, pull=np.asarray(pull, dtype=np.float64))


def _table(city: City) -> pd.DataFrame:
    codes = city.grids["grid_code"].to_numpy()[city.buildings["grid"]]
    return pd.DataFrame(
        {
            "building_id": city.buildings["building_id"].to_numpy(),
            "unit_id": "",
            "party_key": "",
            "place_kind": "",
            "community_code": [code[:12] for code in codes],
            "grid_code": codes,
        }
    )
