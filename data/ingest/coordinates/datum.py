"""Convert the sender's coordinates to WGS-84: select the datum, then convert each batch.

No datum is guessed silently. It is known when it was given, when the rows say it in a column of
their own, or when the file declares a survey projection. ``EPSG:4326`` and ``EPSG:3857`` in a file
prove nothing: shifted coordinates carry the same labels. Else the points are compared with what is
known – the street's border, the grids, the buildings – and the import is refused with the shares
and a suggestion. Outside China no datum shifts anything, so there WGS-84 is taken.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from data.contracts.vocabulary import DatumName
from geo.coordinates.datums import WGS84, Datum, UnknownDatumError, to_wgs84
from geo.coordinates.detect import DatumReport, recognise_datum
from geo.errors import GridwardenError
from geo.shapes.repair import finite

Floats = NDArray[np.float64]

LON, LAT, GEOM, DATUM = "lon", "lat", "geom", "datum"
OF_DEGREES = {"wgs84", "gcj02", "bd09"}
NO_PROOF = {"EPSG:4326", "EPSG:3857", "EPSG:4979"}
UNREADABLE = {DatumName.LOCAL, DatumName.UNKNOWN}
"""Words of a datum column for frames that cannot be converted."""

DOUBTFUL = "datum_doubtful"
MISSING, UNCLEAR = "datum_missing", "datum_unclear"
"""Which it most likely is, is told with the first, and cannot be told with the second."""
"""Code of the note that what is known speaks against a datum."""
SWAPPED = "axes_swapped"
"""Code of the note, and of the refusal, that longitudes stand where latitudes should."""
Reference = Sequence[Sequence[shapely.Geometry]]
"""Known geometries in WGS-84, by kind."""

FROM_COLUMN = "column"
"""What the manifest calls the datum of a file whose rows say it themselves."""


class ImportRefusedError(GridwardenError):
    """An import cannot go on without a decision; nothing was kept."""


@dataclass(frozen=True, slots=True)
class DatumDecision:
    """Which datum the rows without one of their own are in; None while they need none.

    ``report`` is there where the points were compared with what is known.
    """

    datum: Datum | None
    report: DatumReport | None = None
    notes: tuple[str, ...] = ()

    @property
    def suggestion(self) -> str | None:
        """Return the datum that what is known speaks for, None where none stands out."""
        return self.report.best.label if self.report and self.report.best else None


@dataclass(slots=True)
class PointSample:
    """Coordinates of the first rows that have any: without a datum of their own, and by it.

    ``buildings`` says that each is a building's.
    """

    limit: int = 5000
    buildings: bool = False
    x: list[Floats] = field(default_factory=list)
    y: list[Floats] = field(default_factory=list)
    points: int = 0
    crs: str | None = None
    claimed: dict[str, "PointSample"] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        """Whether there are enough."""
        return self.points + sum(each.points for each in self.claimed.values()) >= self.limit

    def add(self, rows: pa.Table, crs: str | None) -> None:
        """Take the coordinates of some checked rows."""
        self.crs = self.crs or crs
        if DATUM in rows.column_names:
            for word in set(rows[DATUM].to_pylist()) - {None, *UNREADABLE}:
                declared = rows.filter(pc.equal(rows[DATUM], word)).drop_columns(DATUM)
                sample = PointSample(self.limit, self.buildings)
                self.claimed.setdefault(word, sample).add(declared, None)
            rows = rows.filter(rows[DATUM].is_null())
        for x, y in coordinates_of(rows):
            known = np.isfinite(x) & np.isfinite(y)
            self.x.append(x[known])
            self.y.append(y[known])
            self.points += int(known.sum())

    def compare(self, reference: Reference) -> DatumReport:
        """Compare the points with what is known, by the first kind of it that tells."""
        x, y = np.concatenate(self.x), np.concatenate(self.y)
        reports = []
        for known in reference or [()]:
            shapes = np.array(known, object)
            reports.append(recognise_datum(x, y, reference=shapes, buildings=self.buildings))
            if reports[-1].best is not None:
                return reports[-1]
        return max(reports, key=lambda report: len(report.beaten))


def decide_datum(sample: PointSample, *, given: str | None, reference: Reference) -> DatumDecision:
    """Decide the datum of a file, or refuse it.

    ``sample``: some of its coordinates, as sent.
    ``given``: what the person who imports said, e.g. ``gcj02``.
    ``reference``: what is known; may be empty.

    Raises `UnknownDatumError` when `given` names none.
    Raises `ImportRefusedError`: ``datum_missing`` or ``datum_unclear``, or ``axes_swapped`` where
    longitude and latitude are exchanged as well, with ``shares`` (label → share of points inside
    what is known), ``suggestion`` (a label or None), ``reason`` and ``swapped``.
    """
    if given is not None:
        return _as_stated(Datum.parse(given), sample, reference)
    if not sample.points:
        return _as_rows_say(sample, reference)
    declared = _declared(sample.crs)
    if declared is not None:
        decision = _as_stated(declared, sample, reference)
        return replace(decision, notes=("datum_from_file", *decision.notes))
    report = sample.compare(reference)
    elsewhere = max(report.shares.values(), default=1.0) == 0.0  # than everything that is known
    if report.candidates == (WGS84,) and not report.swapped and not elsewhere:
        # no other frame moves such points
        return DatumDecision(WGS84, report, notes=("outside_china",))
    if report.reason == "no_points":
        return DatumDecision(None, report)
    raise _refusal(report)


def _as_rows_say(sample: PointSample, reference: Reference) -> DatumDecision:
    """Take what rows say of themselves, with a note where what is known speaks against it."""
    stated = [
        _as_stated(Datum.parse(word), part, reference) for word, part in sample.claimed.items()
    ]
    doubtful = next((each for each in stated if each.notes), DatumDecision(None))
    return replace(doubtful, datum=None)


def _as_stated(datum: Datum, sample: PointSample, reference: Reference) -> DatumDecision:
    """Take what a person or a file says, with a note where what is known speaks against it.

    Shifted by a few hundred metres, most points of a street stay inside it: the shares differ by
    little, but those that disagree all favour the same datum (`geo.coordinates.detect`).
    """
    if not sample.points:
        return DatumDecision(datum)
    report = sample.compare(reference)
    if report.swapped:
        return DatumDecision(datum, report, notes=(SWAPPED,))
    if not len(reference):
        return DatumDecision(datum)
    label = WGS84.label if datum.label == "cgcs2000" else datum.label  # one frame, as degrees
    return DatumDecision(datum, report, notes=(DOUBTFUL,) if label in report.beaten else ())


def _refusal(report: DatumReport) -> ImportRefusedError:
    suggestion = report.best.label if report.best else None
    advice = (
        f"If that is right, import again with --datum {suggestion}."
        if suggestion
        else "Ask whoever made the file, and import again with --datum."
    )
    if report.swapped:
        advice = "Longitude and latitude are exchanged: map lon and lat the other way. " + advice
    return ImportRefusedError(
        SWAPPED if report.swapped else MISSING if suggestion else UNCLEAR,
        reason=report.reason,
        shares=dict(report.shares),
        suggestion=suggestion,
        swapped=report.swapped,
        points=report.points,
        expected="wgs84, gcj02, bd09, cgcs2000 or EPSG:n",
        what_to_do=advice,
    )


def _declared(crs: str | None) -> Datum | None:
    if crs is None or crs.upper() in NO_PROOF or "CRS84" in crs.upper():
        return None
    try:
        return Datum.parse(crs)
    except UnknownDatumError:
        return None


def checks_range(datum: Datum | None) -> bool:
    """Say whether longitude and latitude must already be degrees as they are sent."""
    return datum is not None and datum.label in OF_DEGREES


def to_lake_coordinates(rows: pa.Table, datum: Datum | None) -> pa.Table:
    """Return rows with coordinates and geometry in WGS-84.

    Each row is converted from the datum it names itself, else from `datum`. A point that no
    conversion reaches, or whose row names a frame nobody can convert, becomes unknown. The content
    hash of a converted row names the datum: the same numbers in another one are other content.
    """
    for label, chosen in _groups(rows, datum):
        if chosen.any():
            rows = _convert(rows, chosen, label)
    return rows


def _groups(rows: pa.Table, datum: Datum | None) -> Iterable[tuple[str, NDArray[np.bool_]]]:
    """Pair each datum in use with the rows that are in it; WGS-84 rows need nothing."""
    default = datum.label if datum else ""
    if DATUM not in rows.column_names or rows[DATUM].null_count == rows.num_rows:
        labels = np.full(rows.num_rows, np.array(default, dtype=object))
    else:
        words = rows[DATUM].to_numpy(zero_copy_only=False)
        known = {w: (w if w in UNREADABLE else Datum.parse(w).label) for w in set(words) - {None}}
        labels = np.array([known.get(word, default) for word in words], dtype=object)
    for label in sorted(set(labels) - {"wgs84", ""}):
        yield label, np.asarray(labels == label, dtype=bool)


def _convert(rows: pa.Table, chosen: NDArray[np.bool_], label: str) -> pa.Table:
    touched = np.zeros(len(chosen), dtype=bool)
    if LON in rows.column_names:
        x, y = _numbers(rows, LON), _numbers(rows, LAT)
        had = chosen & np.isfinite(x) & np.isfinite(y)
        x[chosen], y[chosen] = np.nan, np.nan
        if label not in UNREADABLE:
            sent_x, sent_y = _numbers(rows, LON)[had], _numbers(rows, LAT)[had]
            x[had], y[had] = to_wgs84(sent_x, sent_y, datum=label)
        touched |= had
        for name, values in ((LON, x), (LAT, y)):
            rows = _replaced(rows, name, pa.array(values, from_pandas=True))
    if GEOM in rows.column_names:
        shapes = shapely.from_wkb(rows[GEOM].to_numpy(zero_copy_only=False))
        had = chosen & ~shapely.is_missing(shapes)
        shapes[had] = None if label in UNREADABLE else _converted_shapes(shapes[had], label)
        touched |= had
        wkb = pa.array(shapely.to_wkb(shapes).tolist(), pa.large_binary())
        rows = _replaced(rows, GEOM, wkb)
    marked = pc.binary_join_element_wise(
        rows["row_hash"], pa.scalar(label, pa.large_string()), pa.scalar("-", pa.large_string())
    )
    hashes = pc.if_else(pa.array(touched), marked, rows["row_hash"])
    return _replaced(rows, "row_hash", hashes)


def _converted_shapes(shapes: NDArray[np.object_], label: str) -> NDArray[np.object_]:
    def convert(points: Floats) -> Floats:
        return np.column_stack(to_wgs84(points[:, 0], points[:, 1], datum=label))

    converted: NDArray[np.object_] = shapely.transform(shapes, convert)
    return finite(converted)


def coordinates_of(rows: pa.Table) -> Iterable[tuple[Floats, Floats]]:
    """Yield the coordinates of rows: of their points and inside their shapes; NaN if unknown."""
    if LON in rows.column_names:
        yield _numbers(rows, LON), _numbers(rows, LAT)
    if GEOM in rows.column_names:
        shapes = shapely.from_wkb(rows[GEOM].to_numpy(zero_copy_only=False))
        inside = shapely.point_on_surface(shapes)
        yield shapely.get_x(inside), shapely.get_y(inside)


def _numbers(rows: pa.Table, name: str) -> Floats:
    values: Floats = rows[name].to_numpy().astype(np.float64)
    return values.copy()


def _replaced(rows: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), values)
