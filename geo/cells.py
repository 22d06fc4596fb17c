"""H3 cells as arrays: of points, their shapes, areas, parents, neighbours and covers.

A cell is an analytic index, never a unit of duty: duty attaches to community, grid and building.
At the border of this package a cell is its lowercase hexadecimal text (15 characters) and an
unknown cell the empty text. Sets of cells come back sorted by text, which is also the order of
their numbers.

Computed with h3ronpy (333 ns a point); the reference implementation ``h3`` is the oracle of the
tests.
"""

from typing import Final, TypeAlias

import h3ronpy
import h3ronpy.vector
import numpy as np
import pyarrow as pa
import shapely
from h3ronpy import ContainmentMode
from numpy.typing import ArrayLike, NDArray
from shapely import Geometry

from geo.arrays import Floats, Ints, Objects, Texts
from geo.errors import GridwardenError

Ids: TypeAlias = "NDArray[np.uint64]"

FINEST_RESOLUTION: Final = 15
_TEXT_LENGTH: Final = 15
_LON_LIMIT, _LAT_LIMIT = 180.0, 90.0
_HEX_DIGITS: Final = np.array([ord(digit) for digit in "0123456789abcdef"], dtype=np.uint32)
_NOT_HEX: Final = 255
_SHOWN: Final = 5


class InvalidCellsError(GridwardenError):
    """Some texts are no H3 cells, or cells of the wrong resolution."""


def cells_of_points(lon: ArrayLike, lat: ArrayLike, *, resolution: int) -> Texts:
    """Find the cell of each point.

    ``lon``, ``lat``: WGS-84 degrees, one-dimensional and of equal length.
    ``resolution``: H3 resolution, 0 to 15; the product uses 8, 9 and 10.

    Returns ``cells``: text array; empty text where a coordinate is NaN, infinite or no place on
    Earth. (h3ronpy itself fails the whole array on one NaN and silently wraps a latitude of 200.)
    """
    _check_resolution(resolution)
    east, north = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    if east.shape != north.shape or east.ndim != 1:
        raise ValueError(f"lon has shape {east.shape} but lat {north.shape}; expected equal rows.")
    with np.errstate(invalid="ignore"):
        good = (np.abs(east) <= _LON_LIMIT) & (np.abs(north) <= _LAT_LIMIT)
    ids = np.zeros(east.size, dtype=np.uint64)
    ids[good] = h3ronpy.vector.coordinates_to_cells(north[good], east[good], resolution)
    return cell_texts(ids)


def cell_texts(ids: Ids) -> Texts:
    """Write cell numbers as text; zero, the unknown cell, becomes the empty text."""
    numbers = np.ascontiguousarray(ids, dtype=">u8")
    pairs = numbers.view(np.uint8).reshape(-1, 8)
    nibbles = np.empty((numbers.size, 16), dtype=np.uint8)
    nibbles[:, 0::2], nibbles[:, 1::2] = pairs >> 4, pairs & 15
    codes = _HEX_DIGITS[nibbles[:, 1:]]
    codes[numbers == 0] = 0
    texts: Texts = np.ascontiguousarray(codes).view(f"<U{_TEXT_LENGTH}").ravel()
    return texts


