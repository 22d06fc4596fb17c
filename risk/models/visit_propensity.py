"""Visit propensity: is a place visited within the horizon? For evaluations "among all" only.

Methods that count finds where the office went predict both its visits and what is there. To be
compared with them, the visit model needs the propensity too; patrol plans use the risk alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from risk.arrays import Floats
from risk.features.neighbours import parent_cells
from risk.models.selection import Track, log_likelihood
from risk.models.windows import Fit, TrainingWindow, fit_windows, union_of_names
from risk.visit_design.names import propensity_features
from risk.visit_design.timeline import Timeline
from risk.visit_design.units import IS_KNOWN, NEVER_VISITED, UNIT

SUMMED: Final = ("building", "cell:8", "cell:9", "cell:10")
"""Kinds of unit for which the form of the reach is chosen, each by its own likelihood."""
LEAST_EXPECTED: Final = 1e-300


class PropensitySetting(NamedTuple):
    """One form of the reach: whether it reads due dates and the pace of visits, and its penalty."""

    due: bool
    pace: bool
    penalty: float


@dataclass(kw_only=True)
class PropensityForms:
    """Every form of the chance of a visit, fitted at every cut.

    Parameters
    ----------
    past
        Places and features; its horizon is that of the reach.
    """

    timeline: Timeline
    _windows: dict[int, TrainingWindow] = field(default_factory=dict, init=False)
    _fits: dict[int, dict[PropensitySetting, Fit]] = field(default_factory=dict, init=False)
    _kept: dict[tuple[int, int], dict[PropensitySetting, Any]] = field(
        default_factory=dict, init=False
    )

    def at(self, moment: int, *, cut: int) -> Mapping[PropensitySetting, Floats]:
        """Return the expected visits of each place of a moment by the forms fitted at a cut.

        Places not known read 0; empty where there is too little history.
        """
        if (moment, cut) not in self._kept:
            places, x = self.timeline.at(moment)
            known = places[IS_KNOWN].to_numpy(bool)
            self._kept[moment, cut] = {
                setting: np.where(known, np.exp(fit.log_mean(x)), 0.0)
                for setting, fit in self._fit(cut).items()
            }
        return self._kept[moment, cut]

    def _fit(self, cut: int) -> dict[PropensitySetting, Fit]:
        if cut not in self._fits:
            self._fits[cut] = {}
            timeline = [
                self._window(start)
                for start in self.timeline.cuts
                if start + self.timeline.horizon_days <= cut
            ]
            if len(timeline) >= self.timeline.config.least_windows:
                earlier = [self._fits[each] for each in sorted(self._fits) if each < cut]
                self._fits[cut] = self._fit_forms(timeline, earlier[-1] if earlier else {})
        return self._fits[cut]

    def _fit_forms(
        self, windows: list[TrainingWindow], start: Mapping[PropensitySetting, Fit]
    ) -> dict[PropensitySetting, Fit]:
        every = union_of_names(windows)
        fits = {}
        for due, pace in ((False, False), (True, False), (True, True)):
            names = propensity_features(every, due=due, pace=pace)
            for penalty in self.timeline.config.reach_penalties:
                setting = PropensitySetting(due=due, pace=pace, penalty=penalty)
                fits[setting] = fit_windows(
                    windows, names, penalty=penalty, start=start.get(setting)
                )
        return fits

    def _window(self, start: int) -> TrainingWindow:
        if start not in self._windows:
            places, x = self.timeline.at(start)
            end = start + self.timeline.horizon_days
            known = places[IS_KNOWN].to_numpy(bool)
            visits = self.timeline.facts.before(end).visits_between(start, end)
            visited = {*visits[UNIT], *(NEVER_VISITED + visits["building"])}
            y = places.loc[known, UNIT].isin(visited).to_numpy(np.float64)
            names = propensity_features(x.columns, due=True, pace=True)
            self._windows[start] = TrainingWindow(x=x.loc[known, names], y=y)
        return self._windows[start]


@dataclass(kw_only=True)
class PropensityChoice:
    """Which form predicted best where finds were made, by kind of unit, given a model's risks."""

    forms: PropensityForms
    _track: Track = field(default_factory=Track, init=False)

    def judge(self, risk: Floats, *, cut: int) -> None:
        """Note how well each form predicted the finds of the horizon that begins at a cut."""
        timeline = self.forms.timeline
        end = cut + timeline.horizon_days
        places, _ = timeline.at(cut)
        visits = timeline.facts.before(end).visits_between(cut, end)
        finds = visits[visits["found"] > 0]
        for setting, propensity in self.forms.at(cut, cut=cut).items():
            for kind in SUMMED:
                expected = sum_by_kind(places, kind, risk * propensity)
                events = units_of(finds, kind).value_counts()
                y = np.asarray(events.reindex(expected.index).fillna(0.0), dtype=np.float64)
                log_mean = np.log(np.maximum(expected.to_numpy(np.float64), LEAST_EXPECTED))
                likelihood = log_likelihood(y, log_mean)
                self._track.note((kind, setting), known_from=end, likelihood=likelihood)

    def choose(self, moment: int, *, cut: int) -> dict[str, Floats]:
        """Return the expected visits of each place by kind of unit, by the best form of each."""
        forms = self.forms.at(moment, cut=cut)
        if not forms:
            return {}
        totals = self._track.totals(cut)
        chosen = {}
        for kind in SUMMED:
            reached = {form: totals.get((kind, form), 0.0) for form in forms}
            chosen[kind] = forms[max(reached, key=reached.__getitem__)]
        return chosen


def units_of(frame: pd.DataFrame, kind: str) -> pd.Series:
    """Return the building or H3 cell of each row, ``''`` where it is not known."""
    if kind == "building":
        return frame["building"]
    return parent_cells(frame["h3_r10"], int(kind.removeprefix("cell:")))


def sum_by_kind(places: pd.DataFrame, kind: str, values: Floats) -> pd.Series:
    """Add up values over the known places of each building or cell, sorted by its name."""
    units = units_of(places, kind)
    inside = places[IS_KNOWN].to_numpy(bool) & (units != "").to_numpy()
    return pd.Series(values, index=places.index)[inside].groupby(units[inside], sort=True).sum()
