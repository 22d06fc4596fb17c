"""Training rows of the find rate: past visits with the design of their places before each of them.

Windows lie on fixed days of the calendar, so that scores of different dates share them. A window's
design is what was known when it began; what its visits found is what is known at the cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Bools, Codes, Columns, Floats
from risk.config.score import ScoreConfig
from risk.config.words import EVENING_FROM_HOUR, PURPOSES
from risk.design.history import History
from risk.design.names import SINCE, squared
from risk.design.recency import squares_of
from risk.design.relative_risks import FAULT_SCORE
from risk.design.units import UNIT, rows_of_visits
from risk.design.visit_table import PURPOSE
from risk.events.fetch import day_of
from risk.events.rows import FeatureSource
from risk.features.cache import seen_from
from risk.features.sums.read_sums import cuts_at_once
from risk.find_rate.columns import REPORTED
from risk.find_rate.knowledge import Known, Past, past_at_each

CONDITIONS: Final = (*PURPOSES, "evening")
"""How a visit was made, beside its effort: its purpose, against the usual one, and the evening
(against the usual mix of day and evening). What they teach is no part of a place's rate."""
_ROUNDS: Final = ("routine", "other", "licence")
"""Purposes that nothing heard or found there led to; the commonest is the usual one."""
_LEARNT: Final = ("found", "critical")
"""Outcomes that a rate is learnt of."""
_COLUMNS: Final = (*_LEARNT, FAULT_SCORE, "effort", "hour", PURPOSE, UNIT)
"""Columns of visits that rows are made of."""
_CUT: Final = 0.99
"""So many of the finds are graded worse than so many of the others where a limit decides."""
_TIMES: Final = 5.0
"""So many times as many visits as finds are beyond the milder limit, finds included."""
_MOST_MILDER: Final = 0.5
"""Most of the visits without a find that are."""
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001 -- the product's times are local and naive


@dataclass(frozen=True, kw_only=True)
class TrainingRows:
    """Past visits with a result, at places that were known or listed."""

    x: pd.DataFrame
    """Design of the place, float64, one row per visit."""
    conditions: Floats
    """Columns `CONDITIONS`, float64, shape (visits, 6); that of the usual purpose is 0."""
    effort: Floats
    """0 to 1, shape (visits,)."""
    found: dict[str, Floats]
    """By outcome: what was found, 0 to 1; NaN where the visit has no such result."""
    window: Codes
    """Number of the window, 0 the oldest, shape (visits,)."""
    age_days: Floats
    """Days from the middle of the visit's window to the cut, shape (visits,)."""
    place: Codes
    """Number of the place, shape (visits,); the rows of a place are in order of time."""
    evening_share: float
    """Share of evenings among the visits whose hour is known."""
    milder: dict[str, Floats] = field(default_factory=dict)
    """By outcome that a limit cuts from grades: `beyond_milder_limit`."""

    @property
    def count(self) -> int:
        """Number of visits."""
        return len(self.effort)

    @property
    def after_complaint(self) -> Bools:
        """Which visits a complaint led to, shape (visits,)."""
        return self.conditions[:, CONDITIONS.index("complaint")] > 0

    def finds_by_complaint(self, outcome: str) -> tuple[float, float]:
        """Return the finds of visits that a complaint led to, and of the others."""
        finds = np.nan_to_num(self.found[outcome])
        return float(finds[self.after_complaint].sum()), float(finds[~self.after_complaint].sum())

    def terms(self, columns: Sequence[str], kept: Bools) -> Floats:
        """Return intercept, columns of places and conditions of the visits that are kept."""
        no = len(columns)
        x = np.empty((int(kept.sum()), 1 + no + self.conditions.shape[1]))
        x[:, 0], x[:, 1 + no :] = 1.0, self.conditions[kept]
        for number, name in enumerate(columns):
            x[:, 1 + number] = self.x[name].to_numpy(np.float64)[kept]
        return x


