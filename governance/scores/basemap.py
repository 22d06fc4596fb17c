"""What the map is drawn on: an imported basemap, or what the register tells of streets."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely

from data.derived.answers.grids_in_force import read_grids_in_force
from data.derived.answers.unit_names import UnitNames
from data.workspace.cache import Cache
from geo.addresses.parse import parse_address
from geo.shapes.street_lines import fit_streets
from governance.access.permissions import Action, Actor, require
from governance.service import Resources, Service

GROUND_COLUMNS: Final = ("kind", "level", "name", "name_en", "geom")
ROAD, FITTED_LEVEL = "道路", "次干道"
_TABLE: Final = "basemap"
Box = Sequence[float]
_OSM: Final = r"^(?:points|lines|multipolygons|gis_osm\w*)/"
OSM_ATTRIBUTION: Final = "© OpenStreetMap contributors (ODbL)"
_LEAST_OF_ESTATE: Final = 3
_DIGIT: Final = re.compile(r"\d")
_ROAD_END: Final = re.compile(r"(?:大道|[路街巷道]|胡同)(?:[东西南北中]段?)?$")
_STREETS: Final = 8
"""Scopes whose fitted streets are kept: a city's addresses take seconds to read."""


@dataclass(frozen=True, slots=True)
class Places:
    """Names and borders as far as a person may see."""

    communities: pd.DataFrame
    """``unit, name, geom``: WKB of the union of its grids, WGS-84."""
    estates: pd.DataFrame
    """``name, lon, lat, buildings``: the middle of each estate of three buildings or more."""


class BasemapService(Service):
    """Services that hand the map what it is drawn on."""

    def __init__(self, resources: Resources) -> None:
        super().__init__(resources)
        self._streets: Cache[pd.DataFrame] = Cache(_STREETS)
        self._attribution: Cache[str] = Cache(1)

    def features(self, actor: Actor) -> pd.DataFrame:
        """Return what is drawn under everything: `GROUND_COLUMNS`, WGS-84.

        The imported basemap, which is no secret; where there is none, streets fitted to the
        addresses of buildings that one may see.
        """
        require(actor, Action.SEE_MAP)
        table = self._engine.table(_TABLE).select(*GROUND_COLUMNS)
        frame: pd.DataFrame = table.to_pandas()
        frame = frame[frame["geom"].notna()].fillna(dict.fromkeys(GROUND_COLUMNS[:4], ""))
        if len(frame):
            return frame.reset_index(drop=True)
        key = (self._engine.name_of_register(), actor.scope)
        return self._streets.get(key, lambda: self._fitted(actor))

    def attribution(self, actor: Actor) -> str:
        """Return who is to be named beside the basemap: what the settings say, or OSM's own."""
        require(actor, Action.SEE_MAP)
        named = self._workspace.settings.map.basemap_attribution
        if named:
            return named
        return self._attribution.get(self._engine.name_of_rows(_TABLE), self._attribution_of_rows)

    def places(self, actor: Actor) -> Places:
        """Return names and borders."""
        require(actor, Action.SEE_MAP)
        return Places(self._communities(actor), self._estates(actor))

    def footprints(self, actor: Actor, box: Box) -> np.ndarray:
        """Return the outlines of buildings in a box, as far as one may see them.

        ``actor``: whose scope holds.
        ``box``: west, south, east and north, degrees; a building's point decides.

        Returns Shapely geometries, shape (n,), WGS-84.
        """
        require(actor, Action.SEE_MAP)
        west, south, east, north = box
        table = actor.scope.of_rows(self._engine.table("buildings"))
        inside = table["lon"].between(west, east) & table["lat"].between(south, north)
        known = table.filter(inside).select("geom").to_pandas()["geom"].dropna()
        return np.asarray(shapely.from_wkb(known.map(bytes).tolist()), dtype=object)

    def _attribution_of_rows(self) -> str:
        table = self._engine.table(_TABLE)
        of_osm = table.filter(table["feature_id"].re_search(_OSM)).limit(1).count().to_pyarrow()
        return OSM_ATTRIBUTION if of_osm.as_py() else ""

    def _communities(self, actor: Actor) -> pd.DataFrame:
        grids = read_grids_in_force(self._engine, "geom")
        grids = grids[grids["geom"].notna()].assign(community_code=grids["grid_code"].str[:12])
        grids = actor.scope.of_frame(grids)
        codes = sorted(set(grids["community_code"]))
        shapes = [
            shapely.union_all(
                shapely.make_valid(shapely.from_wkb(part["geom"].map(bytes).tolist()))
            )
            for _, part in grids.groupby("community_code", sort=True)
        ]
        names = UnitNames(self._engine).of("community", codes)
        return pd.DataFrame({"unit": codes, "name": names, "geom": shapely.to_wkb(shapes)})

    def _estates(self, actor: Actor) -> pd.DataFrame:
        columns = ["building_id", "community_code", "grid_code", "estate", "lon", "lat"]
        table = actor.scope.of_rows(self._engine.table("buildings")).select(*columns)
        frame = table.to_pandas().dropna(subset=["lon", "lat"])
        frame = frame[frame["estate"].fillna("") != ""]
        groups = frame.groupby(["estate", "community_code"], dropna=False, sort=True)
        middles = groups[["lon", "lat"]].median().assign(buildings=groups.size()).reset_index()
        middles = middles[middles["buildings"] >= _LEAST_OF_ESTATE]
        named: pd.DataFrame = middles.rename(columns={"estate": "name"})
        return named[["name", "lon", "lat", "buildings"]]

    def _fitted(self, actor: Actor) -> pd.DataFrame:
        columns = ["building_id", "community_code", "grid_code", "std_address", "lon", "lat"]
        table = actor.scope.of_rows(self._engine.table("buildings")).select(*columns)
        frame = table.to_pandas().dropna(subset=["std_address"])
        streets = roads_of(frame["std_address"])
        lines = fit_streets(frame["lon"].to_numpy(float), frame["lat"].to_numpy(float), streets)
        return pd.DataFrame(
            {
                "kind": ROAD,
                "level": FITTED_LEVEL,
                "name": list(lines),
                "name_en": "",
                "geom": shapely.to_wkb(list(lines.values())) if lines else [],
            },
            columns=list(GROUND_COLUMNS),
        )


def roads_of(addresses: Iterable[str]) -> list[str]:
    """Return the road whose door each address is, "" where it is in an estate or on none.

    The buildings of an estate lie behind its gate, whatever road that is on. A road lies in many
    addresses that differ by their numbers alone: of these one is read, unless the road itself has
    a number in it.
    """
    known: dict[str, str] = {}

    def read(address: str) -> str:
        shape = _DIGIT.sub("0", address)
        if shape not in known:
            known[shape] = road_of(address)
        road = known[shape]
        return road_of(address) if _DIGIT.search(road) else road

    return [read(address) for address in addresses]


def road_of(address: str) -> str:
    """Return the road whose door an address is, "" where there is none."""
    parsed = parse_address(address)
    is_door = bool(parsed.building_no) and not parsed.road
    is_road = parsed.script == "dialect" or _ROAD_END.search(parsed.place)
    return parsed.place if is_door and is_road else ""
