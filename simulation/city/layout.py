"""Lay out the buildings of one block: rows of slabs, shops on the street, halls and towers.

Everything here is in metres in a flat frame whose x points east and y north; the city bends and
turns the whole plan afterwards, so that roads curve and nothing can overlap.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from geo.arrays import Floats

KINDS = ("住宅", "商住", "商务楼宇", "商铺", "酒店", "厂房", "公建", "其他")
DWELLING, MIXED, OFFICE, SHOP, HOTEL, FACTORY, PUBLIC, OTHER = range(len(KINDS))

INSET_M = 16.0
"""Half a street with its pavement: no building stands nearer to the edge of its block."""

SHOP_STRIP_M = 26.0


@dataclass(frozen=True, kw_only=True)
class LandUse:
    """What kind of buildings a block carries, and how many in proportion to others."""

    name: str
    share: float
    buildings: float
    kind: int
    width_m: float
    depth_m: float
    aspect: float
    floors: tuple[int, int]
    stairwells: tuple[int, int]
    flats_per_floor: tuple[int, int]
    shop_share: float = 0.0


LAND_USES = (
    LandUse(name="slab", share=0.35, buildings=34, kind=DWELLING, width_m=48, depth_m=12,
            aspect=2.1, floors=(5, 6), stairwells=(2, 3), flats_per_floor=(2, 2), shop_share=0.16),
    LandUse(name="tower", share=0.14, buildings=16, kind=DWELLING, width_m=34, depth_m=17,
            aspect=1.2, floors=(11, 18), stairwells=(1, 2), flats_per_floor=(2, 4),
            shop_share=0.2),
    LandUse(name="lane", share=0.14, buildings=44, kind=DWELLING, width_m=30, depth_m=10,
            aspect=1.9, floors=(3, 5), stairwells=(1, 3), flats_per_floor=(2, 2), shop_share=0.12),
    LandUse(name="village", share=0.08, buildings=60, kind=DWELLING, width_m=15, depth_m=12,
            aspect=1.2, floors=(1, 3), stairwells=(1, 1), flats_per_floor=(1, 1), shop_share=0.1),
    LandUse(name="market", share=0.09, buildings=34, kind=SHOP, width_m=24, depth_m=14,
            aspect=1.6, floors=(1, 3), stairwells=(0, 0), flats_per_floor=(0, 0), shop_share=0.3),
    LandUse(name="flats", share=0.05, buildings=16, kind=MIXED, width_m=38, depth_m=16,
            aspect=1.5, floors=(10, 20), stairwells=(1, 2), flats_per_floor=(4, 8),
            shop_share=0.3),
    LandUse(name="office", share=0.05, buildings=14, kind=OFFICE, width_m=42, depth_m=28,
            aspect=1.3, floors=(8, 24), stairwells=(1, 2), flats_per_floor=(0, 0),
            shop_share=0.25),
    LandUse(name="industry", share=0.04, buildings=20, kind=FACTORY, width_m=56, depth_m=30,
            aspect=1.6, floors=(1, 3), stairwells=(0, 0), flats_per_floor=(0, 0)),
    LandUse(name="campus", share=0.04, buildings=10, kind=PUBLIC, width_m=64, depth_m=18,
            aspect=1.6, floors=(3, 5), stairwells=(1, 2), flats_per_floor=(0, 0)),
    LandUse(name="hotel", share=0.02, buildings=16, kind=HOTEL, width_m=40, depth_m=22,
            aspect=1.3, floors=(4, 12), stairwells=(1, 1), flats_per_floor=(0, 0),
            shop_share=0.4),
)  # fmt: skip
"""The land uses of a northern Chinese street office; shares sum to one (invented, plausible)."""


class Block(NamedTuple):
    """The rectangle of one official grid, in metres of the flat frame."""

    west: float
    south: float
    east: float
    north: float


def _lattice(
    count: int, block: Block, use: LandUse, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats, Floats]:
    """Set `count` rectangles into even cells, from north to south and west to east."""
    across, along = block.east - block.west, block.north - block.south
    columns = max(1, round(np.sqrt(count * across / along / use.aspect)))
    rows = -(-count // columns)
    cell_w, cell_h = float(across / columns), float(along / rows)
    index = np.arange(count)
    width = np.minimum(use.width_m * rng.uniform(0.8, 1.1, count), 0.84 * cell_w)
    depth = np.minimum(use.depth_m * rng.uniform(0.92, 1.06, count), 0.62 * cell_h)
    free_x, free_y = 0.3 * (cell_w - width), 0.3 * (cell_h - depth)
    x = block.west + (index % columns + 0.5) * cell_w + free_x * rng.uniform(-1, 1, count)
    y = block.north - (index // columns + 0.5) * cell_h + free_y * rng.uniform(-1, 1, count)
    return x, y, width, depth


def _street_front(
    count: int, block: Block, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats, Floats]:
    """Set `count` shops side by side along the southern street, from west to east."""
    cell = (block.east - block.west) / max(count, 1)
    width = np.minimum(rng.uniform(12, 26, count), 0.9 * cell)
    depth = rng.uniform(9, 13, count)
    x = block.west + (np.arange(count) + 0.5) * cell
    return x.astype(np.float64), block.south + depth / 2, width.astype(np.float64), depth


def lay_out_block(
    count: int, block: Block, use: LandUse, *, rng: np.random.Generator
) -> pd.DataFrame:
    """Place exactly `count` buildings in `block`, none touching another or the block's edge.

    The main buildings come first, then the shops along the southern street.

    Returns centre (`x`, `y`), `width` and `depth` in metres, `kind` (position in `KINDS`),
    `floors`, `stairwells` and `flats_per_floor`.
    """
    shops = round(count * use.shop_share)
    inner = Block(*np.add(block, (INSET_M, INSET_M, -INSET_M, -INSET_M)))
    above = inner._replace(south=inner.south + (SHOP_STRIP_M if shops else 0.0))
    main = count - shops
    parts = (_lattice(main, above, use, rng), _street_front(shops, inner, rng))
    placed = (np.concatenate(pair) for pair in zip(*parts, strict=True))
    insides = {
        "floors": (use.floors, (1, 2)),
        "stairwells": (use.stairwells, (0, 0)),
        "flats_per_floor": (use.flats_per_floor, (0, 0)),
    }
    drawn = {
        name: np.concatenate(
            [
                rng.integers(*main_range, main, endpoint=True),
                rng.integers(*shop_range, shops, endpoint=True),
            ]
        )
        for name, (main_range, shop_range) in insides.items()
    }
    kind = np.repeat([use.kind, SHOP], [main, shops])
    return pd.DataFrame(
        {**dict(zip(("x", "y", "width", "depth"), placed, strict=True)), "kind": kind, **drawn}
    )


def rectangles(buildings: pd.DataFrame) -> Floats:
    """Return the corners of closed rings, shape (n, 5, 2), anticlockwise from the south-west."""
    sign = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]])
    centre, size = (buildings[names].to_numpy() for names in (["x", "y"], ["width", "depth"]))
    return np.asarray(centre[:, None] + size[:, None] * sign)