def window_starts(known: Known, config: ScoreConfig) -> list[int]:
    """Return the days on which windows begin, oldest first: multiples of their length since 1970.

    Each has enough history behind it (`ModelConfig.burn_in_days`) and begins before the cut.
    """
    rule, visits = config.model, known.facts.visits
    results = visits.loc[visits["found"].notna(), c.DAY]
    if results.empty:
        return []
    first = int(results.min()) + rule.burn_in_days
    last, step = day_of(known.cut) - 1, rule.window_days
    starts = list(range(last - last % step, first - 1, -step))[: rule.windows]
    return starts[::-1]


@dataclass(frozen=True, kw_only=True)
class Window:
    """One window of the past: what was known when it began, and what its visits found.

    ``start``, ``end``: first day, and first day after it.
    ``places``, ``x``: the places of its visits: those known then and those that its list of visits
    named, and their design.
    ``visits``, ``rows``: the visits with a result, and the row of each one's place.
    """

    start: int
    end: int
    known: Past
    """What was known at its start."""
    places: pd.DataFrame
    x: pd.DataFrame
    visits: pd.DataFrame
    rows: Codes


def read_windows(source: FeatureSource, known: Known, *, config: ScoreConfig) -> Iterator[Window]:
    """Read the windows with a visit at a known or listed place, oldest first."""
    history = known.history.pop() if known.history else None  # not kept where there is no window
    last, step = day_of(known.cut), config.model.window_days
    ends = {start: min(start + step, last) for start in window_starts(known, config)}
    facts = known.facts
    starts = [start for start, end in ends.items() if facts.has_result_between(start, end).any()]
    if not starts:
        return
    cuts = [_EPOCH + timedelta(days=start) for start in starts]
    then = seen_from(source, known.cut)
    buildings = len(known.features.buildings)
    pasts = _pasts_of(then, history, cuts, config, cuts_at_once(buildings) or len(cuts))
    del history
    for start in starts:
        # Not in a variable that lasts while the next one is worked out: a district's are large.
        days = (start, ends[start])
        window = _window_of(next(pasts), facts.visits_between(*days), days)
        if window is not None:
            yield window
        del window


def _pasts_of(
    source: FeatureSource,
    history: History | None,
    cuts: Sequence[datetime],
    config: ScoreConfig,
    at_once: int,
) -> Iterator[Past]:
    """Read what was known at each cut; so many at once, for memory, if visits are read already."""
    if history is None:
        yield from past_at_each(source, cuts=cuts, config=config)
        return
    for first in range(0, len(cuts), at_once):
        some = cuts[first : first + at_once]
        yield from past_at_each(source, cuts=some, config=config, history=history)


def _window_of(past: Past, visits: pd.DataFrame, days: tuple[int, int]) -> Window | None:
    """Return a window of the visits at known or listed places; None where there is none."""
    listed = past.of_visits(visits)
    rows = rows_of_visits(listed.places, visits)
    is_listed = rows >= 0
    if not is_listed.any():
        return None
    return Window(start=days[0], end=days[1], known=past, places=listed.places, x=listed.x,
                  visits=visits[is_listed], rows=rows[is_listed])  # fmt: skip


def read_training_rows(
    source: FeatureSource, known: Known, *, config: ScoreConfig
) -> TrainingRows | None:
    """Read what past visits found, each with what was known of its place when its window began.

    None where no visit with a result lies in any window.
    """
    parts: list[pd.DataFrame] = []
    designs: list[Columns] = []
    for window in read_windows(source, known, config=config):
        designs.append({str(name): window.x[name].to_numpy()[window.rows] for name in window.x})
        age = day_of(known.cut) - (window.start + window.end) / 2
        parts.append(window.visits[list(_COLUMNS)].assign(window=len(parts), age_days=age))
        del window  # as long as it is there its features are
    if not parts:
        return None
    visits = pd.concat(parts, ignore_index=True)
    evening = visits["hour"].ge(EVENING_FROM_HOUR).where(visits["hour"].notna())
    share = float(evening.mean()) if evening.notna().any() else 0.0
    purpose = visits[PURPOSE].to_numpy(np.int64)
    usual = usual_purpose(purpose)
    purposes = [(purpose == number) & (name != usual) for number, name in enumerate(PURPOSES)]
    found = {name: visits[name].to_numpy(np.float64) for name in _LEARNT}
    return TrainingRows(
        x=_with_squares(_with_reported(_one_below_the_other(designs), known), known),
        conditions=np.column_stack([*purposes, evening.astype(np.float64).fillna(share) - share]),
        effort=visits["effort"].fillna(1.0).to_numpy(np.float64),
        found=found,
        window=visits["window"].to_numpy(np.int64),
        age_days=visits["age_days"].to_numpy(np.float64),
        place=pd.factorize(visits[UNIT])[0].astype(np.int64),
        evening_share=share,
        milder=_milder(found, visits[FAULT_SCORE].to_numpy(np.float64), config),
    )


