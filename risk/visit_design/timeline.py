"""Training cut-offs of a backtest, with the places and the design matrix of each, cached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from risk import schema as c
from risk.config.visit_model import ModelConfig
from risk.visit_design.matrix import build_design
from risk.visit_design.units import places_of, register_places
from risk.visit_design.visit_table import Facts


def lay_cuts(origins: Sequence[int], *, first_day: int, window_days: int) -> list[int]:
    """Lay cuts about a window apart, back from the first origin and on to the last.

    ``origins``: days to be scored. Fits are shared: an origin uses those of the last cut up to it.
    ``first_day``: no cut lies before this day. ``window_days``: length of a training window.
    Between origins farther apart than that the gap is divided evenly; origins closer together than
    three quarters of it are passed over.

    The result: in order, the first origin among them.
    """
    ordered = sorted(set(origins))
    cuts = list(range(ordered[0], first_day - 1, -window_days))[::-1] or [ordered[0]]
    for origin in ordered[1:]:
        gap = origin - cuts[-1]
        if 4 * gap < 3 * window_days:
            continue
        parts = max(1, round(gap / window_days))
        cuts += [cuts[-1] + round(gap * part / parts) for part in range(1, parts + 1)]
    return cuts


@dataclass(kw_only=True)
class Timeline:
    """Facts, the cuts laid through them, and the features made so far, for any number of models.

    Parameters
    ----------
    facts
        Everything up to the last day that is to be evaluated.
    origins
        Days that are scored.
    horizon_days
        How far the list of visits looks ahead.
    register
        Buildings known besides those visited (see `register_places`), so that an office with few
        visits is ranked whole; None where there is no register.
    """

    facts: Facts
    config: ModelConfig
    origins: Sequence[int]
    horizon_days: int = 90
    register: pd.DataFrame | None = None
    cuts: list[int] = field(init=False)
    _kept: dict[int, tuple[pd.DataFrame, pd.DataFrame]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Lay the cuts."""
        results = self.facts.visits.loc[self.facts.visits["found"].notna(), c.DAY]
        first = int(results.min()) if len(results) else min(self.origins)
        self.cuts = lay_cuts(
            self.origins,
            first_day=first + self.config.burn_in_days,
            window_days=self.config.window_days,
        )

    @property
    def moments(self) -> list[int]:
        """Cuts and origins in order."""
        return sorted({*self.cuts, *self.origins})

    def end_of(self, cut: int) -> int | None:
        """Return the next cut, at which the window that begins here ends; None after the last."""
        later = [each for each in self.cuts if each > cut]
        return later[0] if later else None

    def at(self, moment: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the places and their features as of a moment (see `build_design`)."""
        if moment not in self._kept:
            ahead = max(self.horizon_days, 2 * self.config.window_days)
            places = places_of(self.facts, cut=moment, until=moment + ahead, config=self.config)
            if self.register is not None:
                never = register_places(self.facts, self.register, cut=moment)
                places = pd.concat([places, never], ignore_index=True)
            known = self.facts.before(moment)
            x = build_design(known, places, cut=moment, config=self.config)
            self._kept[moment] = places, x
        return self._kept[moment]
