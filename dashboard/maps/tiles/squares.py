"""Squares of the web map: where they lie, and which of them holds a point."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import GridwardenError

FINEST = 15
"""Deepest zoom that is cut; nearer by, the browser draws these larger."""
EXTENT = 4096
"""Whole numbers along a side of a tile: 0.3 m at :data:`FINEST` and 30° north."""
MOST_TILES = 64
"""Squares that are asked for at once; a large screen shows some twenty."""
_MOST_NORTH = 85.05
_DIGITS = 5


class NoSuchTileError(GridwardenError):
    """A zoom or a place outside the map was asked for."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the map, as web maps number them.

    ``z``, ``x``, ``y``: zoom, 0 to :data:`FINEST`; column from west and row from north, 0 to 2**z -
    1.

    Raises `NoSuchTileError` when there is no such square.
    """

    z: int
    x: int
    y: int

    def __post_init__(self) -> None:
        """Refuse a place outside the map."""
        if not (0 <= self.z <= FINEST and 0 <= self.x < 1 << self.z and 0 <= self.y < 1 << self.z):
            raise NoSuchTileError("no_such_tile", seen=f"{self.z}/{self.x}/{self.y}")

    @property
    def codes(self) -> tuple[int, int]:
        """Return the first code of :func:`codes` inside, and the first one behind."""
        first = int(_interleaved(np.array([self.x]), np.array([self.y]))[0])
        deeper = 2 * (FINEST - self.z)
        return first << deeper, (first + 1) << deeper

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """Return west, north, east and south in the unit square of :func:`unit_square`."""
        side = 1 / (1 << self.z)
        return self.x * side, self.y * side, (self.x + 1) * side, (self.y + 1) * side


def tiles_named(names: str) -> list[Tile]:
    """Return the squares of a list such as ``12-3382-1607,12-3383-1607``.

    Raises `NoSuchTileError`: ``no_such_tile`` or ``too_many_tiles``.
    """
    wanted = names.split(",")
    if len(wanted) > MOST_TILES:
        raise NoSuchTileError("too_many_tiles", seen=len(wanted), expected=MOST_TILES)
    return [_tile_named(name) for name in wanted]


def _tile_named(name: str) -> Tile:
    numbers = name.split("-")
    right = all(each.isascii() and each.isdigit() and len(each) <= _DIGITS for each in numbers)
    if len(numbers) != len(Tile.__slots__) or not right:
        raise NoSuchTileError("no_such_tile", seen=name)
    return Tile(*map(int, numbers))


def unit_square(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return web-Mercator places in a square of side 1, x to the east and y to the south.

    ``lonlat``: shape (n, 2), degrees, WGS-84. Latitudes beyond 85.05° are drawn at the edge.
    """
    lat = np.radians(np.clip(lonlat[:, 1], -_MOST_NORTH, _MOST_NORTH))
    south = 0.5 - np.log(np.tan(np.pi / 4 + lat / 2)) / (2 * np.pi)
    return np.column_stack([lonlat[:, 0] / 360 + 0.5, south])


def codes(places: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return Morton codes of places; those in a tile make one run of codes.

    ``places``: shape (n, 2) in the unit square.
    """
    cells = np.clip((places * (1 << FINEST)).astype(np.int64), 0, (1 << FINEST) - 1)
    return _interleaved(cells[:, 0], cells[:, 1])


def _interleaved(x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
    return _spread(x) | (_spread(y) << 1)


def _spread(bits: NDArray[np.int64]) -> NDArray[np.int64]:
    """Put a zero between every two of the lowest sixteen bits."""
    bits = bits.astype(np.int64) & 0xFFFF
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        bits = (bits | (bits << shift)) & mask
    return bits
