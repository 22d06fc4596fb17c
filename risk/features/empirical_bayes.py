"""Empirical Bayes for counts: relative risks and rates, drawn to the mean where little is known.

Of a place with O events where E were expected the relative risk is θ ~ Gamma(k, k), and given θ its
count is Poisson(θE). The posterior of θ is Gamma(k + O, k + E), with mean

    (O + k) / (E + k) = w · O/E + (1 - w),    w = E / (E + k).

The strength k of the prior, in expected events, comes from all places together, by the marginal
likelihood (`prior_strength`) or by moments (`moment_strength`). (Clayton and Kaldor 1987,
Biometrics 43, 671-681.)
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.special import gammaincinv, gammaln

from risk.arrays import UNKNOWN, Codes, Floats

STRENGTHS: Final = 2.0 ** np.arange(-1, 10)
"""Candidate strengths of the prior, in expected events."""
LEAST_EXPECTED: Final = 1e-9
_WIDTHS_ADDED: Final = 3
_MULTIPLIED: Final = 16


def prior_strength(found: Floats, expected: Floats) -> float:
    """Return the strength k of the prior with the highest marginal likelihood.

    Marginally a place's count is negative binomial with log-likelihood (up to a constant)

        Σ lnΓ(O + k) - lnΓ(k) + k ln(k/(k + E)) + O ln(E/(k + E)).

    ``found``, ``expected``: O and E of each place; places without expectation are left out.

    The result: one of `STRENGTHS`; the largest where there is nothing to learn from.
    """
    known = expected > LEAST_EXPECTED
    if not known.any():
        return float(STRENGTHS[-1])
    return float(STRENGTHS[_sum_of_log_marginals(found[known], expected[known]).argmax()])


def _sum_of_log_marginals(found: Floats, expected: Floats) -> Floats:
    """Return the sum of `log_marginal` over the places, which a matrix of them takes longer for."""
    counts, of_count = np.unique(found, return_counts=True)
    some = found > 0
    few, their_expected = found[some], expected[some]
    sums = []
    for k in STRENGTHS:
        seen = float((gammaln(counts + k) - gammaln(k)) @ of_count)
        logs = k * _sum_of_logs(k + expected) + float(few @ np.log(k + their_expected))
        sums.append(seen + len(found) * k * np.log(k) - logs)
    return np.array(sums) + float(few @ np.log(their_expected))


def _sum_of_logs(values: Floats) -> float:
    """Return Σ ln v of values about 1 to 1e15: products of many have few logarithms."""
    whole = len(values) - len(values) % _MULTIPLIED
    products = values[:whole].reshape(_MULTIPLIED, -1).prod(axis=0)
    return float(np.log(products).sum() + np.log(values[whole:]).sum())


def log_marginal(found: Floats, expected: Floats) -> Floats:
    """Return the log-likelihood of each place at each of `STRENGTHS` (`prior_strength`)."""
    o, e, k = found[:, None], expected[:, None], STRENGTHS[None]
    counts, at = np.unique(found, return_inverse=True)  # many places have the same few
    of_count = gammaln(counts[:, None] + k) - gammaln(k)
    return np.asarray(of_count[at] + k * np.log(k / (k + e)) + o * np.log(e / (k + e)))


def shrinkage_strength(values: Floats, codes: Codes) -> float:
    """Return how many values "like the others" is worth against a group's own: σ²/τ².

    By moments of a one-way layout (Searle, Casella and McCulloch 1992, Variance Components,
    section 3.6): σ² within groups, τ² ≥ 0 between them. At most the largest of `STRENGTHS`.

    ``values``: about 0. ``codes``: group of each, -1 belongs nowhere.
    """
    inside = codes >= 0
    values = values[inside]
    # Numbered without gaps: a group without values must not change how the others are added up.
    codes = np.unique(codes[inside], return_inverse=True)[1]
    count = np.bincount(codes)
    groups, rows = len(count), len(values)
    if groups < 2 or rows <= groups:  # noqa: PLR2004 -- two groups
        return float(STRENGTHS[-1])
    mean = np.bincount(codes, values) / count
    within = float(((values - mean[codes]) ** 2).sum()) / (rows - groups)
    between = float((count * (mean - values.mean()) ** 2).sum()) / (groups - 1)
    size = (rows - float((count**2).sum()) / rows) / (groups - 1)
    variance = (between - within) / size
    return float(min(within / variance, STRENGTHS[-1])) if variance > 0 else float(STRENGTHS[-1])


def moment_strength(found: Floats, expected: Floats, *, mean_is_known: bool) -> float:
    """Return the strength k of the prior by moments; infinite where places differ by chance alone.

    With X² = Σ (O - E)²/E over the L places with an expectation, 1/k = (X² - L) / ΣE where the mean
    is taken as known (Marshall 1991, Applied Statistics 40(2)), and
    1/k = (X² - (L - 1)) / (ΣE - ΣE²/ΣE) where it was estimated from the same counts (DerSimonian
    and Laird 1986, Controlled Clinical Trials 7).
    """
    o, e = found[expected > 0], expected[expected > 0]
    total = float(e.sum())
    excess, room = float(((o - e) ** 2 / e).sum()) - len(e), total
    if not mean_is_known and total > 0:
        excess, room = excess + 1, total - float((e**2).sum()) / total
    return room / excess if excess > 0 and room > 0 else np.inf


def dispersion(counts: Floats, expected: Floats, *, fitted: int) -> float:
    """Return how much more counts scatter than Poisson's, Pearson's X² per degree of freedom.

    At least 1. ``fitted``: how many means were fitted to the counts that have an expectation.
    """
    known = expected > 0
    free = int(known.sum()) - fitted
    if free <= 0:
        return 1.0
    gaps = (counts[known] - expected[known]) ** 2 / expected[known]
    return max(1.0, float(gaps.sum()) / free)


def posterior_ratio(found: Floats, expected: Floats, strength: float) -> Floats:
    """Return (O + k)/(E + k), the posterior mean of the relative risk, > 0."""
    return np.asarray((found + strength) / (expected + strength))


def log_ratio(found: Floats, expected: Floats, strength: float) -> Floats:
    """Return the log of `posterior_ratio`: 0 where nothing is known, or found as was expected."""
    return np.asarray(np.log(posterior_ratio(found, expected, strength)))


def gamma_interval(mean: Floats, variance: Floats, *, level: float) -> tuple[Floats, Floats]:
    """Return the central interval of a Gamma distribution with the given moments.

    The expected count of a Poisson place with a Gamma prior is Gamma distributed (shape = prior
    events + events seen); a sum of places is taken as Gamma with the summed mean and variance.

    ``mean``, ``variance``: shape (n,), ≥ 0; where either is 0 both ends are the mean. ``level``:
    probability inside, 0 to 1.

    The result: shape (n,).
    """
    tail = (1 - level) / 2
    return gamma_quantile(mean, variance, tail), gamma_quantile(mean, variance, 1 - tail)


def gamma_quantile(mean: Floats, variance: Floats, probability: float) -> Floats:
    """Return the value that a Gamma distribution with these moments stays below so probably.

    Parameters are those of `gamma_interval`; where either moment is 0 it is the mean.
    """
    usable = (mean > 0) & (variance > 0)
    shape = np.divide(mean**2, variance, out=np.ones_like(mean), where=usable)
    scale = np.where(usable, mean / shape, 0.0)
    return np.where(usable, gammaincinv(shape, probability) * scale, mean)


@dataclass(frozen=True, kw_only=True)
class SmoothedRates:
    """Raw and smoothed rates of n places."""

    raw: Floats
    """Events per exposure, shape (n,); NaN where the exposure is 0."""
    smoothed: Floats
    """weight · raw + (1 - weight) · mean."""
    weight: Floats
    """How much the place's own rate counts, 0 to 1."""
    mean: float
    """Events per exposure of all places together; 0 where there is no exposure at all."""


