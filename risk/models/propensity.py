"""How confirmed events came about: reported, decided, found at random, or found on patrol.

What is found only because somebody went says where people go as much as where something is. Such a
find weighs

    w = clip(p_rare / p, least_worth, 1)

with p the probability that its building was visited within the window, learnt from everything that
decides where people go, and p_rare that of the least visited tenth: the inverse of the probability
that we went, so that going often to a place, or when it is due, does not by itself make it worse
(Ensign et al. 2018, Proc. Machine Learning Research 81). Reported events, decisions and finds of
the random arm weigh 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd
from ibis import ir

from risk import schema as c
from risk.arrays import Floats
from risk.config.score import ScoreConfig
from risk.events.fetch import fetch
from risk.events.provenance import (
    DECIDED,
    DISCOVERED,
    RANDOM_ARM,
    REPORTED,
    SourceRules,
    outcome_weights,
    source_of_visits,
)
from risk.events.rows import FeatureSource, settled_rows
from risk.models.poisson import fit_standardised

SOURCE: Final = "source"
YEAR_DAYS: Final = 365.0
RARE_SHARE: Final = 0.1
"""Share of the buildings that are visited more rarely than what counts as rare."""
_LEAST_PROBABILITY: Final = 1e-9


@dataclass(frozen=True, kw_only=True)
class Sources:
    """How many events came about how, and the mean weight of discovered ones."""

    reported: int
    decided: int
    random: int
    discovered: int
    discovered_worth: float


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """Everything confirmed and every visit at a building, as known at one cut.

    Parameters
    ----------
    events
        ``building_id``, ``day`` (datetime64, midnight), ``source``; one row per confirmed event.
    visits
        ``building_id``, ``day``; one row per building and day.
    """

    events: pd.DataFrame
    visits: pd.DataFrame

    def between(self, start: datetime, end: datetime) -> pd.DataFrame:
        """Return the events of [start, end)."""
        return _between(self.events, start, end)


def read_outcomes(source: FeatureSource, *, cut: datetime, config: ScoreConfig) -> Outcomes:
    """Read what was confirmed, and when a building was visited, as known at ``cut``.

    A find and a decision about one building in one calendar month are one event, and the find says
    how it came about.
    """
    keep = ("purpose", "mode")
    visited = settled_rows(source, "inspections", cut=cut, config=config, keep=keep)
    how = source_of_visits(visited, SourceRules.of_score(config))
    visits = _fetch(visited.mutate(**{SOURCE: how}))
    decided = _fetch(settled_rows(source, "violations", cut=cut, config=config))
    finds = visits.loc[visits[c.CONFIRMS].astype(bool), [c.BUILDING, c.DAY, SOURCE]]
    events = pd.concat(
        [finds, _without_finds(decided[[c.BUILDING, c.DAY]], finds)], ignore_index=True
    )
    return Outcomes(
        events=events.sort_values([c.DAY, c.BUILDING, SOURCE], ignore_index=True),
        visits=visits[[c.BUILDING, c.DAY]].drop_duplicates().reset_index(drop=True),
    )


def weights_of_events(
    events: pd.DataFrame, probability: pd.Series, *, rare: float, least: float
) -> Floats:
    """Return the inverse-propensity weight of each event: 1, or less where found on patrol.

    Parameters
    ----------
    events
        With ``building_id`` and ``source``.
    probability
        Probability of a visit within the window, by building id.
    rare
        Probability at which a find weighs 1.
    least
        Smallest weight, > 0.
    """
    p = probability.reindex(events[c.BUILDING]).fillna(rare).to_numpy(np.float64)
    how = events[SOURCE].to_numpy(dtype=np.str_)
    return outcome_weights(how, p, reference=max(rare, _LEAST_PROBABILITY), least=least)


def pace_of_visits(outcomes: Outcomes, buildings: pd.Series, *, start: datetime) -> Floats:
    """Return the log of the days with a visit in the year before, half the office's mean added."""
    before = _between(outcomes.visits, start - timedelta(days=YEAR_DAYS), start)
    visits = _count(before, buildings)
    mean = float(visits.mean()) if len(visits) else 0.0
    return np.asarray(np.log(visits + 0.5 * mean + _LEAST_PROBABILITY))


def was_visited(
    outcomes: Outcomes, buildings: pd.Series, *, start: datetime, end: datetime
) -> Floats:
    """Return 1 for each building that was visited in [start, end), 0 for the others."""
    return np.asarray(np.minimum(_count(_between(outcomes.visits, start, end), buildings), 1.0))


def visit_probability(x: Floats, visited: Floats, *, penalty: float) -> Floats:
    """Return the probability of a visit: Poisson regression of visited on features, at most 1.

    ``x``: whatever may decide where people go, shape (rows, features). ``visited``: 0 or 1, shape
    (rows,). ``penalty``: see `risk.models.poisson.fit_standardised`; the weights are drawn to 0.
    """
    level = np.log(max(float(visited.mean()), _LEAST_PROBABILITY))
    fit = fit_standardised(x, visited, offset=np.full(len(visited), level), penalty=penalty)
    return np.asarray(np.minimum(np.exp(level + fit.intercept + x @ fit.weights), 1.0))


def count_sources(events: pd.DataFrame, weights: Floats) -> Sources:
    """Count events by how they came about."""
    how = events[SOURCE].to_numpy()
    discovered = how == DISCOVERED
    return Sources(
        reported=int((how == REPORTED).sum()),
        decided=int((how == DECIDED).sum()),
        random=int((how == RANDOM_ARM).sum()),
        discovered=int(discovered.sum()),
        discovered_worth=float(weights[discovered].mean()) if discovered.any() else 1.0,
    )


def _fetch(rows: ir.Table) -> pd.DataFrame:
    frame = fetch(rows.filter(rows[c.BUILDING] != ""))
    frame = frame.sort_values(c.ROW_KEY, ignore_index=True)
    day = frame[c.EVENT_AT].astype("datetime64[us]").dt.normalize()
    return frame.assign(**{c.DAY: day})


def _count(visits: pd.DataFrame, buildings: pd.Series) -> Floats:
    counted = visits[c.BUILDING].value_counts().reindex(buildings).fillna(0.0)
    return np.asarray(counted, dtype=np.float64)


def _without_finds(decided: pd.DataFrame, finds: pd.DataFrame) -> pd.DataFrame:
    months = pd.MultiIndex.from_arrays([finds[c.BUILDING], finds[c.DAY].dt.to_period("M")])
    decided_months = pd.MultiIndex.from_arrays(
        [decided[c.BUILDING], decided[c.DAY].dt.to_period("M")]
    )
    unvisited = decided[~decided_months.isin(months)]
    return unvisited.assign(**{SOURCE: np.full(len(unvisited), DECIDED, dtype="U16")})


def _between(frame: pd.DataFrame, start: datetime, end: datetime) -> pd.DataFrame:
    return frame[(frame[c.DAY] >= pd.Timestamp(start)) & (frame[c.DAY] < pd.Timestamp(end))]
