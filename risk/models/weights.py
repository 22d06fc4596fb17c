"""Update policy's weights with the office's own outcomes, and report the training data.

The weights β of the scorecard are the mode of a Poisson likelihood over windows that ended before
the cut, with a Normal prior around policy's weights and policy's signs:

    minimise Σ (μ - y·ln μ) + ½·penalty·Σ (sd_j·(β_j - policy_j))²,   μ = exposure · level · e^(xβ)

with the features x of each building as of the window's start and y what was confirmed inside it, so
far as it was known at the cut. The penalty is chosen by how well each predicted the later windows
from the earlier ones (`risk.models.selection`). What was found only because somebody went counts
less than what was reported (`risk.models.propensity`). With fewer events than policy asks for, its
weights stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Floats
from risk.config.score import ScoreConfig
from risk.events.rows import FeatureSource
from risk.features.build import build_features
from risk.features.factors import FACTORS, design_matrix
from risk.models.poisson import fit_standardised
from risk.models.propensity import (
    RARE_SHARE,
    Outcomes,
    Sources,
    count_sources,
    pace_of_visits,
    read_outcomes,
    visit_probability,
    was_visited,
    weights_of_events,
)
from risk.models.selection import Track, log_likelihood

State = Literal["policy", "learnt"]
_UPWARDS: Final = np.array([-1.0 if factor.sign < 0 else 1.0 for factor in FACTORS])
"""Turns every factor that may only lower into one that may only raise."""
_LOWER: Final = np.array([0.0 if factor.sign else -np.inf for factor in FACTORS])
_DIGITS: Final = 9
"""Weights are kept to nine digits, far finer than they are known."""


@dataclass(frozen=True, kw_only=True)
class Learning:
    """Weights before and after, and what moved them.

    Parameters
    ----------
    state
        ``policy`` where there was not enough to learn from, ``learnt`` otherwise.
    prior, posterior
        Weight by factor; alike in state ``policy``.
    trained_from, trained_until
        First and last moment of the windows, local time; None where there are none.
    windows, events, events_needed
        Windows, confirmed events inside them, and how many events policy asks for.
    penalty
        The one chosen; None in state ``policy``.
    sources
        How the events came about, and what discovered ones were worth on the average.
    """

    state: State
    prior: Mapping[str, float]
    posterior: Mapping[str, float]
    trained_from: datetime | None
    trained_until: datetime | None
    windows: int
    events: int
    events_needed: float
    penalty: float | None
    sources: Sources

    def facts(self) -> dict[str, Any]:
        """Return everything as plain values, for the manifest."""
        moments = {"trained_from": self.trained_from, "trained_until": self.trained_until}
        return asdict(self) | {name: at and at.isoformat() for name, at in moments.items()}


@dataclass(frozen=True, kw_only=True)
class _Read:
    """One window as it was read: features as of its start, and what happened inside it."""

    ids: pd.Series
    x: Floats
    exposure: Floats
    pace: Floats
    visited: Floats
    events: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class _Window:
    """x with every sign turned upwards, doors, and what was confirmed, each at its worth."""

    x: Floats
    exposure: Floats
    y: Floats

    @property
    def offset(self) -> Floats:
        """Log of what the doors alone let expect at this window's level."""
        level = max(float(self.y.sum()), 1.0) / float(self.exposure.sum())
        return np.asarray(np.log(self.exposure * level))


def learn_weights(
    source: FeatureSource, *, cut: datetime, policy: Mapping[str, float], config: ScoreConfig
) -> Learning:
    """Fit the weights of the scorecard on windows that ended by ``cut``.

    ``config``: ``config.learning`` says how many windows and events at least, and which penalties.
    """
    rule = config.learning
    outcomes = read_outcomes(source, cut=cut, config=config)
    starts = _window_starts(outcomes, cut, config)[-_most_windows(source, cut, config) :]
    inside = outcomes.between(starts[0], cut) if starts else outcomes.events.head(0)
    learning = Learning(
        state="policy",
        prior=dict(policy),
        posterior=dict(policy),
        trained_from=starts[0] if starts else None,
        trained_until=cut if starts else None,
        windows=len(starts),
        events=len(inside),
        events_needed=rule.least_events,
        penalty=None,
        sources=count_sources(inside, np.ones(len(inside))),
    )
    if len(starts) < rule.least_windows or len(inside) < rule.least_events:
        return learning
    read = [_read_window(source, start, outcomes, config) for start in starts]
    windows, event_weights = _weigh(read, config)
    prior = np.array([policy.get(factor.name, 0.0) for factor in FACTORS])
    penalty = _choose_penalty(windows, prior, rule.penalties)
    weights = np.round(_fit(windows, prior, penalty), _DIGITS) + 0.0
    return replace(
        learning,
        state="learnt",
        posterior={f.name: float(w) for f, w in zip(FACTORS, weights, strict=True)},
        penalty=penalty,
        sources=count_sources(pd.concat([each.events for each in read]), event_weights),
    )


