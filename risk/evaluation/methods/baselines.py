"""The simple methods that a model must beat, each a dozen lines on the interface of the model.

A baseline takes a `View` and returns one score per unit, higher for "look here first". What it has
to choose – a half-life, a bandwidth – it chooses on windows that ended before the origin
(`choose`). Equal scores are no opinion: the tie rule of `risk.evaluation.metrics` decides.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import numpy as np
from scipy.ndimage import gaussian_filter

from risk.arrays import Bools, Floats
from risk.evaluation.metrics import area_under_curve
from risk.evaluation.targets.geography import RING_STEPS
from risk.evaluation.targets.questions import INSPECTED
from risk.evaluation.view import Numbers, PointEvents, View
from risk.features.empirical_bayes import posterior_ratio, prior_strength

Option = TypeVar("Option")
HALF_LIVES_DAYS: Final = (60.0, 180.0, 365.0, 730.0)
BANDWIDTHS_M: Final = (300.0, 600.0, 1200.0, 2400.0)
RECENT_DAYS: Final = 365.0
TUNED_ON: Final = (1, 2)
"""Windows before the origin on which a baseline chooses."""
PIXEL_M: Final = 150.0
_MOST_PIXELS: Final = 2_000
_NEVER_DAYS: Final = 10_000.0


def score_random(view: View) -> Floats:
    """Have no opinion: the tie rule is a random order."""
    return np.zeros(len(view.units))


def score_exposure(view: View) -> Floats:
    """Look where most is registered."""
    return view.exposure


def score_past_count(view: View) -> Floats:
    """Look where most was found so far."""
    return view.count(view.events.unit)


def score_decayed_count(view: View) -> Floats:
    """Look where most was found lately; after how many days a find counts half is tuned."""

    def decayed(view: View, half_life_days: float) -> Floats:
        return view.count(view.events.unit, np.exp2(-view.events.age_days / half_life_days))

    return choose(view, decayed, HALF_LIVES_DAYS)


def score_kde(view: View) -> Floats:
    """Look where finds of the last year were dense: Gaussian kernel, bandwidth tuned."""
    return choose(view, _density, BANDWIDTHS_M)


def score_ring(view: View) -> Floats:
    """Look where finds of the last year were in the cell and its rings; how many is tuned."""

    def around(view: View, steps: int) -> Floats:
        recent, weights = _recent(view.events), view.geography.rings[view.ring_level][steps - 1]
        with_cell = recent & (view.events.cell >= 0)
        counts = np.bincount(view.events.cell[with_cell], minlength=weights.shape[0])
        # Cell -1, of a place without a point, reads the last entry.
        return np.append(weights @ counts, 0.0)[view.places[2]]

    return choose(view, around, RING_STEPS)


def score_bayes(view: View) -> Floats:
    """Look where visits found most, small numbers drawn to the mean.

    Among inspected units the smoothed finds per visit; among all, smoothed finds of the last year
    per exposure, times exposure.
    """
    if view.question.among == INSPECTED:
        finds = view.count(view.visits.unit, view.visits.values)
        return smooth_counts(finds, view.count(view.visits.unit))
    finds = view.count(view.events.unit, _recent(view.events).astype(np.float64))
    return smooth_counts(finds, view.exposure) * view.exposure


def smooth_counts(found: Floats, exposure: Floats) -> Floats:
    """Return m (O + k) / (m n + k): found O of exposure n, the mean rate m, strength k.

    The posterior mean of a rate under a Gamma prior whose strength has the highest marginal
    likelihood. The moments of `risk.features.empirical_bayes.smooth_rates`, and so of
    ``esda.smoothing.Empirical_Bayes``, put it to infinity in many real cities of small counts.
    """
    mean = float(found.sum() / exposure.sum()) if exposure.sum() > 0 else 0.0
    expected = mean * exposure
    return mean * posterior_ratio(found, expected, prior_strength(found, expected))


def score_z_sum(view: View) -> Floats:
    """Add up z-scores of finds, complaints and registered units, as dashboards like to do."""
    counts = (
        view.count(view.events.unit, _recent(view.events).astype(np.float64)),
        view.count(view.complaints.unit, _recent(view.complaints).astype(np.float64)),
        view.exposure,
    )
    return np.asarray(np.sum([_z(count) for count in counts], axis=0))


def score_mean_grade(view: View) -> Floats:
    """Look where visits brought most on average so far: worst scores, or most problems."""
    return _mean_per_unit(view, view.faults.unit, view.faults.values)


def score_last_grade(view: View) -> Floats:
    """Look where the last visit brought most; of several on one day, their mean."""
    faults = view.faults
    # Unit -1 reads the last entry, and counts nowhere.
    last = np.append(_days_since(view, faults), 0.0)[faults.unit] == faults.age_days
    return _mean_per_unit(view, np.where(last, faults.unit, -1), faults.values)


def score_days_since_visit(view: View) -> Floats:
    """Look where nobody has been for longest, first of all where nobody ever was."""
    return _days_since(view, view.visits)


def score_last_find(view: View) -> Floats:
    """Look where something was found last."""
    return -_days_since(view, view.events)


BASELINES: Final[Mapping[str, Callable[[View], Floats]]] = {
    "random": score_random,
    "exposure": score_exposure,
    "past_count": score_past_count,
    "decayed_count": score_decayed_count,
    "kde": score_kde,
    "k_ring": score_ring,
    "empirical_bayes": score_bayes,
    "z_sum": score_z_sum,
    "mean_grade": score_mean_grade,
    "last_grade": score_last_grade,
    "days_since_visit": score_days_since_visit,
    "last_find": score_last_find,
}


def choose(
    view: View, score: Callable[[View, Option], Floats], options: Sequence[Option]
) -> Floats:
    """Score with the option that would have ranked best in windows that ended by the origin.

    Best is the highest mean AUC over the windows of `TUNED_ON`; the first option where nothing is
    to be learnt from, or all are equal.
    """
    past = [seen for steps in TUNED_ON if (seen := view.earlier(steps))]

    def worth(option: Option) -> float:
        curves = [area_under_curve(a.events > 0, score(earlier, option)) for earlier, a in past]
        known = [value for value in curves if not np.isnan(value)]
        return float(np.mean(known)) if known else 0.0

    return score(view, max(options, key=worth))


def _recent(events: PointEvents) -> Bools:
    return events.age_days <= RECENT_DAYS


def _z(values: Floats) -> Floats:
    spread = values.std() if len(values) else 0.0
    return (values - values.mean()) / spread if spread else np.zeros(len(values))


def _density(view: View, bandwidth_m: float) -> Floats:
    """Smooth the last year's finds on a grid of pixels and read it off at the units."""
    x_m, y_m, _ = view.places
    seen = _recent(view.events) & ~np.isnan(view.events.x_m)
    positions, known = np.column_stack([x_m, y_m]), ~np.isnan(x_m)
    finds = np.column_stack([view.events.x_m, view.events.y_m])[seen]
    density = np.zeros(len(positions))
    if not len(finds) or not known.any():
        return density
    low = np.minimum(finds.min(axis=0), positions[known].min(axis=0))
    high = np.maximum(finds.max(axis=0), positions[known].max(axis=0))
    pixel = max(PIXEL_M, float((high - low).max()) / _MOST_PIXELS)
    shape = tuple(((high - low) // pixel).astype(int) + 1)
    grid = np.zeros(shape)
    np.add.at(grid, tuple(((finds - low) // pixel).astype(int).T), 1.0)
    smooth = gaussian_filter(grid, bandwidth_m / pixel, mode="constant", truncate=3.0)
    density[known] = smooth[tuple(((positions[known] - low) // pixel).astype(int).T)]
    return density


def _mean_per_unit(view: View, unit: Numbers, values: Floats) -> Floats:
    """Return each unit's mean; the mean of all known values where it has none."""
    count = view.count(unit)
    usual = float(values.mean()) if len(values) else 0.0
    means: Floats = np.full(len(count), usual)
    np.divide(view.count(unit, values), count, out=means, where=count > 0)
    return means


def _days_since(view: View, events: PointEvents) -> Floats:
    days, inside = np.full(len(view.units), _NEVER_DAYS), events.unit >= 0
    np.minimum.at(days, events.unit[inside], events.age_days[inside])
    return days
