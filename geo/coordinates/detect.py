"""Detect the datum of a column of coordinates by where each candidate puts the points.

Each candidate datum, in both orders of the axes, carries the points to WGS-84; the one under
which they fall into the known street, grids or buildings is suggested. The frames lie 500 to
1,300 m apart, less than a street is wide, so many points fall inside under two of them: what
decides is not the difference of two shares but, as in McNemar's test, the points on which two
candidates disagree. A suggestion is never applied silently; whoever imports the file decides.

Reference: Q. McNemar (1947), Note on the sampling error of the difference between correlated
proportions or percentages, Psychometrika 12, 153–157 (here in its exact, one-sided form).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtrc

from geo.coordinates import gcj02
from geo.coordinates.candidates import candidates_of, distinct_candidates, looks_swapped
from geo.coordinates.datums import WGS84, Datum
from geo.coordinates.fit import (
    Fit,
    badness,
    fits_of,
    is_scattered,
)

Floats: TypeAlias = "NDArray[np.float64]"
Geometries: TypeAlias = "NDArray[np.object_]"
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


@dataclass(frozen=True)
class RecognitionRule:
    """When a candidate counts as recognised.

    Attributes
    ----------
    min_share
        Least share of points that must fall inside the reference area.
    max_p
        Largest chance that the points on which two candidates disagree would favour the better
        one as much as they do, were both equally good. At 0.001 ten points suffice if all agree.
    near_m
        Reference of buildings: a point this close to one counts as inside for the shares.
    max_gap_m
        Reference of buildings: the median distance to the nearest must not exceed this.
    clear_ratio
        Reference of buildings: the best median distance, plus a metre, must be at most this times
        every other's, unless it is zero.
    max_points
        Distinct points looked at; more are thinned evenly in sorted order.
    """

    min_share: float = 0.5
    max_p: float = 0.001
    near_m: float = 15.0
    max_gap_m: float = 100.0
    clear_ratio: float = 0.75
    max_points: int = 5000

    def __post_init__(self) -> None:
        """Refuse what is out of range, all of it at once."""
        good = {
            "min_share": 0 < self.min_share <= 1,
            "max_p": 0 < self.max_p < 1,
            "near_m": self.near_m > 0,
            "max_gap_m": self.max_gap_m > 0,
            "clear_ratio": 0 < self.clear_ratio <= 1,
            "max_points": self.max_points > 0,
        }
        if wrong := [name for name, holds in good.items() if not holds]:
            raise ValueError(f"Out of range: {', '.join(wrong)}.")


DEFAULT_RULE: Final = RecognitionRule()


@dataclass(frozen=True)
class DatumReport:
    """What the coordinates look like.

    Attributes
    ----------
    best
        The datum to suggest; None if nothing stands out.
    reason
        ``clear``: one candidate beats every other. ``ambiguous``: two do equally well.
        ``nothing_fits``: no candidate brings the points to the reference (a city's own frame,
        another city, another zone). ``no_reference``: nothing to compare with. ``no_points``:
        every row is unknown or zero. ``outside_china``: WGS-84, since no other frame is in use
        there. ``zone_numbers``: eastings that name their CGCS2000 zone, read by ``cgcs2000``.
    shares
        Datum label → share of distinct points inside the reference (or near a building). Empty
        without a reference. ``wgs84`` stands for CGCS2000 degrees as well.
    median_gap_m
        Datum label → median metres to the nearest building; empty for a reference area, and
        without the datums that bring most points nowhere.
    points, unknown, zeros
        Rows usable; rows with an unknown coordinate; rows with a zero for a coordinate.
    swapped
        x holds the northward coordinate: exchange the columns before using `best`.
    projected
        Metres, not degrees.
    candidates
        Datums that the numbers allow, most usual first.
    beaten
        Labels of the candidates that the best-fitting one beats, whether or not it beats every
        other; empty where even that one does not bring the points to the reference.
    """

    best: Datum | None
    reason: Reason
    shares: dict[str, float] = field(default_factory=dict)
    median_gap_m: dict[str, float] = field(default_factory=dict)
    points: int = 0
    unknown: int = 0
    zeros: int = 0
    swapped: bool = False
    projected: bool = False
    candidates: tuple[Datum, ...] = ()
    beaten: tuple[str, ...] = ()


def recognise_datum(
    x: ArrayLike,
    y: ArrayLike,
    *,
    reference: ArrayLike | None,
    rule: RecognitionRule = DEFAULT_RULE,
) -> DatumReport:
    """Suggest the datum of a pair of columns.

    Parameters
    ----------
    x, y
        The columns as found, degrees or metres, meant as east and north.
    reference
        Known WGS-84 geometry or geometries: the street's border, its grids, or its buildings
        (footprints or points). Points and many scattered small areas are judged by distance to
        the nearest, anything else by being inside. None or empty if nothing is known.
    rule
        When a candidate counts as recognised.

    Returns
    -------
    report
        The suggestion, its reason and everything a person needs to check it. The order of the
        rows does not matter, and neither does how often a place is repeated.
    """
    east, north = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    known = np.isfinite(east) & np.isfinite(north)
    zero = known & ((east == 0) | (north == 0))
    tally = DatumReport(
        best=None,
        reason="no_points",
        points=int((known & ~zero).sum()),
        unknown=int((~known).sum()),
        zeros=int(zero.sum()),
    )
    if not tally.points:
        return tally
    east, north = _sample(east[known & ~zero], north[known & ~zero], rule.max_points)
    larger = np.maximum(np.abs(east), np.abs(north))
    tally = replace(tally, projected=bool(np.median(larger) > _BEYOND_DEGREES))
    shapes = _parts(reference)
    if not shapes.size:
        return _without_reference(east, north, tally)
    return _with_reference(east, north, shapes, rule, tally)


def _sample(x: Floats, y: Floats, most: int) -> tuple[Floats, Floats]:
    # Each place once: a thousand complaints about one building are one observation.
    places = np.unique(x + 1j * y)
    if places.size > most:
        places = places[np.linspace(0, places.size - 1, most).round().astype(np.int64)]
    return places.real.copy(), places.imag.copy()


def _parts(reference: ArrayLike | None) -> Geometries:
    shapes = np.atleast_1d(np.asarray(reference, dtype=np.object_)).ravel()
    parts: Geometries = shapely.get_parts(shapes[~shapely.is_missing(shapes)])
    filled: Geometries = parts[~shapely.is_empty(parts)]
    return filled


def _without_reference(x: Floats, y: Floats, tally: DatumReport) -> DatumReport:
    swapped = looks_swapped(x, y, projected=tally.projected)
    if swapped:
        x, y = y, x
    found = distinct_candidates(candidates_of(x, y, projected=tally.projected, near_lon=None))
    names = tuple(candidate.datum for candidate in found)
    report = replace(tally, reason="no_reference", swapped=swapped, candidates=names)
    if tally.projected and len(names) == 1:
        return replace(report, best=names[0], reason="zone_numbers")
    if not tally.projected and not gcj02.in_china(x, y).any():
        return replace(report, best=WGS84, reason="outside_china", candidates=(WGS84,))
    return report


def _with_reference(
    x: Floats, y: Floats, shapes: Geometries, rule: RecognitionRule, tally: DatumReport
) -> DatumReport:
    near_lon = float(np.median(shapely.bounds(shapes)[:, 0]))
    by_gap = is_scattered(shapes)
    straight, crossed = (
        fits_of(
            candidates_of(*axes, projected=tally.projected, near_lon=near_lon),
            shapes,
            by_gap=by_gap,
        )
        for axes in ((x, y), (y, x))
    )
    swapped = _goodness(crossed) > _goodness(straight)
    fits = sorted(crossed if swapped else straight, key=badness)
    best, reason = _decide(fits, rule, by_gap=by_gap)
    beaten = fits[1:] if fits and _is_good(fits[0], rule, by_gap=by_gap) else []
    near_m = rule.near_m if by_gap else 0.0
    shares = {_label(fit): float(np.mean(fit.gap_m <= near_m)) for fit in fits}
    medians = {_label(fit): float(np.median(fit.gap_m)) for fit in fits}
    return replace(
        tally,
        best=best,
        reason=reason,
        shares={label: round(share, _DIGITS) for label, share in shares.items()},
        median_gap_m={
            label: median for label, median in medians.items() if by_gap and np.isfinite(median)
        },
        swapped=swapped and reason != "nothing_fits",
        candidates=tuple(fit.candidate.datum for fit in fits),
        beaten=tuple(_label(f) for f in beaten if _beats(fits[0], f, rule, by_gap=by_gap)),
    )


def _label(fit: Fit) -> str:
    return fit.candidate.datum.label


def _goodness(fits: list[Fit]) -> tuple[float, float]:
    median, share = min((badness(fit) for fit in fits), default=(np.inf, 0.0))
    return -median, -share


def _decide(fits: list[Fit], rule: RecognitionRule, *, by_gap: bool) -> tuple[Datum | None, Reason]:
    """Name the first of the sorted fits if it is good, and better than every other."""
    if not fits or not _is_good(fits[0], rule, by_gap=by_gap):
        return None, "nothing_fits"
    if all(_beats(fits[0], other, rule, by_gap=by_gap) for other in fits[1:]):
        return fits[0].candidate.datum, "clear"
    return None, "ambiguous"


def _is_good(fit: Fit, rule: RecognitionRule, *, by_gap: bool) -> bool:
    if by_gap:
        return bool(np.median(fit.gap_m) <= rule.max_gap_m)
    return bool(np.mean(fit.gap_m == 0) >= rule.min_share)


def _beats(fit: Fit, other: Fit, rule: RecognitionRule, *, by_gap: bool) -> bool:
    wins = int((fit.gap_m < other.gap_m).sum())
    disagree = wins + int((fit.gap_m > other.gap_m).sum())
    chance = float(bdtrc(wins - 1, disagree, 0.5)) if disagree else 1.0
    own, others = (float(np.median(each.gap_m)) for each in (fit, other))
    # Most points inside: an area after all, so the points that disagree decide alone.
    stands_out = not by_gap or own == 0 or own + 1 <= rule.clear_ratio * (others + 1)
    return chance <= rule.max_p and stands_out
