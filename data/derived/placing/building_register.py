"""The register of buildings: an imported layer, or made from the addresses of other tables.

Where an office has a building layer, that is the register. Where it has none, every address down
to a building that rentals, inspections or violations mention is a building: rows whose normalised
addresses are equal are in the same one. Where most rows have a point and no such address, their
points are the buildings. It stands where the first of them that were learnt with a
point say (their median), so that later rows do not move it. So a row that has only an address is
placed by another row of the same building that has a point.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from data.derived.join import columns_of, to_schema
from data.lake.schema import ENDED_ON, REGISTER_COLUMNS
from data.lake.validity import ALWAYS
from geo.addresses.dialect import selected_dialect
from geo.cells import cells_of_points
from geo.shapes.assign_grids import assign_to_grids
from geo.shapes.footprints import BuildingIndex

Floats = NDArray[np.float64]

CELL_RESOLUTION = 10
COMMUNITY_DIGITS = 12
MADE_ID_DIGITS = 12
REGISTER_SCHEMA: Final = pa.schema(list(REGISTER_COLUMNS.items()))
_POINT_DIGITS: Final = 5
"""Of degrees: points that agree so far, about a metre, are one building's."""
_OF_LAYER: Final = ("other_code", "estate", "building_no", "aliases", "kind")
_HAN: Final = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Grids:
    """The official grids: code, community code and border (WGS-84) of each."""

    codes: NDArray[np.object_]
    communities: NDArray[np.object_]
    borders: NDArray[np.object_]

    @classmethod
    def of(cls, rows: pd.DataFrame) -> Self:
        """Take the grids with a border from the rows of the grids table."""
        borders = shapely.from_wkb(rows["geom"].to_numpy(object))
        usable = ~shapely.is_missing(borders) & ~shapely.is_empty(borders)
        rows, borders = rows[usable], borders[usable]
        codes = rows["grid_code"].to_numpy(object)
        given = rows["community_code"].to_numpy(object)
        return cls(codes, grid_communities(codes, given), borders)

    def positions_of(self, lon: Floats, lat: Floats) -> NDArray[np.intp]:
        """Return the grid that each point is in, -1 where it is in none."""
        if not len(self.codes):
            return np.full(len(lon), -1, dtype=np.intp)
        return assign_to_grids(lon, lat, grids=self.borders, codes=self.codes).index.astype(np.intp)

    def codes_of(self, positions: NDArray[np.intp]) -> tuple[NDArray[np.object_], ...]:
        """Return grid and community codes at positions, None at -1."""
        known = positions >= 0
        columns = []
        for values in (self.codes, self.communities):
            taken = np.full(len(positions), None, dtype=object)
            taken[known] = values[positions[known]]
            columns.append(taken)
        return tuple(columns)


