"""Detect the datum of a column of coordinates by where each candidate puts the points.

Each candidate datum, in both orders of the axes, carries the points to WGS-84; the one under
which they fall into the known street, grids or buildings is suggested. The frames lie 500 to
1,300 m apart, less than a street is wide, so many points fall inside under two of them: what
decides is not the difference of two shares but, as in McNemar's test, the points on which two
candidates disagree. A suggestion is never applied silently; whoever imports the file decides.

Reference: Q. McNemar (1947), Note on the sampling error of the difference between correlated
proportions or percentages, Psychometrika 12, 153–157 (here in its exact, one-sided form).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

import numpy as np
import shapely
from numpy.typing import ArrayLike
from scipy.special import bdtrc

from geo.arrays import Floats, Geometries, Pair
from geo.coordinates import gcj02
from geo.coordinates.candidates import Candidate, candidates_of, distinct_candidates, looks_swapped
from geo.coordinates.datums import WGS84, Datum
from geo.coordinates.fit import Fit, are_lines, badness, fits_of, is_scattered

Reason: TypeAlias = Literal[
    "clear",
    "ambiguous",
    "nothing_fits",
    "no_reference",
    "no_points",
    "outside_china",
    "zone_numbers",
]

_BEYOND_DEGREES: Final = 360.0
_DIGITS: Final = 4
# Least share of points that must fall inside a reference area.
MIN_SHARE: Final = 0.5
# Least share at which candidates are told apart, though too many points lie elsewhere to suggest
# one: a file of the whole city of which a part is here.
FEWEST_SHARE: Final = 0.1
# Largest chance that the points on which two candidates disagree would favour the better one as
# much as they do, were both equally good. At 0.001 ten points suffice if all agree.
MAX_P: Final = 0.001
# Buildings: a point this close to one counts as inside for the shares.
NEAR_M: Final = 15.0
# Buildings: the median distance to the nearest must not exceed this …
MAX_GAP_M: Final = 100.0
# … and the best one, plus a metre, must be at most this times every other's, unless it is zero.
CLEAR_RATIO: Final = 0.75
# Distinct points looked at; more are thinned evenly in sorted order.
MAX_POINTS: Final = 5000


@dataclass(frozen=True)
class DatumReport:
    """What the coordinates look like."""

    best: Datum | None
    """The datum to suggest; None if nothing stands out."""
    reason: Reason
    """``clear``: one candidate beats every other. ``ambiguous``: two do equally well.
    ``nothing_fits``: no candidate brings the points to the reference (a city's own frame, another
    city, another zone). ``no_reference``: nothing to compare with. ``no_points``: every row is
    unknown or zero. ``outside_china``: WGS-84, since no other frame is in use there.
    ``zone_numbers``: eastings that name their CGCS2000 zone, read by ``cgcs2000``.
    """
    shares: dict[str, float] = field(default_factory=dict)
    """Datum label → share of distinct points inside the reference (or near a building). Empty
    without a reference. ``wgs84`` stands for CGCS2000 degrees as well.
    """
    points: int = 0
    """Rows without an unknown coordinate or a zero for one."""
    swapped: bool = False
    """x holds the northward coordinate: exchange the columns before using `best`."""
    candidates: tuple[Datum, ...] = ()
    """Datums that the numbers allow, most usual first."""
    beaten: tuple[str, ...] = ()
    """Labels of the candidates that the best-fitting one beats, whether or not it beats every
    other; empty where even that one brings fewer than a tenth of the points to the reference.
    """


def recognise_datum(
    x: ArrayLike, y: ArrayLike, *, reference: ArrayLike | None, buildings: bool = False
) -> DatumReport:
    """Suggest the datum of a pair of columns.

    ``x``, ``y``: the columns as found, degrees or metres, meant as east and north.
    ``reference``: known WGS-84 geometry or geometries: the street's border, its grids, or its
    buildings (footprints or points). Points and many scattered small areas are judged by distance
    to the nearest, anything else by being inside. None or empty if nothing is known.
    ``buildings``: whether each point is a building: it may be beside lines (streets), not on one.
    Streets lie at some distance from any point, so distances to them tell nothing.

    Returns ``report``: the suggestion, its reason and everything a person needs to check it. The
    order of the rows does not matter, and neither does how often a place is repeated.
    """
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    usable = np.isfinite(east) & np.isfinite(north) & (east != 0) & (north != 0)
    if not usable.any():
        return DatumReport(best=None, reason="no_points")
    shapes = _parts(reference)
    x, y = _sample(east[usable], north[usable])
    projected = bool(np.median(np.maximum(np.abs(x), np.abs(y))) > _BEYOND_DEGREES)
    report = (
        _with_reference(x, y, shapes, projected=projected, buildings=buildings)
        if shapes.size
        else _without_reference(x, y, projected=projected)
    )
    return replace(report, points=int(usable.sum()))


def _sample(x: Floats, y: Floats) -> Pair:
    # Each place once: a thousand complaints about one building are one observation.
    places = np.unique(x + 1j * y)
    if places.size > MAX_POINTS:
        places = places[np.linspace(0, places.size - 1, MAX_POINTS).round().astype(np.int64)]
    return places.real.copy(), places.imag.copy()


def _parts(reference: ArrayLike | None) -> Geometries:
    shapes = np.atleast_1d(np.asarray(reference, dtype=np.object_)).ravel()
    parts: Geometries = shapely.get_parts(shapes[~shapely.is_missing(shapes)])
    filled: Geometries = parts[~shapely.is_empty(parts)]
    return filled


def _without_reference(x: Floats, y: Floats, *, projected: bool) -> DatumReport:
    swapped = looks_swapped(x, y, projected=projected)
    if swapped:
        x, y = y, x
    distinct = distinct_candidates(candidates_of(x, y, projected=projected, near_lon=None))
    names = tuple(candidate.datum for candidate in distinct)
    report = DatumReport(best=None, reason="no_reference", swapped=swapped, candidates=names)
    if projected and len(names) == 1:
        return replace(report, best=names[0], reason="zone_numbers")
    if not projected and not gcj02.in_china(x, y).any():
        return replace(report, best=WGS84, reason="outside_china", candidates=(WGS84,))
    return report


def _with_reference(
    x: Floats, y: Floats, shapes: Geometries, *, projected: bool, buildings: bool
) -> DatumReport:
    by_street = buildings and are_lines(shapes)
    by_gap = is_scattered(shapes) and not by_street
    straight, crossed = (
        fits_of(each, shapes, by_gap=by_gap, by_street=by_street)
        for each in _both_ways(x, y, shapes, projected=projected)
    )
    swapped = _goodness(crossed) > _goodness(straight)
    fits = sorted(crossed if swapped else straight, key=badness)
    names = tuple(fit.candidate.datum for fit in fits)
    near_m = NEAR_M if by_gap else 0.0
    shares = {
        name.label: round(float(np.mean(fit.gap_m <= near_m)), _DIGITS)
        for name, fit in zip(names, fits, strict=True)
    }
    if not fits or not _is_good(fits[0], by_gap=by_gap, share=FEWEST_SHARE):
        return DatumReport(best=None, reason="nothing_fits", shares=shares, candidates=names)
    beaten = [fit for fit in fits[1:] if _beats(fits[0], fit, by_gap=by_gap)]
    report = DatumReport(
        best=None,
        reason="nothing_fits",
        shares=shares,
        candidates=names,
        beaten=tuple(fit.candidate.datum.label for fit in beaten),
    )
    if not _is_good(fits[0], by_gap=by_gap, share=MIN_SHARE):
        return report
    clear = len(beaten) == len(fits) - 1
    if not clear:
        return replace(report, reason="ambiguous", swapped=swapped)
    return replace(report, best=names[0], reason="clear", swapped=swapped)


def _both_ways(
    x: Floats, y: Floats, shapes: Geometries, *, projected: bool
) -> Iterator[list[Candidate]]:
    """Yield what the columns may be as they are, and exchanged."""
    near_lon = float(np.median(shapely.bounds(shapes)[:, 0]))
    for axes in ((x, y), (y, x)):
        yield candidates_of(*axes, projected=projected, near_lon=near_lon)


def _goodness(fits: list[Fit]) -> tuple[float, float]:
    median, share = min((badness(fit) for fit in fits), default=(np.inf, 0.0))
    return -median, -share


def _is_good(fit: Fit, *, by_gap: bool, share: float) -> bool:
    if by_gap:
        return bool(np.median(fit.gap_m) <= MAX_GAP_M)
    return bool(np.mean(fit.gap_m == 0) >= share)


def _beats(fit: Fit, other: Fit, *, by_gap: bool) -> bool:
    wins = int((fit.gap_m < other.gap_m).sum())
    disagree = wins + int((fit.gap_m > other.gap_m).sum())
    chance = float(bdtrc(wins - 1, disagree, 0.5)) if disagree else 1.0
    gap, other_gap = (float(np.median(each.gap_m)) for each in (fit, other))
    # Most points inside: an area after all, so the points that disagree decide alone.
    stands_out = not by_gap or gap == 0 or gap + 1 <= CLEAR_RATIO * (other_gap + 1)
    return chance <= MAX_P and stands_out
