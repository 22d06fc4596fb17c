"""Communities that may under-report: complaints compared with what visits found there.

A place that few people report looks clean on a map of complaints. How often a *confirmed* place is
reported again, once it has been reported (`risk.monitoring.repeat_reports`), tells how much a
neighbourhood speaks up, whatever there is to report. (Liu, Bhandaram and Garg 2024, "Quantifying
spatial under-reporting disparities in resident crowdsourcing", Nature Computational Science 4.)

The rate tells where to look without being told. It never lowers or raises a building's score.
"""

from typing import Final

import numpy as np
import pandas as pd
from scipy.special import betainc

from risk import schema as c
from risk.arrays import Floats, Texts
from risk.features.empirical_bayes import dispersion, gamma_interval, smooth_rates
from risk.monitoring.repeat_reports import DAYS, FURTHER, ReportingRules

MONTH_DAYS: Final = 30.0
FAR_LESS, AS_OTHERS, NOT_ENOUGH = "far_less", "as_others", "not_enough_data"
STATES: Final = (FAR_LESS, AS_OTHERS, NOT_ENOUGH)
EVENTS, STATE = "events", "state"
REPORTING_COLUMNS: Final = (
    *(c.COMMUNITY, EVENTS, FURTHER, DAYS, "rate_raw", "rate", "low", "high", "weight"),
    *("similar_rate", "ratio", "p", STATE),
)


def estimate_reporting(
    events: pd.DataFrame, profile: pd.DataFrame, *, rules: ReportingRules
) -> pd.DataFrame:
    """Estimate how fast each community reports, and flag those that report far less.

    With m_e further reports in T_e days after the first report of event e, community k's raw rate
    is Σm/ΣT. Events of one community differ (a large site is reported more), so counts are divided
    by their dispersion φ = Σ (m_e - r_k T_e)² / (r_k T_e) / (events - communities), at least 1,
    before anything is inferred from them. Rates are smoothed by `risk.features.empirical_bayes`;
    with weight w and n effective days, the posterior is Gamma with variance rate · w / n. A
    community is compared with the ``rules.similar`` communities most like it: given the sum of both
    counts, its own is binomial (Przyborowski and Wilenski 1940), and its lower tail is p. Flags
    hold the false discovery rate and a share that matters.

    ``events``: ``community_code``, ``further_reports``, ``days``; one row per confirmed event.
    ``profile``: what makes communities alike, as made by `profile_communities`; its index names
    every community to be shown.

    The frame: columns `REPORTING_COLUMNS`, sorted by ``community_code``; rates per 30 days;
    ``ratio`` is the raw rate over that of similar ones together; NaN where nothing can be said.
    """
    profile = profile.sort_index()
    scatter = _dispersion(events)
    sums = events.assign(**{EVENTS: 1}).groupby(c.COMMUNITY)[[EVENTS, FURTHER, DAYS]].sum()
    known = sums.reindex(profile.index).fillna(0.0).astype(np.float64)
    counts, further, days = (known[name].to_numpy() for name in (EVENTS, FURTHER, DAYS))
    rates = smooth_rates(further / scatter, days / scatter)
    low, high = _interval(rates.smoothed, rates.weight, days / scatter, rules.interval_level)
    similar = _similar(profile.to_numpy(np.float64), rules.similar)
    others, other_days = similar @ further, similar @ days
    similar_rate = _ratio(others, other_days)
    ratio = _ratio(rates.raw, similar_rate)
    p = _lower_tail(further / scatter, days, others / scatter, other_days)
    frame = pd.DataFrame(
        {
            c.COMMUNITY: profile.index.to_numpy(),
            EVENTS: counts.astype(np.int64),
            FURTHER: further.astype(np.int64),
            DAYS: days,
            "rate_raw": rates.raw * MONTH_DAYS,
            "rate": rates.smoothed * MONTH_DAYS,
            "low": low * MONTH_DAYS,
            "high": high * MONTH_DAYS,
            "weight": rates.weight,
            "similar_rate": similar_rate * MONTH_DAYS,
            "ratio": ratio,
            "p": p,
        }
    )
    return frame.assign(**{STATE: _states(counts, ratio, p, rules)})