def grid_communities(codes: NDArray[np.object_], given: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the community code of each grid: the given one, else the first 12 digits, or None."""
    prefixes = [code[:COMMUNITY_DIGITS] if len(code) > COMMUNITY_DIGITS else None for code in codes]
    return np.where(pd.isna(given), np.array(prefixes, object), given)


NO_GRIDS = Grids(*(np.array([], dtype=object) for _ in range(3)))


def register_of_layer(rows: pd.DataFrame, grids: Grids) -> pa.Table:
    """Return the register from the rows of an imported building layer.

    A building without coordinates gets a point inside its footprint; one without an address is
    called by its estate and number. Grid and community come from the grids where those have
    borders, else from the layer.
    """
    shapes = shapely.from_wkb(rows["geom"].to_numpy(object))
    inside = shapely.point_on_surface(shapes)
    lon = _first_known(rows["lon"], shapely.get_x(inside))
    lat = _first_known(rows["lat"], shapely.get_y(inside))
    named = (rows["estate"].fillna("") + rows["building_no"].fillna("")).replace("", None)
    addresses = rows["std_address"].where(rows["std_address"].notna(), named)
    frame = pd.DataFrame(
        {
            "building_id": rows["building_id"],
            "std_address": addresses,
            **{name: rows[name] for name in _OF_LAYER},
            **{name: rows[name] for name in ("household_count", "rental_count")},
            "lon": lon,
            "lat": lat,
            "made": False,
            "learnt_at": ALWAYS,
            ENDED_ON: rows[ENDED_ON],
            "geom": rows["geom"],
        }
    )
    return _finished(frame, grids, given=rows[["grid_code", "community_code"]])


def register_of_addresses(rows: pd.DataFrame, grids: Grids) -> pa.Table:
    """Return the register made from rows that mention addresses.

    ``rows``: ``building_id`` (as the sender gave it, may be missing), ``raw_address``, ``lon``,
    ``lat``, ``learnt_at``; one row per row of the tables that make the register.
    ``grids``: the official grids, to say which grid each building is in.
    """
    from geo.addresses.spelling.japanese import in_one_style  # as in `building_key`

    codes, uniques = pd.factorize(rows["raw_address"].fillna("").astype(object))
    keys = [building_key(address) for address in in_one_style(list(uniques))]
    names = [display_name(key, address) for key, address in zip(keys, uniques, strict=True)]
    frame = rows.assign(
        key=np.array(keys, dtype=object)[codes], shown=np.array(names, dtype=object)[codes]
    )
    plain = np.array([not _HAN.search(address) for address in uniques], dtype=bool)
    frame = _named_by_points(frame, plain[codes])
    frame["building_id"] = _made_ids(frame)
    frame = frame[frame["building_id"] != ""]
    group, ids = pd.factorize(frame["building_id"], sort=True)
    lon, lat = frame["lon"].to_numpy(float), frame["lat"].to_numpy(float)
    learnt, located = frame["learnt_at"].to_numpy("datetime64[us]"), np.isfinite(lon)
    begun = _earliest(learnt[located], group[located], len(ids))
    first = located & (learnt == begun[group])
    points = pd.DataFrame({"lon": lon[first], "lat": lat[first]}).groupby(group[first]).median()
    made = points.reindex(range(len(ids))).assign(
        building_id=ids,
        std_address=ids.map(_commonest_names(frame)),
        learnt_at=_earliest(learnt, group, len(ids)),
        made=True,
    )
    return _finished(made, grids, given=None)


def _earliest(
    times: NDArray[np.datetime64], group: NDArray[np.intp], groups: int
) -> NDArray[np.datetime64]:
    """Return the first time of each of so many groups, none where no row is of the group."""
    first = np.full(groups, np.datetime64("NaT", "us"))
    np.fmin.at(first, group, times)
    return first


def _named_by_points(frame: pd.DataFrame, plain: NDArray[np.bool_]) -> pd.DataFrame:
    """Name rows by their points, where most rows with a point name no building otherwise.

    ``plain``: rows without an address, or with one that holds no Chinese character.
    """
    pointed = (frame["lon"] + frame["lat"]).notna()
    nameless = (frame["key"] == "") & (frame["building_id"].fillna("") == "") & pointed
    if 2 * nameless.sum() <= pointed.sum():
        return frame
    points = frame.loc[nameless & plain, ["lat", "lon"]].round(_POINT_DIGITS).astype(str)
    texts = points["lat"] + ", " + points["lon"]
    return frame.assign(**{name: frame[name].where(~(nameless & plain), texts)
                           for name in ("key", "shown")})  # fmt: skip


def building_key(address: str) -> str:
    """Return what two spellings of one building's address share, '' when it names no building."""
    from geo.addresses.parse import parse_address  # compiles many expressions

    parsed = parse_address(address)
    return parsed.key if parsed.names_building else ""


def display_name(key: str, address: str) -> str:
    """Return what a building made from an address is called: its key, or as its dialect says."""
    chinese = _HAN.search(address) or not key
    return key if chinese else selected_dialect().display_name(key, address)


def made_building_id(key: str) -> str:
    """Return the id of a building made from a normalised address."""
    digest = hashlib.sha1(key.encode(), usedforsecurity=False).hexdigest()
    return f"B{digest[:MADE_ID_DIGITS]}"


def keys_of_list(
    addresses: Iterable[str], estates: Iterable[str], numbers: Iterable[str]
) -> list[str]:
    """Return `building_key` of each row of a list of buildings, by its three columns of names."""
    return [
        building_key(f"{address or estate}{'' if number in address else number}")
        for address, estate, number in zip(addresses, estates, numbers, strict=True)
    ]


def codes_of_list(rows: Mapping[str, pa.Array], row_hash: pa.Array) -> pa.Array:
    """Return the code of each row of a list of buildings: its own, or one made of its address.

    So a list without codes names the same buildings when it comes again, and those that the
    addresses of other tables had made.

    ``rows``: ``building_id``, ``estate``, ``building_no`` and ``std_address``.
    ``row_hash``: what tells apart rows that name no building.
    """
    given = rows["building_id"]
    if not given.null_count:
        return given
    names = (rows[name].fill_null("").to_pylist() for name in ("estate", "building_no"))
    addresses = rows["std_address"].fill_null("").to_pylist()
    listed = keys_of_list(addresses, *names)
    keys = [key or content for key, content in zip(listed, row_hash.to_pylist(), strict=True)]
    return pc.coalesce(given, pa.array(map(made_building_id, keys), given.type))


def _made_ids(frame: pd.DataFrame) -> list[str]:
    """Return each row's building: the sender's code, else the one its address shares, else made."""
    given, keys = frame["building_id"].fillna("").to_list(), frame["key"].to_list()
    codes: dict[str, set[str]] = {key: set() for key in keys if key}
    for code, key in zip(given, keys, strict=True):
        if code and key:
            codes[key].add(code)
    ids = {key: min(shared) if len(shared) == 1 else made_building_id(key)
           for key, shared in codes.items()}  # fmt: skip
    return [code or ids.get(key, "") for code, key in zip(given, keys, strict=True)]


def _commonest_names(frame: pd.DataFrame) -> dict[str, str]:
    """Return the most frequent name of each building; ties to the first by text."""
    named = frame.loc[frame["key"] != "", ["building_id", "shown"]]
    counts = Counter(zip(named["building_id"].to_list(), named["shown"].to_list(), strict=True))
    return dict(sorted(sorted(counts, reverse=True), key=counts.__getitem__))


def _finished(frame: pd.DataFrame, grids: Grids, *, given: pd.DataFrame | None) -> pa.Table:
    lon, lat = frame["lon"].to_numpy(float), frame["lat"].to_numpy(float)
    grid, community = grids.codes_of(grids.positions_of(lon, lat))
    if given is not None:
        grid = np.where(pd.isna(grid), given["grid_code"].to_numpy(object), grid)
        community = np.where(
            pd.isna(community), given["community_code"].to_numpy(object), community
        )
    complete = frame.assign(
        h3_r10=cells_at(lon, lat),
        grid_code=grid,
        community_code=community,
    ).sort_values("building_id")
    known = pa.schema([field for field in REGISTER_SCHEMA if field.name in complete])
    table = pa.Table.from_pandas(complete, schema=known, preserve_index=False)
    return to_schema(columns_of(table), REGISTER_SCHEMA, table.num_rows)


def cells_at(lon: Floats, lat: Floats) -> NDArray[np.object_]:
    """Return the H3 cell of resolution 10 that each point is in, None where there is no point."""
    cells = cells_of_points(lon, lat, resolution=CELL_RESOLUTION).astype(object)
    cells[cells == ""] = None
    return cells


def _first_known(given: pd.Series, otherwise: Floats) -> Floats:
    values = given.to_numpy(float)
    return np.where(np.isfinite(values), values, otherwise)


def index_of(register: pa.Table) -> BuildingIndex:
    """Return what finds the building that a point is in."""
    ids = register["building_id"].to_numpy(zero_copy_only=False)
    return BuildingIndex(footprints_of(register), ids)


def footprints_of(register: pa.Table) -> NDArray[np.object_]:
    """Return each building's outline, or its point where only that is known."""
    footprints: NDArray[np.object_] = shapely.from_wkb(
        register["geom"].to_numpy(zero_copy_only=False)
    )
    lon, lat = register["lon"].to_numpy(), register["lat"].to_numpy()
    only_points = shapely.is_missing(footprints) & np.isfinite(lon)
    footprints[only_points] = shapely.points(lon[only_points], lat[only_points])
    return footprints
