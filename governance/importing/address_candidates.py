"""The buildings that an address may mean: where each is, what speaks for it and what against."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from data.derived.answers.unit_names import UnitNames
from data.lake.schema import REGISTER_COLUMNS
from geo.addresses.register import RegisteredBuilding
from geo.addresses.spelling.compare import compare
from geo.shapes.projection import distances_m
from governance.service import Component

MOST_CANDIDATES: Final = 60
MOST_AROUND: Final = 600
_AROUND_DEGREES: Final = 0.0012
_NEAR_M, _FAR_M = 40.0, 150.0
_READ: Final = ("building_id", "std_address", "estate", "building_no", "aliases", "lon", "lat",
                "community_code", "geom")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that speaks for or against a building.

    ``stated``, ``known``: what the address and the register say; of points how many, and metres.
    """

    code: str
    """``estate``, ``street``, ``number`` or ``community`` with ``_same``, ``_alike`` or ``_other``;
    ``points_near``, ``points_far``.
    """
    stated: str
    known: str

    @property
    def is_against(self) -> bool:
        """Whether it speaks against the building."""
        return self.code.endswith(("_other", "_far"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A building that an address may mean; degrees in WGS-84, NaN where nobody knows."""

    building_id: str
    name: str
    std_address: str
    community: str
    lon: float
    lat: float
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> int:
        """How much more speaks for it than against it."""
        return sum(-2 if reason.is_against else 1 for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Outline:
    """A building drawn on the map: its rings of longitude and latitude, or its point alone."""

    building_id: str
    rings: tuple[tuple[tuple[float, float], ...], ...]


class AddressCandidates(Component):
    """Reads candidates from the register."""

    def of(
        self, address: str, ids: Sequence[str], points: np.ndarray
    ) -> tuple[list[Candidate], int]:
        """Return the likeliest candidates, the likeliest first, and how many there are in all.

        ``address``: as it was sent.
        ``points``: longitude and latitude of the rows that have a point, shape (n, 2).
        """
        names = UnitNames(self._engine)
        register = self._buildings(ids)
        register["name"] = names.of("building", register.index)
        register["community"] = names.of("community", register["community_code"])
        found = [self._candidate(address, row, points) for row in register.to_dict("records")]
        order = {unit: place for place, unit in enumerate(ids)}
        found.sort(key=lambda each: (-each.weight, order[each.building_id]))
        return found[:MOST_CANDIDATES], len(found)

    def namesakes(self, candidates: Collection[Candidate]) -> list[str]:
        """Return the estates of candidates whose name stands in several communities."""
        table = self._engine.table("buildings")
        ids = [each.building_id for each in candidates]
        names = table.filter(table["building_id"].isin(ids))["estate"].fill_null("")
        known = table.filter(table["estate"].isin(names), table["estate"] != "")
        counted = known.group_by("estate").agg(communities=known["community_code"].nunique())
        shared = counted.filter(counted["communities"] > 1).order_by("estate").to_pandas()
        return [str(name) for name in shared["estate"]]

    def around(self, candidates: Collection[Candidate]) -> list[Outline]:
        """Return the outlines of candidates and of the buildings beside them, if not too many."""
        placed = [each for each in candidates if np.isfinite(each.lon + each.lat)]
        if not placed:
            return []
        lon, lat = [each.lon for each in placed], [each.lat for each in placed]
        table = self._engine.table("buildings")
        west, east = min(lon) - _AROUND_DEGREES, max(lon) + _AROUND_DEGREES
        south, north = min(lat) - _AROUND_DEGREES, max(lat) + _AROUND_DEGREES
        near = table.filter(table["lon"].between(west, east), table["lat"].between(south, north))
        frame = near.select("building_id", "geom").limit(MOST_AROUND + 1).to_pandas()
        if len(frame) > MOST_AROUND:
            frame = self._buildings([each.building_id for each in placed])
        shapes = shapely.from_wkb(frame["geom"].to_numpy())
        return [
            Outline(str(unit), _rings(shape))
            for unit, shape in zip(frame["building_id"], shapes, strict=True)
            if shape is not None
        ]

    def _buildings(self, ids: Collection[str]) -> pd.DataFrame:
        table = self._engine.table("buildings").select(*_READ)
        frame: pd.DataFrame = table.filter(table["building_id"].isin(sorted(ids))).to_pandas()
        texts = [name for name in _READ if REGISTER_COLUMNS[name] == REGISTER_COLUMNS["estate"]]
        frame[texts] = frame[texts].fillna("")
        return frame.set_index("building_id", drop=False)

    def _candidate(self, address: str, row: Mapping[Any, Any], points: np.ndarray) -> Candidate:
        building = RegisteredBuilding(
            building_id=str(row["building_id"]),
            estate=str(row["estate"]),
            building_no=str(row["building_no"]),
            std_address=str(row["std_address"]),
            aliases=tuple(filter(None, str(row["aliases"]).split(";"))),
            community=str(row["community"]),
        )
        lon, lat = float(row["lon"]), float(row["lat"])
        reasons = [
            Reason(f"{each.part}_{each.verdict}", each.stated, each.known)
            for each in compare(address, building)
        ]
        return Candidate(
            building.building_id,
            str(row["name"]) or building.building_id,
            building.std_address,
            building.community,
            lon,
            lat,
            (*reasons, *_of_points(points, lon, lat)),
        )


def _of_points(points: np.ndarray, lon: float, lat: float) -> list[Reason]:
    """Say how the points of rows lie to a building."""
    if not len(points) or not np.isfinite(lon + lat):
        return []
    gaps = distances_m(
        points[:, 0], points[:, 1], np.full(len(points), lon), np.full(len(points), lat)
    )
    near, far = int((gaps <= _NEAR_M).sum()), gaps > _FAR_M
    found = []
    if near:
        found.append(Reason("points_near", str(near), f"{_NEAR_M:.0f}"))
    if far.any():
        metres = f"{float(np.median(gaps[far])):.0f}"
        found.append(Reason("points_far", str(int(far.sum())), metres))
    return found


def _rings(shape: shapely.Geometry) -> tuple[tuple[tuple[float, float], ...], ...]:
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return tuple(
        tuple((round(x, 6), round(y, 6)) for x, y in polygon.exterior.coords)
        for polygon in polygons
    )