def cell_ids(cells: ArrayLike) -> Ids:
    """Read cell texts as numbers; the empty text becomes zero.

    Raises `InvalidCellsError` if a text is no valid H3 cell; the first few are named.
    """
    texts = np.asarray(cells, dtype=np.str_).ravel()
    width = max(texts.dtype.itemsize // 4, 1)
    codes = np.ascontiguousarray(texts).view(np.uint32).reshape(texts.size, width)
    digits = np.full(128, _NOT_HEX, dtype=np.uint8)
    digits[_HEX_DIGITS] = np.arange(16)
    values = digits[np.minimum(codes, 127)]
    ids = np.zeros(texts.size, dtype=np.uint64)
    if width >= _TEXT_LENGTH:
        for column in range(_TEXT_LENGTH):
            ids = (ids << np.uint64(4)) | values[:, column].astype(np.uint64)
        unreadable = (values[:, :_TEXT_LENGTH] == _NOT_HEX).any(axis=1)
        ids[unreadable | (codes[:, _TEXT_LENGTH:] != 0).any(axis=1)] = 0
    # As whole numbers, because pyarrow turns bits into numpy by way of Python objects.
    valid = pa.array(h3ronpy.cells_valid(ids, booleanarray=True)).cast("uint8").to_numpy() == 1
    wrong = (texts != "") & ~valid
    if wrong.any():
        _refuse("invalid_cells", texts[wrong], expected="H3 cells such as 8a30a6c0a0effff")
    return ids


def cell_centres(cells: ArrayLike) -> tuple[Floats, Floats]:
    """Give each cell's centre as WGS-84 longitudes and latitudes; NaN for the empty text."""
    ids = cell_ids(cells)
    lon, lat = np.full(ids.size, np.nan), np.full(ids.size, np.nan)
    known = ids != 0
    centres = pa.record_batch(h3ronpy.vector.cells_to_coordinates(ids[known]))
    lon[known], lat[known] = centres["lng"].to_numpy(), centres["lat"].to_numpy()
    return lon, lat


def cell_polygons(cells: ArrayLike) -> Objects:
    """Draw each cell as a shapely polygon in WGS-84 degrees; None for the empty text."""
    ids = cell_ids(cells)
    polygons = np.full(ids.size, None, dtype=np.object_)
    known = ids != 0
    wkb = np.asarray(pa.array(h3ronpy.vector.cells_to_wkb_polygons(ids[known])), dtype=np.object_)
    polygons[known] = shapely.from_wkb(wkb)
    return polygons


def parents(cells: ArrayLike, resolution: int) -> Texts:
    """Find the coarser cell that each cell belongs to; the empty text stays empty.

    Children do not tile their parent's shape exactly: sums may be carried up this way, borders
    may not.

    Raises `InvalidCellsError` if a cell is itself coarser than `resolution`.
    """
    _check_resolution(resolution)
    ids = cell_ids(cells)
    too_coarse = (ids != 0) & (_resolutions(ids) < resolution)
    if too_coarse.any():
        wrong = cell_texts(ids[too_coarse])
        _refuse("cells_too_coarse", wrong, expected=f"resolution {resolution} or finer")
    # The digits below the new resolution become 7, "unused", and the resolution field is replaced.
    unused = np.uint64((1 << 3 * (FINEST_RESOLUTION - resolution)) - 1)
    cleared = ids & ~np.uint64(15 << 52) | np.uint64(resolution << 52) | unused
    return cell_texts(np.where(ids == 0, np.uint64(0), cleared))


def disk(cells: ArrayLike, k: int) -> tuple[Ints, Texts, Ints]:
    """Find the cells at most `k` steps away from each cell, itself included.

    ``cells``: cell texts; an empty one has no neighbours.
    ``k``: steps, 0 or more. The ring at step k has 6·k cells (fewer at a pentagon).

    Returns ``source``, ``neighbour``, ``steps``: positions in `cells`, neighbouring cells and their
    distance in steps, sorted by source, then neighbour.
    """
    source, neighbour, steps = disk_of_ids(cell_ids(cells), k)
    return source, cell_texts(neighbour), steps


def disk_of_ids(ids: Ids, k: int) -> tuple[Ints, Ids, Ints]:
    """Find what `disk` does for cell numbers (`cell_ids`), neighbours as numbers as well."""
    if k < 0:
        raise ValueError(f"k is {k}; expected 0 or more.")
    known = np.flatnonzero(ids)
    found = pa.record_batch(h3ronpy.grid_disk_distances(ids[known], k))
    lengths = found["cell"].value_lengths().to_numpy()
    source = np.repeat(known, lengths)
    neighbour = found["cell"].flatten().to_numpy()
    steps = found["k"].flatten().to_numpy().astype(np.int64)
    order = np.lexsort((neighbour, source))
    return source[order], neighbour[order], steps[order]


def cover_polygon(polygon: Geometry, *, resolution: int) -> Texts:
    """Cover an area with every cell that shares a point with it.

    No part stays uncovered, so neighbouring areas share the cells on their border. To give every
    cell to exactly one area use `geo.shapes.cell_coverage.partition_cells`.

    ``polygon``: a non-empty polygon or multipolygon in WGS-84 degrees.
    ``resolution``: H3 resolution.

    Returns ``cells``: sorted cell texts, at least one however narrow the area is.
    """
    _check_resolution(resolution)
    if shapely.get_dimensions(polygon) != 2 or shapely.is_empty(polygon):  # noqa: PLR2004 -- areas
        raise ValueError(f"Only an area can be covered, not {shapely.to_wkt(polygon)[:60]}.")
    covers = ContainmentMode.Covers
    ids = np.asarray(h3ronpy.vector.geometry_to_cells(polygon, resolution, covers))
    if ids.size:
        return cell_texts(np.unique(ids))
    inside = shapely.point_on_surface(polygon)
    return cells_of_points([inside.x], [inside.y], resolution=resolution)


def _resolutions(ids: Ids) -> Ints:
    field = ((ids >> np.uint64(52)) & np.uint64(15)).astype(np.int64)
    return np.where(ids == 0, -1, field)


def _check_resolution(resolution: int) -> None:
    if not 0 <= resolution <= FINEST_RESOLUTION:
        raise ValueError(f"H3 resolution is {resolution}; expected 0 to {FINEST_RESOLUTION}.")


def _refuse(code: str, wrong: Texts, *, expected: str) -> None:
    seen = [str(text) for text in np.unique(wrong)[:_SHOWN]]
    raise InvalidCellsError(code, count=int(wrong.size), seen=seen, expected=expected)
