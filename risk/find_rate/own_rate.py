"""How far the rate of a building departs from what its columns tell.

Visits cannot tell it, since what a place is changes between them; simulated offices of four kinds
did. The less is known of a building, the farther: each visit tells of it, and where an office keeps
reports, that nothing was reported does, too, as far as visits have shown what reports tell.

A share of it is shared by buildings next to each other, and the less of that the farther they are
apart: a building's is the mean of what each H3 cell of resolution 10 within `REACH` steps of its
own brings, independent of each other (a moving average; Higdon 2002, Space and space-time modeling
using process convolutions). Two buildings have as much of it in common as their discs: three
quarters at 130 m, half at 260 m, nothing from 660 m on.

That is how far what is really found departs. Where visits only suspect something nearly as often
whatever the place is like, what they bring departs less. With σ the share of suspicions in the rate
θ of a usual visit, finds are (1 - σ)θ, and as the log of finds moves by 1 that of θ moves by

    1 / (1 - γσ),   ln(σ/(1 - σ)) = a + γ ln θ,   γ at most 0.

Both numbers are learnt from which of the usual visits' finds were suspicions only (a logistic
regression); with γ = 0 suspicions are the same share of what is brought everywhere.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix
from scipy.special import expit, logit

from geo.cells import cell_ids, disk_of_ids
from risk import schema as c
from risk.arrays import Codes, Floats, code_texts
from risk.config.find_rate import ModelConfig
from risk.models.penalised import minimise

REACH: Final = 2
Suspicions = tuple[float, float]
"""a and γ of the share of suspicions in a rate."""
NO_SUSPICIONS: Final = (0.0, 0.0)
_SUSPICIONS_SPREAD: Final = 0.5
"""Standard deviation of the prior of γ about 0; about -1 they are as frequent everywhere."""
_LEAST_RATE: Final = 1e-12
_DIGITS: Final = 9
_REPORTS_SHOWN_BY: Final = 300.0
"""Visits with which half is known of what reports tell."""


def own_variance(
    buildings: pd.DataFrame,
    rates: Floats,
    *,
    suspicions: Suspicions,
    has_reports: bool,
    learnt_from: int,
    rule: ModelConfig,
) -> Floats:
    """Return the relative variance of each building's rate, shape (buildings,).

    ``buildings``: with ``visits``, how many each had.
    ``rates``: Θ of a full visit of the usual purpose to each, shape (buildings,).
    ``has_reports``: whether the office keeps reports.
    ``learnt_from``: how many visits of the office its weights were learnt from.
    """
    visits = buildings[c.VISITS].to_numpy(np.float64)
    strength = rule.strength + rule.strength_of_visit * visits
    shown = learnt_from / (learnt_from + _REPORTS_SHOWN_BY)
    variance = 1.0 / (strength + rule.strength_of_reports * has_reports * shown)
    odds, slope = suspicions
    share = expit(odds + slope * np.log(np.maximum(rates, _LEAST_RATE)))
    return np.asarray(variance / (1.0 - slope * share) ** 2)


def learn_suspicions(found: Floats, log_rates: Floats) -> Suspicions:
    """Learn how the share of suspicions in what visits bring goes with the rate of their places.

    ``found``: what usual visits found that found anything: 1, less where it was only suspected.
    ``log_rates``: ln θ of their places, both shape (visits,).

    The result: `NO_SUSPICIONS` where none is a suspicion, or all are.
    """
    only = (found < 1.0).astype(np.float64)
    if not 0 < only.sum() < len(only):
        return NO_SUSPICIONS
    centre, share = log_rates.mean(), only.mean()
    x = np.column_stack([np.ones(len(only)), log_rates - centre])
    precision = np.array([0.0, _SUSPICIONS_SPREAD**-2])

    def loss(b: Floats) -> tuple[float, Floats]:
        odds = x @ b
        value = (np.logaddexp(0.0, odds) - only * odds).sum() + 0.5 * (precision * b**2).sum()
        return float(value), x.T @ (expit(odds) - only) + precision * b

    odds, slope = minimise(
        loss,
        np.array([logit(share), 0.0]),
        lower=np.full(2, -np.inf),
        upper=np.array([np.inf, 0.0]),
        curvature=share * (1.0 - share) * (x**2).sum(axis=0) + precision,
    )
    odds += np.log(found[only > 0].mean()) - slope * centre  # a suspicion is part of a find
    return round(float(odds), _DIGITS), round(float(slope), _DIGITS)


def share_nearby(cells: pd.Series) -> tuple[Codes, csr_matrix]:
    """Return what of the shared part comes to each building from where.

    ``cells``: H3 cell of resolution 10 of each building, ``''`` where it is not known; those have
    theirs in common with each other and with nobody else.

    The result: the row of each building's cell, shape (buildings,), and for each row the share of
    every cell about it, of which the squares add up to 1.
    """
    names, (codes,) = code_texts(cells)
    cell, near, _ = disk_of_ids(cell_ids(names), REACH)
    number, about = pd.factorize(near)
    share = 1.0 / np.sqrt(np.bincount(cell, minlength=len(names)))[cell]
    unknown = (len(names), len(about))
    places = (np.append(cell, unknown[0]), np.append(number, unknown[1]))
    shares = csr_matrix((np.append(share, 1.0), places), shape=(len(names) + 1, len(about) + 1))
    return np.where(codes < 0, len(names), codes).astype(np.int64), shares
