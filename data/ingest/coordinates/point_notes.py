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
    _numbers: list[NDArray[np.int64]] = field(default_factory=list)
    _sheets: list[str] = field(default_factory=list)
    _lon: list[NDArray[np.float64]] = field(default_factory=list)
    _lat: list[NDArray[np.float64]] = field(default_factory=list)

    def note(self, code: str, rows: pa.Table, which: NDArray[np.bool_]) -> None:
        """Note some of the accepted rows of a batch."""
        self._note(code, rows[SOURCE_ROW].to_numpy()[which], _sheet_of(rows))

    def _note(self, code: str, numbers: NDArray[np.int64], sheet: str) -> None:
        """Note rows by the numbers by which their sender knows them."""
        if len(numbers):
            self.counts[code] = self.counts.get(code, 0) + len(numbers)
            shown = self.rows.setdefault(code, [])
            some = numbers[: ROWS_SHOWN - len(shown)].tolist()
            shown.extend(f"{sheet}!{number}" if sheet else str(number) for number in some)

    def add(self, sent: pa.Table, converted: pa.Table) -> None:
        """Take accepted rows before and after their coordinates were converted."""
        numbers, sheet = converted[SOURCE_ROW].to_numpy(), _sheet_of(converted)
        for (x, y), (lon, lat) in zip(coordinates_of(sent), coordinates_of(converted), strict=True):
            known = np.isfinite(lon + lat)
            self._note(LOST_POINT, numbers[np.isfinite(x + y) & ~known], sheet)
            self._numbers.append(numbers[known])
            self._sheets.append(sheet)
            self._lon.append(lon[known])
            self._lat.append(lat[known])

    def compare(self, known_shapes: Callable[[], Sequence[Sequence[shapely.Geometry]]]) -> None:
        """Note the points outside of what is known in WGS-84, or far from most of the file."""
        if not sum(map(len, self._numbers)):
            return
        lon, lat = np.concatenate(self._lon), np.concatenate(self._lat)
        known = [shape for kind in known_shapes() for shape in kind]
        if known:
            code, odd = OUTSIDE_POINT, _is_outside(lon, lat, known)
        else:
            code, odd = STRAY_POINT, _is_stray(lon, lat)
        parts = np.split(odd, np.cumsum([len(numbers) for numbers in self._numbers])[:-1])
        for numbers, sheet, part in zip(self._numbers, self._sheets, parts, strict=True):
            self._note(code, numbers[part], sheet)


def _sheet_of(rows: pa.Table) -> str:
    """Return the sheet that a batch is of; empty where its format has none."""
    return str(rows[SHEET][0].as_py() or "") if rows.num_rows and SHEET in rows.column_names else ""


def _is_outside(
    lon: NDArray[np.float64], lat: NDArray[np.float64], known: Sequence[shapely.Geometry]
) -> NDArray[np.bool_]:
    west, south, east, north = shapely.total_bounds(np.array(known, object))
    gap_m = distances_m(lon, lat, np.clip(lon, west, east), np.clip(lat, south, north))
    outside: NDArray[np.bool_] = gap_m > AROUND_M
    return outside


def _is_stray(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.bool_]:
    if len(lon) < _FEWEST:
        return np.zeros(len(lon), dtype=bool)
    gap_m = distances_m(lon, lat, np.median(lon), np.median(lat))
    stray: NDArray[np.bool_] = gap_m > max(_FAR_M, _FAR_SPREADS * float(np.median(gap_m)))
    return stray