def _milder(found: dict[str, Floats], grades: Floats, config: ScoreConfig) -> dict[str, Floats]:
    """Return who is beyond a milder limit, by outcome that a limit cuts from grades."""
    least = config.model.least_grades
    beyond = {name: beyond_milder_limit(each, grades, least) for name, each in found.items()}
    return {name: each for name, each in beyond.items() if each is not None}


def beyond_milder_limit(found: Floats, grades: Floats, least: float) -> Floats | None:
    """Return which visits without a find are graded beyond a limit milder than that of finds.

    ``found``: what visits found, NaN where unknown. ``grades``: more is worse, NaN where there is
    none; both shape (visits,). ``least``: visits on either side of the limit without which it
    tells nothing.

    The result: 1 beyond and 0 not, NaN for finds and where no grade is known; None where finds are
    not cut from grades (`_CUT`), or too few visits are on one side.
    """
    graded = np.isfinite(found) & np.isfinite(grades)
    finds, others = graded & (found > 0), graded & (found == 0)
    if graded.sum() < _CUT * np.isfinite(found).sum() or not finds.any() or not others.any():
        return None
    if np.quantile(grades[finds], 1 - _CUT) <= np.quantile(grades[others], _CUT):
        return None
    share = min((_TIMES - 1) * finds.sum() / others.sum(), _MOST_MILDER)
    of_others = grades[others]
    not_best = of_others[of_others > of_others.min()]
    limit = max(np.quantile(of_others, 1 - share), not_best.min(initial=np.inf))
    beyond = others & (grades >= limit)
    if min(beyond.sum(), (others & ~beyond).sum()) < least:
        return None
    return np.where(others, beyond, np.nan)


def _one_below_the_other(designs: Sequence[Columns]) -> pd.DataFrame:
    """Put designs together, with 0 where one lacks a column, and take their columns out.

    One column after the other: all of them at once would be there twice.
    """
    rows = [len(next(iter(design.values()))) for design in designs]
    columns = {}
    for name in dict.fromkeys(name for design in designs for name in design):
        column = np.concatenate(
            [design.pop(name) if name in design else np.zeros(count)
             for design, count in zip(designs, rows, strict=True)]
        )  # fmt: skip
        column[np.isnan(column)] = 0.0
        columns[name] = column
    return pd.DataFrame(columns, copy=False)


def _with_reported(x: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Return the design with those columns of reports that are known at the cut, and no others.

    What no window had heard of yet has policy's weight all the same. What nobody had heard of by
    the cut is all zeros in windows that were read beside those of later ones.
    """
    kept = x.drop(columns=[name for name in REPORTED if name in x and name not in known.x])
    news = [name for name in REPORTED if name in known.x and name not in x]
    return kept.assign(**dict.fromkeys(news, 0.0))


def _with_squares(x: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Return the design with squares of times where it has them at the cut, and without elsewhere.

    A window may have known older visits, or none yet, whose purposes are filled in.
    """
    squares = [name for name in map(squared, SINCE) if name in x]
    if known.facts.guesses_purposes:
        return x.assign(**squares_of({name: x[name].to_numpy() for name in SINCE}))
    return x.drop(columns=squares) if squares else x


def usual_purpose(purposes: Codes) -> str:
    """Return the commonest purpose of visits that nothing heard or found there led to.

    ``purposes``: their numbers among `PURPOSES`. What such a visit finds is the rate of a place.
    Where there is none it is ``routine``.
    """
    counts = np.bincount(purposes, minlength=len(PURPOSES))
    return max(_ROUNDS, key=lambda name: counts[PURPOSES.index(name)])
