"""Note the rows of a file whose coordinates were dropped, or can hardly be right.

Such rows are kept: an address may place them. What is noted is told with the numbers of the rows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from data.ingest.batches import HALF_POINT, UNREAD_POINT, ZERO_POINT
from data.ingest.coordinates.datum import coordinates_of
from data.lake.schema import SHEET, SOURCE_ROW
from geo.shapes.projection import distances_m

LOST_POINT, OUTSIDE_POINT, STRAY_POINT = "lost_point", "outside_point", "stray_point"
NOTED: Final = (HALF_POINT, UNREAD_POINT, ZERO_POINT, LOST_POINT, OUTSIDE_POINT, STRAY_POINT)
"""What is noted of rows: half of a point is missing, a cell is no point, both numbers are 0, no
conversion reaches it, it lies outside the office's area, or far from all others of the file."""

ROWS_SHOWN = 20
"""Of so many rows the numbers are told."""
AROUND_M = 2_000.0
"""So far around what is known the office's area reaches."""
_FEWEST = 4
_FAR_M, _FAR_SPREADS = 20_000.0, 10.0


@dataclass(slots=True)
class PointNotes:
    """The notes of one import, gathered batch by batch."""

    counts: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[str]] = field(default_factory=dict)
    _names: list[NDArray[np.object_]] = field(default_factory=list)
    _lon: list[NDArray[np.float64]] = field(default_factory=list)
    _lat: list[NDArray[np.float64]] = field(default_factory=list)

    def note(self, code: str, names: Sequence[str]) -> None:
        """Note rows by their names."""
        if len(names):
            self.counts[code] = self.counts.get(code, 0) + len(names)
            shown = self.rows.setdefault(code, [])
            shown.extend(names[: ROWS_SHOWN - len(shown)])

    def add(self, sent: pa.Table, converted: pa.Table) -> None:
        """Take accepted rows before and after their coordinates were converted."""
        names = row_names(converted)
        for (x, y), (lon, lat) in zip(coordinates_of(sent), coordinates_of(converted), strict=True):
            known = np.isfinite(lon + lat)
            self.note(LOST_POINT, names[np.isfinite(x + y) & ~known].tolist())
            self._names.append(names[known])
            self._lon.append(lon[known])
            self._lat.append(lat[known])

    def compare(self, known_shapes: Callable[[], Sequence[Sequence[shapely.Geometry]]]) -> None:
        """Note the points outside of what is known in WGS-84, or far from most of the file."""
        if not sum(map(len, self._names)):
            return
        names = np.concatenate(self._names)
        lon, lat = np.concatenate(self._lon), np.concatenate(self._lat)
        known = [shape for kind in known_shapes() for shape in kind]
        if known:
            self.note(OUTSIDE_POINT, names[_is_outside(lon, lat, known)].tolist())
        elif len(names) >= _FEWEST:
            self.note(STRAY_POINT, names[_is_stray(lon, lat)].tolist())


def row_names(rows: pa.Table) -> NDArray[np.object_]:
    """Return the number of each row as its sender sees it, with its sheet where there are any."""
    numbers = rows[SOURCE_ROW].to_pylist()
    sheets = rows[SHEET].to_pylist() if SHEET in rows.column_names else [""] * len(numbers)
    named = [f"{sheet}!{n}" if sheet else str(n) for n, sheet in zip(numbers, sheets, strict=True)]
    return np.array(named, dtype=object)


def _is_outside(
    lon: NDArray[np.float64], lat: NDArray[np.float64], known: Sequence[shapely.Geometry]
) -> NDArray[np.bool_]:
    west, south, east, north = shapely.total_bounds(np.array(known, object))
    gap_m = distances_m(lon, lat, np.clip(lon, west, east), np.clip(lat, south, north))
    outside: NDArray[np.bool_] = gap_m > AROUND_M
    return outside


def _is_stray(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    gap_m = distances_m(lon, lat, np.median(lon), np.median(lat))
    stray: NDArray[np.bool_] = gap_m > max(_FAR_M, _FAR_SPREADS * float(np.median(gap_m)))
    return stray
