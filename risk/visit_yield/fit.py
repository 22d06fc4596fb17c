"""The chance that one visit finds something, given the score, and how many finds a list may bring.

For a building of which the score expects E confirmed events within the horizon, one visit finds
something with probability

    p = 1 - exp(-μ),   ln μ = level + slope · ln(E / reference) + evening · e + revisit · r
                              + waiting · w

the probability of at least one of a Poisson number of finds, so that the likelihood of visits that
found something or did not is that of the complementary log-log link (McCullagh and Nelder 1989,
Generalized Linear Models, 2nd ed., section 4.3). The mode under a Normal prior – slope about 1:
finds in proportion to E – is found by L-BFGS-B; its uncertainty is the curvature there.

What is assumed: that a list's visits look as past visits did which no report caused and that were
no sweep; that what such visits had found is told by E, the evening, whether it was a revisit and
whether a report waited there (`risk.visit_yield.open_reports`); and that weeks scatter about this
by a factor of their own, as far as past weeks have. A closed door is a visit that found nothing.
With fewer finds than the rules ask for, policy stays and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from risk.arrays import Bools, Floats
from risk.config.score import ScoreConfig
from risk.events.rows import FeatureSource
from risk.models.cloglog import chance_of, fit_terms, measure_spread
from risk.visit_yield.model import LEAST_EXPECTED, FindModel
from risk.visit_yield.rules import FindRules
from risk.visit_yield.training import (
    EVENING,
    EXPECTED,
    HAS_FIND,
    REVISIT,
    WAITING,
    WEEK,
    PastScores,
    read_find_visits,
)

_LEAST_SLOPE: Final = 0.05


def learn_find_chance(
    source: FeatureSource,
    *,
    cut: datetime,
    config: ScoreConfig,
    weights: Mapping[str, float] | None = None,
    rules: FindRules | None = None,
    past: Sequence[PastScores] = (),
) -> FindModel:
    """Learn the chance of a find per visit from visits known at ``cut``.

    Each visit is held against its building's expected count as of the start of its window, so
    nothing that it or a later visit found is in its features. Where scores are worked out again,
    their weights were learnt on the same months; scores kept from the past knew nothing of it.

    ``weights``: the snapshot's (``manifest["scorecard"]["weights"]``); policy's when None.
    ``rules``: see `FindRules`; its defaults when None. ``past``: scores kept from the past, by
    which visits are read without working scores out again: only of the same policy as ``config``.
    """
    rule = rules or FindRules()
    betas = asdict(config.weights) if weights is None else dict(weights)
    visits, typical = read_find_visits(
        source, cut=cut, config=config, weights=betas, rules=rule, past=past
    )
    return fit_find_chance(visits, rules=rule, typical=typical, until=cut)


def fit_find_chance(
    visits: pd.DataFrame, *, rules: FindRules, typical: float, until: datetime | None = None
) -> FindModel:
    """Fit visits and their outcomes.

    ``visits``: ``expected`` (≥ 0), ``found``, ``revisit``, ``waiting`` (bool), ``evening`` (0, 1,
    NaN unknown), ``week`` (datetime64, its Monday); one row per building, day and part of the day.
    ``typical``: expected count at which policy's level holds where no visit was made. ``until``:
    noted as the end of what was learnt from.
    """
    policy = _stand_on_policy(visits, rules=rules, typical=typical, until=until)
    if policy.finds < max(rules.least_finds, 1.0):
        return policy
    e, y = _expected(visits), visits[HAS_FIND].to_numpy(bool)
    evening = visits[EVENING].to_numpy(np.float64)
    revisit, waiting = (visits[name].to_numpy(bool) for name in (REVISIT, WAITING))
    shift = np.where(np.isnan(evening), 0.0, evening - policy.evening_share)
    x = np.column_stack([np.ones(len(y)), np.log(e / policy.reference), shift, revisit, waiting])
    learnable = [_is_told(y, evening == 1, evening == 0, rules), *(_is_told(y, each, None, rules)
            for each in (revisit, waiting))]  # fmt: skip
    prior, spread = _prior(rules)
    terms, covariance = fit_terms(
        x,
        y,
        prior=prior,
        spread=spread,
        free=np.array([True, True, *learnable]),
        least=_LEAST_SLOPE,
    )
    week = measure_spread(visits[WEEK], y, chance_of(x @ terms))
    return replace(policy, state="learnt", terms=terms, covariance=covariance, week_spread=week)


def _stand_on_policy(
    visits: pd.DataFrame, *, rules: FindRules, typical: float, until: datetime | None
) -> FindModel:
    """Return the model before anything is learnt, centred on the visits there are."""
    e, evening = _expected(visits), visits[EVENING].to_numpy(np.float64)
    known = ~np.isnan(evening)
    terms, spread = _prior(rules)
    return FindModel(
        state="policy",
        terms=terms,
        covariance=np.diag(spread**2),
        reference=float(np.exp(np.log(e).mean())) if len(e) else max(typical, LEAST_EXPECTED),
        evening_share=float(evening[known].mean()) if known.any() else 0.0,
        week_spread=0.0,
        visits=len(e),
        finds=int(visits[HAS_FIND].to_numpy(bool).sum()),
        finds_needed=rules.least_finds,
        trained_from=visits[WEEK].min().to_pydatetime() if len(e) else None,
        trained_until=until if len(e) else None,
    )


def _expected(visits: pd.DataFrame) -> Floats:
    return np.asarray(np.maximum(visits[EXPECTED].to_numpy(np.float64), LEAST_EXPECTED))


def _prior(rules: FindRules) -> tuple[Floats, Floats]:
    """Return mean and standard deviation of each of `TERMS`."""
    spread = [rules.level_spread, rules.slope_spread, *[rules.effect_spread] * 3]
    prior = [np.log(rules.level), rules.slope, 0.0, 0.0, np.log(rules.waiting)]
    return np.array(prior), np.array(spread)


def _is_told(y: Bools, yes: Bools, no: Bools | None, rules: FindRules) -> bool:
    """Say whether either side had enough finds for an effect of its own."""
    other = ~yes if no is None else no
    return bool(min(y[yes].sum(), y[other].sum()) >= max(rules.least_told, 1.0))
