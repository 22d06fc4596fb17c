"""Build a fictional street office: communities, official grids and buildings with footprints.

The plan is drawn on straight streets in metres, bent and turned as a whole, and only then set
down on the globe; so streets curve, grids share their borders exactly, and every building stands
in exactly one grid.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.arrays import Floats, Geometries, Ints
from geo.shapes.projection import EARTH_RADIUS_M
from simulation.city import addresses, names
from simulation.city.layout import KINDS, LAND_USES, PUBLIC, Block, lay_out_block, rectangles

CENTRE_LON, CENTRE_LAT = 117.362, 36.048
"""Open country east of Mount Tai: a plausible place in Shandong where no such city stands."""

COMMUNITY_W_M, COMMUNITY_H_M, STEP_M = 960, 720, 40
COMMUNITIES_PER_STREET, COLUMNS_PER_STREET = 12, 4
BUILDINGS_PER_COMMUNITY, BUILDINGS_PER_GRID = 250, 33
_GRID_SHAPES = ((2, 3), (2, 4), (3, 3))
_GRID_SHAPE_SHARES = (0.35, 0.35, 0.30)


@dataclass(frozen=True, kw_only=True)
class CityPlan:
    """How large a city to invent (20 to 2,000,000 buildings) and from which seed."""

    buildings: int = 3_000
    seed: int = 20_261_124

    def __post_init__(self) -> None:
        """Refuse sizes for which the plan makes no sense."""
        if not 20 <= self.buildings <= 2_000_000:  # noqa: PLR2004 -- the documented range
            msg = f"buildings must be between 20 and 2000000, not {self.buildings}"
            raise ValueError(msg)

    @property
    def communities(self) -> int:
        """Return the number of communities: twelve for every street of 3,000 buildings."""
        return max(1, round(self.buildings / BUILDINGS_PER_COMMUNITY))


@dataclass(frozen=True, kw_only=True)
class City:
    """A finished city. Frames are aligned with the geometry arrays, which are WGS-84.

    `communities`: community_code, community, street, x, y. `grids`: grid_code, name, community,
    community_code, street, land_use, households. `buildings`: building_id, estate, building_no,
    std_address, road, road_no, aliases, kind, floors, stairwells, flats_per_floor, households,
    rentals, manager_org, owner_org, community (index), grid (index), land_use, x, y (metres).
    `blocks`: of each grid its west, south, east and north on the straight plan (metres) and its
    use; `community_edges`: norths and souths of communities there.
    """

    plan: CityPlan
    communities: pd.DataFrame
    grids: pd.DataFrame
    buildings: pd.DataFrame
    borders: Geometries
    footprints: Geometries
    blocks: pd.DataFrame
    community_edges: Floats


def build_city(plan: CityPlan, *, rng: np.random.Generator) -> City:
    """Invent the city of `plan`; the same plan and generator state give the same city."""
    communities = _lay_communities(plan.communities)
    grids = _lay_grids(communities, plan, rng=rng)
    counts = _allot(plan.buildings, grids["weight"].to_numpy())
    buildings, rings = _lay_buildings(grids, counts, rng=rng)
    buildings = addresses.address_buildings(buildings, grids, communities, rng=rng)
    homes = buildings.groupby("grid")["households"].sum()
    grids = grids.assign(households=homes.reindex(grids.index, fill_value=0))
    edges = grids[["west", "south", "east", "north"]].to_numpy()
    borders = shapely.polygons([shapely.linearrings(settle(_edge_points(*e))) for e in edges])
    footprints = shapely.polygons(settle(rings))
    bent = bend(np.stack([buildings["x"], buildings["y"]], axis=-1))
    return City(
        plan=plan,
        communities=communities,
        grids=grids.drop(columns=["weight", "west", "south", "east", "north"]),
        buildings=buildings.assign(x=bent[:, 0], y=bent[:, 1]),
        borders=np.asarray(borders, dtype=object),
        footprints=np.asarray(footprints, dtype=object),
        blocks=grids[["west", "south", "east", "north"]].assign(
            use=np.array([each.name for each in LAND_USES])[grids["land_use"]]
        ),
        community_edges=np.unique([communities["y"], communities["y"] - COMMUNITY_H_M]),
    )


def bend(points: Floats) -> Floats:
    """Turn and bend the straight plan (metres, last axis x and y) so that its streets curve."""
    x, y = points[..., 0], points[..., 1]
    bent_x = x + 34.0 * np.sin(y / 610.0) + 18.0 * np.sin(x / 830.0 + 1.0)
    bent_y = y + 28.0 * np.sin(x / 740.0 + 0.6) + 16.0 * np.sin(y / 900.0)
    turn = np.deg2rad(-6.5)
    return np.stack(
        [
            bent_x * np.cos(turn) - bent_y * np.sin(turn),
            bent_x * np.sin(turn) + bent_y * np.cos(turn),
        ],
        axis=-1,
    )


def to_globe(points: Floats) -> Floats:
    """Set metres east and north of the centre down as WGS-84 longitude and latitude, degrees."""
    scale = np.rad2deg(1.0 / EARTH_RADIUS_M)
    lon = CENTRE_LON + points[..., 0] * scale / np.cos(np.deg2rad(CENTRE_LAT))
    return np.stack([lon, CENTRE_LAT + points[..., 1] * scale], axis=-1)


def settle(points: Floats) -> Floats:
    """Bend places of the straight plan and set them down as longitude and latitude, degrees."""
    return np.round(to_globe(bend(points)), 9)


def _lay_communities(count: int) -> pd.DataFrame:
    """Set communities side by side, four by three in each street office."""
    index = np.arange(count)
    street, inside = index // COMMUNITIES_PER_STREET, index % COMMUNITIES_PER_STREET
    streets_across = max(1, round(np.sqrt(street.max() + 1)))
    rows = COMMUNITIES_PER_STREET // COLUMNS_PER_STREET
    column = street % streets_across * COLUMNS_PER_STREET + inside % COLUMNS_PER_STREET
    row = street // streets_across * rows + inside // COLUMNS_PER_STREET
    street_code = [f"{names.DISTRICT_CODE}{s + 1:03d}" for s in street]
    street_names = names.street_names(int(street.max()) + 1)
    return pd.DataFrame(
        {
            "community_code": [f"{c}{i + 1:03d}" for c, i in zip(street_code, inside, strict=True)],
            "community": names.community_names(count),
            "street": [street_names[s] for s in street],
            "street_no": street,
            "x": column * COMMUNITY_W_M * 1.0 - min(COLUMNS_PER_STREET, count) * COMMUNITY_W_M / 2,
            "y": -row * COMMUNITY_H_M * 1.0,
        }
    )


def _grid_shapes(plan: CityPlan, *, rng: np.random.Generator) -> Ints:
    """Draw how many rows and columns of grids each community has, shape (communities, 2)."""
    wanted = plan.buildings / BUILDINGS_PER_GRID / plan.communities
    if wanted < 5:  # noqa: PLR2004 -- a small test city: one row of one to four grids
        return np.tile([1, min(4, max(1, round(wanted)))], (plan.communities, 1))
    drawn = rng.choice(len(_GRID_SHAPES), plan.communities, p=_GRID_SHAPE_SHARES)
    return np.asarray(_GRID_SHAPES, dtype=np.int64)[drawn]


def _lay_grids(
    communities: pd.DataFrame, plan: CityPlan, *, rng: np.random.Generator
) -> pd.DataFrame:
    """Cut each community into official grids, numbered west to east and north to south."""
    shapes = _grid_shapes(plan, rng=rng)
    per_community = shapes.prod(axis=1)
    owner = np.repeat(np.arange(len(communities)), per_community)
    number = np.concatenate([np.arange(n) for n in per_community])
    rows, columns = shapes[owner].T
    width, height = COMMUNITY_W_M / columns, COMMUNITY_H_M / rows
    west = communities["x"].to_numpy()[owner] + number % columns * width
    north = communities["y"].to_numpy()[owner] - number // columns * height
    use = _draw_land_uses(len(owner), rng=rng)
    of_community = communities.iloc[owner].reset_index(drop=True)
    return pd.DataFrame(
        {
            "grid_code": of_community["community_code"] + [f"{n + 1:03d}" for n in number],
            "name": [f"第{addresses.chinese_number(n + 1)}网格" for n in number],
            "community": of_community["community"],
            "community_code": of_community["community_code"],
            "street": of_community["street"],
            "owner": owner,
            "land_use": use,
            "weight": np.array([u.buildings for u in LAND_USES])[use],
            "west": west,
            "south": north - height,
            "east": west + width,
            "north": north,
        }
    )


def _draw_land_uses(count: int, *, rng: np.random.Generator) -> Ints:
    """Share land uses out by quota, then shuffle, so that every city has its schools."""
    quota = _allot(count, np.array([u.share for u in LAND_USES]))
    return np.asarray(rng.permutation(np.repeat(np.arange(len(LAND_USES)), quota)), dtype=np.int64)


def _allot(total: int, weights: Floats) -> Ints:
    """Split `total` by `weights` into whole numbers that sum to it (largest remainder)."""
    exact = np.asarray(total * weights / weights.sum(), dtype=np.float64)
    whole = np.asarray(np.floor(exact), dtype=np.int64)
    short = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:short]] += 1
    return whole


def _edge_points(west: float, south: float, east: float, north: float) -> Floats:
    """Return a closed ring with a vertex every STEP_M, so that neighbours share all of theirs."""
    across = np.linspace(west, east, round((east - west) / STEP_M) + 1)
    along = np.linspace(south, north, round((north - south) / STEP_M) + 1)
    sides = (
        (across[:-1], np.full(len(across) - 1, south)),
        (np.full(len(along) - 1, east), along[:-1]),
        (across[:0:-1], np.full(len(across) - 1, north)),
        (np.full(len(along) - 1, west), along[:0:-1]),
    )
    ring = np.concatenate([np.stack(side, axis=-1) for side in sides])
    return np.concatenate([ring, ring[:1]])


def _lay_buildings(
    grids: pd.DataFrame, counts: Ints, *, rng: np.random.Generator
) -> tuple[pd.DataFrame, Floats]:
    """Fill every grid and return one row per building with its ring, shape (n, 5, 2), metres."""
    uses = grids["land_use"].to_numpy()
    edges = grids[["west", "south", "east", "north"]].to_numpy()
    laid = [
        lay_out_block(int(count), Block(*edge), LAND_USES[use], rng=rng)
        for count, edge, use in zip(counts, edges, uses, strict=True)
    ]
    frame = pd.concat(laid, ignore_index=True)
    grid = np.repeat(np.arange(len(grids)), counts)
    homes = frame["stairwells"] * frame["floors"] * frame["flats_per_floor"]
    let = rng.beta(1.2, 5.0, len(grids))[grid] * np.where(frame["kind"] == PUBLIC, 0.0, 1.0)
    frame = frame.assign(
        households=homes,
        rentals=rng.binomial(homes, let),
        grid=grid,
        community=grids["owner"].to_numpy()[grid],
        land_use=uses[grid],
        kind_name=np.array(KINDS)[frame["kind"]],
    )
    return frame, rectangles(frame)