def smooth_rates(events: Floats, exposure: Floats) -> SmoothedRates:
    """Smooth rates by empirical Bayes with the moments of Marshall (1991).

    The weight is 0 for all where places differ no more than chance lets them
    (``esda.smoothing.Empirical_Bayes`` agrees elsewhere).

    ``events``: counts, shape (n,), ≥ 0. ``exposure``: exposure of the same places, ≥ 0. A place
    without exposure has no raw rate, weighs nothing and is given the mean.
    """
    total = float(exposure.sum())
    mean = float(events[exposure > 0].sum() / total) if total > 0 else 0.0
    expected = mean * exposure
    strength = moment_strength(events, expected, mean_is_known=True)
    raw = np.divide(events, exposure, out=np.full(events.shape, np.nan), where=exposure > 0)
    weight = expected / (expected + strength)
    smoothed = weight * np.nan_to_num(raw) + (1 - weight) * mean
    return SmoothedRates(raw=raw, smoothed=smoothed, weight=weight, mean=mean)


def local_mean(
    day: Codes, found: Floats, *, width_days: float, effort: Floats | None = None
) -> Floats:
    """Return the office's mean outcome around each visit's day, what is expected of any visit.

    A Gaussian average in time over the visits given, itself included, so that a lean year or a
    strict month is no place's history.

    ``day``: whole days, shape (visits,).
    ``found``: outcome of each visit.
    ``width_days``: standard deviation of the window; it is cut off at three of them.
    ``effort``: how thoroughly each visit looked, > 0; the mean is then of finds per effort. 1 where
    not given.
    """
    if not len(day):
        return np.zeros(0)
    since = day - day.min()
    sums = np.stack([np.bincount(since, found), np.bincount(since, effort)]).astype(np.float64)
    radius = int(np.ceil(_WIDTHS_ADDED * width_days))
    up, down = gaussian_filter1d(sums, width_days, mode="constant", radius=radius)
    level = np.divide(up, down, out=np.zeros(len(up)), where=down > LEAST_EXPECTED)
    return np.asarray(level[since])


def sum_by_code(codes: Codes, values: Floats | None, size: int) -> Floats:
    """Add up values by code, or count codes, shape (size,); the unknown belong nowhere."""
    known = codes != UNKNOWN
    if not known.all():
        codes, values = codes[known], None if values is None else values[known]
    return np.asarray(np.bincount(codes, values, size), dtype=np.float64)
