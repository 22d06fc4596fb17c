"""Note the rows of a file to look at: their coordinates were dropped, or can hardly be right.

Such rows are kept: an address may place them. What is noted is told with the numbers of the rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from data.ingest.coordinates.datum import coordinates_of
from data.ingest.reading.layers.maps import Box
from data.lake.schema import SHEET, SOURCE_ROW
from geo.shapes.projection import distances_m

LOST_POINT, OUTSIDE_POINT, STRAY_POINT = "lost_point", "outside_point", "stray_point"
"""No conversion reaches the point; it lies outside the office's area; far from all others."""

ROWS_SHOWN = 20
"""Of so many rows the numbers are told."""
AROUND_M = 2_000.0
"""So far around what is known the office's area reaches."""
_FEWEST = 4
Numbers: TypeAlias = NDArray[np.int64]
Degrees: TypeAlias = NDArray[np.float64]
_FAR_M, _FAR_SPREADS = 20_000.0, 10.0


@dataclass(slots=True)
class PointNotes:
    """The notes of one import, gathered batch by batch.

    Where the office's area is known each point is compared at once and let go; else all are kept,
    to be compared with each other.
    """

    counts: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[str]] = field(default_factory=dict)
    _outside: list[tuple[Numbers, str]] = field(default_factory=list)
    _kept: list[tuple[Numbers, str, Degrees, Degrees]] = field(default_factory=list)

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

    def add(self, sent: pa.Table, converted: pa.Table, area: Callable[[], Box | None]) -> None:
        """Take accepted rows before and after their coordinates were converted.

        ``area``: gives the box of what is known of the office's area, in WGS-84, None where nothing
        is; asked where there are points.
        """
        numbers, sheet = converted[SOURCE_ROW].to_numpy(), _sheet_of(converted)
        for (x, y), (lon, lat) in zip(coordinates_of(sent), coordinates_of(converted), strict=True):
            known = np.isfinite(lon + lat)
            self._note(LOST_POINT, numbers[np.isfinite(x + y) & ~known], sheet)
            if known.any():
                self._take(numbers[known], sheet, lon[known], lat[known], area())

    def _take(
        self, numbers: Numbers, sheet: str, lon: Degrees, lat: Degrees, box: Box | None
    ) -> None:
        if box is None:
            self._kept.append((numbers, sheet, lon, lat))
        else:
            self._outside.append((numbers[_is_outside(lon, lat, box)], sheet))

    def compare(self) -> None:
        """Note the points outside of what is known, or far from most of the file."""
        for numbers, sheet in self._outside:
            self._note(OUTSIDE_POINT, numbers, sheet)
        if not self._kept:
            return
        lon, lat = (np.concatenate([each[axis] for each in self._kept]) for axis in (2, 3))
        stray = _is_stray(lon, lat)
        parts = np.split(stray, np.cumsum([len(numbers) for numbers, *_ in self._kept])[:-1])
        for (numbers, sheet, *_), part in zip(self._kept, parts, strict=True):
            self._note(STRAY_POINT, numbers[part], sheet)


def _sheet_of(rows: pa.Table) -> str:
    """Return the sheet that a batch is of; empty where its format has none."""
    return str(rows[SHEET][0].as_py() or "") if rows.num_rows and SHEET in rows.column_names else ""


def _is_outside(lon: Degrees, lat: Degrees, box: Box) -> NDArray[np.bool_]:
    west, south, east, north = box
    gap_m = distances_m(lon, lat, np.clip(lon, west, east), np.clip(lat, south, north))
    outside: NDArray[np.bool_] = gap_m > AROUND_M
    return outside


def _is_stray(lon: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    if len(lon) < _FEWEST:
        return np.zeros(len(lon), dtype=bool)
    gap_m = distances_m(lon, lat, np.median(lon), np.median(lat))
    stray: NDArray[np.bool_] = gap_m > max(_FAR_M, _FAR_SPREADS * float(np.median(gap_m)))
    return stray