def _window_starts(outcomes: Outcomes, cut: datetime, config: ScoreConfig) -> list[datetime]:
    """Lay windows of one horizon back from the cut, as far as there is history behind them."""
    if outcomes.events.empty:
        return []
    first = outcomes.events[c.DAY].min() + pd.Timedelta(days=config.learning.burn_in_days)
    step = timedelta(days=config.horizon_days)
    starts = [cut - step * number for number in range(1, config.learning.windows + 1)]
    return sorted(start for start in starts if pd.Timestamp(start) >= first)


def _most_windows(source: FeatureSource, cut: datetime, config: ScoreConfig) -> int:
    """Return how many windows of so many buildings may be held in memory at once."""
    buildings = int(source.table("buildings", cut=cut).count().to_pyarrow().as_py())
    rule = config.learning
    return max(rule.least_windows, rule.most_rows // max(buildings, 1))


def _read_window(
    source: FeatureSource, start: datetime, outcomes: Outcomes, config: ScoreConfig
) -> _Read:
    features = build_features(source, cut=start, config=config)
    buildings = features.buildings
    ids, end = buildings[c.BUILDING], start + timedelta(days=config.horizon_days)
    events = outcomes.between(start, end)
    exposure = buildings[c.EXPOSURE].to_numpy(np.float64)
    return _Read(
        ids=ids,
        x=design_matrix(buildings, exposure=exposure, usual=features.usual),
        exposure=exposure,
        pace=pace_of_visits(outcomes, ids, start=start),
        visited=was_visited(outcomes, ids, start=start, end=end),
        events=events[events[c.BUILDING].isin(ids)],
    )


def _weigh(read: Sequence[_Read], config: ScoreConfig) -> tuple[list[_Window], Floats]:
    """Give each event its worth; return the windows, and the worths in order of the events."""
    every = np.concatenate(
        [np.column_stack([each.x, each.pace, np.log(each.exposure)]) for each in read]
    )
    visited = np.concatenate([each.visited for each in read])
    rule = config.learning
    p = visit_probability(every, visited, penalty=rule.penalties[0])
    rare = float(np.quantile(p, RARE_SHARE))
    windows, weights_of_windows = [], []
    for each, part in zip(read, np.split(p, np.cumsum([len(r.x) for r in read])[:-1]), strict=True):
        probability = pd.Series(part, index=pd.Index(each.ids))
        event_weights = weights_of_events(
            each.events, probability, rare=rare, least=rule.least_worth
        )
        rows = pd.Index(each.ids).get_indexer(pd.Index(each.events[c.BUILDING]))
        y = np.bincount(rows, event_weights, len(each.x)).astype(np.float64)
        windows.append(_Window(x=each.x * _UPWARDS, exposure=each.exposure, y=y))
        weights_of_windows.append(event_weights)
    return windows, np.concatenate(weights_of_windows)


def _choose_penalty(windows: Sequence[_Window], prior: Floats, penalties: Sequence[float]) -> float:
    """Return the penalty under which earlier windows predicted later ones best."""
    track = Track()
    for number in range(1, len(windows)):
        for penalty in penalties:
            weights = _fit(windows[:number], prior, penalty)
            coming = windows[number]
            predicted = coming.offset + coming.x @ (weights * _UPWARDS)
            likelihood = log_likelihood(coming.y, predicted)
            track.note(penalty, known_from=number, likelihood=likelihood)
    return track.best(list(penalties), len(windows))


def _fit(windows: Sequence[_Window], prior: Floats, penalty: float) -> Floats:
    """Return the weights of the factors, with policy's signs."""
    fit = fit_standardised(
        np.concatenate([window.x for window in windows]),
        np.concatenate([window.y for window in windows]),
        offset=np.concatenate([window.offset for window in windows]),
        penalty=penalty,
        prior=prior * _UPWARDS,
        lower=_LOWER,
    )
    return np.asarray(fit.weights * _UPWARDS)
