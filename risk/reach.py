"""Will a place be visited within the horizon? Only for evaluations "among all", never for patrols.

Where an office goes is its habit. To be compared with methods that count what was found *where it
went*, a score must foretell both; what is shown to those who plan visits is the risk alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from geo.cells import parents
from risk.fits import NO_POLICY, Fit, Window, fit_windows, union_of_names
from risk.history.names import reach_features
from risk.history.places import IS_KNOWN, UNIT
from risk.tuning import Track, log_likelihood

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from risk.history.config import ModelConfig
    from risk.history.facts import Facts

SUMMED: Final = ("building", "cell:8", "cell:9", "cell:10")
"""Kinds of unit for which the form of the reach is chosen, each by its own likelihood."""


class ReachSetting(NamedTuple):
    """One form of the reach: whether it reads due dates and the pace of visits, and its penalty."""

    due: bool
    pace: bool
    penalty: float


@dataclass
class ReachModel:
    """Fits of the chance of a visit at every cut, and which of them foretold best.

    Parameters
    ----------
    config
        Recipe.
    horizon_days
        Days within which a visit counts.
    """

    config: ModelConfig
    horizon_days: int
    _windows: list[Window] = field(default_factory=list)
    _fits: dict[ReachSetting, Fit] = field(default_factory=dict)
    _track: Track = field(default_factory=Track)

    @property
    def settings(self) -> tuple[ReachSetting, ...]:
        """Every form that is tried."""
        forms = ((False, False), (True, False), (True, True))
        return tuple(
            ReachSetting(due=due, pace=pace, penalty=penalty)
            for due, pace in forms
            for penalty in self.config.reach_penalties
        )

    def fit(self, cut: int) -> None:
        """Fit every form on the windows that had ended by a cut."""
        past = [window for window in self._windows if window.ended <= cut]
        if len(past) < self.config.least_windows:
            return
        every = union_of_names([window.x for window in past])
        for setting in self.settings:
            names = reach_features(every, due=setting.due, pace=setting.pace)
            self._fits[setting] = fit_windows(
                past,
                names,
                penalty=setting.penalty,
                policy=NO_POLICY,
                start=self._fits.get(setting),
            )

    def learn(self, facts: Facts, places: pd.DataFrame, x: pd.DataFrame, *, cut: int) -> None:
        """Keep the window that begins at a cut for the cuts that come after its end."""
        known = places[IS_KNOWN].to_numpy(bool)
        end = cut + self.horizon_days
        visited = facts.before(end).visits_between(cut, end)[UNIT]
        y = places.loc[known, UNIT].isin(visited).to_numpy(np.float64)
        every = reach_features(x.columns, due=True, pace=True)
        self._windows.append(Window(start=cut, ended=end, x=x.loc[known, every], y=y))

    def judge(
        self,
        facts: Facts,
        places: pd.DataFrame,
        x: pd.DataFrame,
        risk: NDArray[np.float64],
        *,
        cut: int,
    ) -> None:
        """Note how well each form foretold the finds of the horizon that begins at a cut."""
        end = cut + self.horizon_days
        found = facts.before(end).visits_between(cut, end)
        found = found[found["found"] > 0]
        for setting in self._fits:
            reach = self._reach(setting, places, x)
            for kind in SUMMED:
                expected = sum_by_kind(places, kind, {"expected": risk * reach})["expected"]
                events = units_of(found, kind).value_counts()
                y = events.reindex(expected.index).fillna(0.0).to_numpy(np.float64)
                log_mean = np.log(np.maximum(expected.to_numpy(np.float64), 1e-300))
                self._track.note(
                    (kind, setting), known_from=end, likelihood=log_likelihood(y, log_mean)
                )

    def chosen(self, kind: str, cut: int) -> ReachSetting | None:
        """Return the form that foretold best by a cut; None where nothing could be fitted."""
        if not self._fits:
            return None
        totals = self._track.totals(cut)
        return max(self._fits, key=lambda setting: totals.get((kind, setting), 0.0))

    def predict(
        self, places: pd.DataFrame, x: pd.DataFrame, *, cut: int
    ) -> dict[str, NDArray[np.float64]]:
        """Return the expected visits of each place by kind of unit; 0 for places not known."""
        picks = {kind: self.chosen(kind, cut) for kind in SUMMED}
        return {
            kind: self._reach(pick, places, x) for kind, pick in picks.items() if pick is not None
        }

    def _reach(
        self, setting: ReachSetting, places: pd.DataFrame, x: pd.DataFrame
    ) -> NDArray[np.float64]:
        known = places[IS_KNOWN].to_numpy(bool)
        return np.where(known, np.exp(self._fits[setting].log_mean(x)), 0.0)


def units_of(frame: pd.DataFrame, kind: str) -> pd.Series:
    """Return the building or H3 cell of each row, ``''`` where it is not known."""
    if kind == "building":
        return frame["building"]
    resolution = int(kind.removeprefix("cell:"))
    cells = parents(frame["h3_r10"].to_numpy(dtype=np.str_), resolution)
    return pd.Series(cells, index=frame.index, dtype="str")


def sum_by_kind(places: pd.DataFrame, kind: str, columns: dict[str, Any]) -> pd.DataFrame:
    """Add up columns over the known places of each building or cell, sorted by its name."""
    units = units_of(places, kind)
    inside = places[IS_KNOWN].to_numpy(bool) & (units != "").to_numpy()
    values = pd.DataFrame(columns, index=places.index)
    return values[inside].groupby(units[inside], sort=True).sum()