def profile_communities(buildings: pd.DataFrame) -> pd.DataFrame:
    """Describe each community by its size and its kinds of building.

    ``buildings``: ``community_code``, ``kind`` and ``dwellings`` (NaN unknown), one row per
    building.

    The frame: by ``community_code``: log dwellings, and the square root of the share of each kind
    (distances are then Hellinger's), each divided by its spread over the communities.
    """
    known = buildings[buildings[c.COMMUNITY].fillna("") != ""]
    groups = known.groupby(c.COMMUNITY, sort=True)
    size = np.log1p(groups[c.DWELLINGS].sum())
    kinds = known.assign(**{c.KIND: known[c.KIND].fillna("")})
    counts = pd.crosstab(kinds[c.COMMUNITY], kinds[c.KIND])
    shares = counts.div(counts.sum(axis=1), axis=0).pow(0.5)
    mix = float(np.sqrt(shares.var(ddof=0).sum())) or 1.0
    spread = float(size.std(ddof=0)) or 1.0
    return (shares / mix).assign(size=(size - size.mean()) / spread)


def _dispersion(events: pd.DataFrame) -> float:
    sums = events.groupby(c.COMMUNITY)[[FURTHER, DAYS]].transform("sum")
    expected = (sums[FURTHER] / sums[DAYS].where(sums[DAYS] > 0) * events[DAYS]).to_numpy()
    communities = events.loc[expected > 0, c.COMMUNITY].nunique()
    return dispersion(events[FURTHER].to_numpy(np.float64), expected, fitted=communities)


def _interval(rate: Floats, weight: Floats, days: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the posterior's central interval; without own weight, that of all together."""
    total = float(days.sum())
    pooled = rate / total if total > 0 else np.zeros_like(rate)
    has_own = (weight > 0) & (days > 0)
    variance = np.divide(rate * weight, days, out=pooled.copy(), where=has_own)
    # A community without any event is as uncertain as communities differ.
    ratio = np.divide(weight, days * (1 - weight), out=np.zeros_like(rate), where=has_own)
    between = float(ratio.max(initial=0.0))
    variance = np.where(days > 0, variance, np.maximum(rate * between, pooled))
    return gamma_interval(rate, variance, level=level)


def _similar(profile: Floats, count: int) -> Floats:
    """Mark the ``count`` nearest others of each row, ties by order; shape (n, n), 0 or 1."""
    gaps = ((profile[:, None, :] - profile[None, :, :]) ** 2).sum(axis=2)
    np.fill_diagonal(gaps, np.inf)
    nearest = np.argsort(gaps, axis=1, kind="stable")[:, : min(count, max(len(profile) - 1, 0))]
    marked = np.zeros(gaps.shape)
    np.put_along_axis(marked, nearest, 1.0, axis=1)
    return marked


def _lower_tail(events: Floats, days: Floats, others: Floats, other_days: Floats) -> Floats:
    """P(X ≤ own) for X binomial(own + others, days/(days + other_days)), counts real."""
    known = (days > 0) & (other_days > 0) & (others > 0)
    share = _ratio(days, days + other_days)
    tail = betainc(np.where(known, others, 1.0), events + 1.0, np.where(known, 1 - share, 0.5))
    return np.asarray(np.where(known, tail, np.nan))


def _states(counts: Floats, ratio: Floats, p: Floats, rules: ReportingRules) -> Texts:
    from scipy.stats import false_discovery_control  # here, as it takes half a second

    tested = (counts >= rules.least_events) & np.isfinite(p)
    states = np.where(tested, AS_OTHERS, NOT_ENOUGH).astype("U20")
    significant = np.zeros(len(p), dtype=bool)
    significant[tested] = false_discovery_control(p[tested]) <= rules.false_alarms
    states[significant & (np.nan_to_num(ratio, nan=np.inf) <= rules.far_less)] = FAR_LESS
    return states


def _ratio(part: Floats, whole: Floats) -> Floats:
    unknown = np.full(part.shape, np.nan)
    return np.asarray(np.divide(part, whole, out=unknown, where=whole > 0))
