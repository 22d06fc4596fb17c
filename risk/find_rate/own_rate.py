"""How far the rate of a building departs from what its columns tell.

Visits cannot tell it, since what a place is changes between them; simulated offices of four kinds
did. The less is known of a building, the farther: each visit tells of it, and where an office keeps
reports, that nothing was reported does, too, as far as visits have shown what reports tell.

A share of it is shared by buildings next to each other, and the less of that the farther they are
apart: a building's is the mean of what each H3 cell of resolution 10 within `REACH` steps of its
own brings, independent of each other (a moving average; Higdon 2002, Space and space-time modeling
using process convolutions). Two buildings have as much of it in common as their discs: three
quarters at 130 m, half at 260 m, nothing from 660 m on.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from geo.cells import cell_ids, disk_of_ids
from risk import schema as c
from risk.arrays import Codes, Floats, code_texts
from risk.config.find_rate import ModelConfig

REACH: Final = 2
_REPORTS_SHOWN_BY: Final = 300.0
"""Visits with which half is known of what reports tell."""


def own_variance(
    buildings: pd.DataFrame, *, has_reports: bool, learnt_from: int, rule: ModelConfig
) -> Floats:
    """Return the relative variance of each building's rate, shape (buildings,).

    ``buildings``: with ``visits``, how many each had.
    ``has_reports``: whether the office keeps reports.
    ``learnt_from``: how many visits of the office its weights were learnt from.
    """
    visits = buildings[c.VISITS].to_numpy(np.float64)
    strength = rule.strength + rule.strength_of_visit * visits
    shown = learnt_from / (learnt_from + _REPORTS_SHOWN_BY)
    return np.asarray(1.0 / (strength + rule.strength_of_reports * has_reports * shown))


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
