"""What a method may know at one origin, about the units it is asked to rank.

A view is made from tables that were cut at the origin, and holds nothing else. For a method that
tunes itself, `View.earlier` asks the same question of earlier windows that ended by the origin,
answered by what was known at the origin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from risk import schema as c
from risk.arrays import Floats, Texts
from risk.config.score import ExposureRule
from risk.design.units import ATTRIBUTES
from risk.evaluation.targets.geography import (
    BUILDING,
    CELLS,
    PLACE,
    RING_LEVEL,
    X_M,
    Y_M,
    Geography,
    number_column,
)
from risk.evaluation.targets.questions import (
    INSPECTED,
    Question,
    event_rows,
    in_window,
    results,
    window_visits,
)
from risk.evaluation.targets.register import learnt_terms
from risk.evaluation.targets.settings import BacktestSettings
from risk.evaluation.targets.tables import Tables

LISTED: Final = tuple(name for name in ATTRIBUTES if not name.endswith("_code"))
Numbers = NDArray[np.intp]

DEGREES: Final = ("fault_score", "problems", "found")
"""What says how bad a visit was, the finest first."""
LEAST_GRADED: Final = 0.5
"""Share of the visits with a result that must say a degree for it to be used."""


@dataclass(frozen=True, kw_only=True)
class PointEvents:
    """Point events: position, age and value of each.

    ``worth``: 1 or 0 for a visit with or without a find, 1 for any other event.
    ``x_m``, ``y_m``: metres, NaN unknown.
    """

    unit: Numbers
    """Position among the view's units, -1 for none of them."""
    age_days: Floats
    """Days before the origin, above 0."""
    values: Floats
    x_m: Floats
    y_m: Floats
    cell: Numbers
    """Number of the cell about which rings are drawn, -1 unknown."""


@dataclass(frozen=True, kw_only=True)
class View:
    """What may be known of n units on the day of the origin.

    ``ground``: names, centres and rings; its tables are not for methods.
    ``settings``, ``exposure_rule``: how the register counts.
    """

    question: Question
    geography: Geography
    known: Tables
    """The tables as of the origin."""
    units: Numbers
    """Numbers of the units among the names of the level, ascending."""
    listed: pd.DataFrame
    """The window's list of visits, where places are ranked: what a list may say beforehand, and
    nothing of what came of it.
    """
    settings: BacktestSettings
    exposure_rule: ExposureRule

    @property
    def names(self) -> Texts:
        """Names of the units."""
        return self.geography.names[self.question.level][self.units]

    @cached_property
    def events(self) -> PointEvents:
        """The events asked for, as far as known."""
        return self._point_events(event_rows(self.known, self.question.event))

    @cached_property
    def visits(self) -> PointEvents:
        """The visits with a known result; worth 1 where they found what is asked for."""
        return self._point_events(*results(self.known, self.question.event))

    @cached_property
    def faults(self) -> PointEvents:
        """The visits with the degree of what they brought, more is worse.

        The inspection's score where at least half of the visits with a result have one; else the
        number of problems, where so many have that; else whether something was found.
        """
        visits = self.known.facts.visits
        results = int(visits["found"].notna().sum())
        for name in DEGREES:
            graded = visits[visits[name].notna()]
            if len(graded) >= LEAST_GRADED * results:
                break
        return self._point_events(graded, graded[name].to_numpy(np.float64))

    @cached_property
    def complaints(self) -> PointEvents:
        """The complaints."""
        return self._point_events(self.known.facts.complaints)

    @cached_property
    def exposure(self) -> Floats:
        """Doors and registered units, weighted as the score does, by the register's rule."""
        rule, column = self.exposure_rule, number_column(self.question.level)
        terms = learnt_terms(self.known, self.question.cut, self.settings, rule)
        registered = np.zeros(len(self.units))
        if column in terms:
            pairs = terms[[column, number_column(PLACE)]].drop_duplicates()
            registered = self.count(self.position(pairs[column].to_numpy()))
        buildings = self.known.buildings
        if column not in buildings:
            return rule.registered_unit * registered
        doors = buildings["doors"].fillna(0.0).to_numpy()
        at = self.position(buildings[column].to_numpy())
        return rule.registered_unit * registered + rule.dwelling * self.count(at, doors)

    @cached_property
    def places(self) -> tuple[Floats, Floats, Numbers]:
        """``x_m``, ``y_m`` and cell of each unit, by what was last heard of it."""
        level = self.question.level
        if level in CELLS:
            centres = self.geography.centres[level][self.units]
            return centres[:, 0], centres[:, 1], self.units
        x_m, y_m = np.full(len(self.units), np.nan), np.full(len(self.units), np.nan)
        cell = np.full(len(self.units), -1)
        tables = (self.known.buildings, self.known.rentals, self.known.facts.visits)
        for frame in (table for table in tables if number_column(level) in table):
            at, has_point = (
                self.position(frame[number_column(level)].to_numpy()),
                frame[X_M].notna(),
            )
            good = (at >= 0) & has_point.to_numpy()
            x_m[at[good]], y_m[at[good]] = frame[X_M][good], frame[Y_M][good]
            cell[at[good]] = frame[number_column(RING_LEVEL)][good]
        return x_m, y_m, cell

    @property
    def ring_level(self) -> str:
        """Kind of cell about which rings are drawn: the unit's own, or `RING_LEVEL`."""
        return self.question.level if self.question.level in CELLS else RING_LEVEL

    def position(self, numbers: Numbers) -> Numbers:
        """Return where numbers of the level stand among the units, -1 for nowhere."""
        if not len(self.units):
            return np.full(len(numbers), -1)
        at = np.searchsorted(self.units, numbers).clip(max=len(self.units) - 1)
        return np.where(self.units[at] == numbers, at, -1)

    def count(self, unit: Numbers, weights: Floats | None = None) -> Floats:
        """Sum weights per unit; what lies elsewhere is left out."""
        inside = unit >= 0
        picked = None if weights is None else weights[inside]
        return np.bincount(unit[inside], picked, minlength=len(self.units)).astype(np.float64)

    def earlier(self, steps: int) -> tuple[View, Answer] | None:
        """Ask the same ``steps`` windows ago, and answer with what is known by this origin.

        None where there was nothing to learn from yet.
        """
        if steps not in self._earlier:
            self._earlier[steps] = self._look_back(steps)
        return self._earlier[steps]

    @cached_property
    def _earlier(self) -> dict[int, tuple[View, Answer] | None]:
        return {}

    def _look_back(self, steps: int) -> tuple[View, Answer] | None:
        present, back = self.question, steps * self.question.days
        question = replace(present, cut=present.cut - back, end=present.end - back)
        view = make_view(self.geography, self.known, question, self.settings, self.exposure_rule)
        answer = answer_to(view, self.known)
        return (view, answer) if answer.events.sum() > 0 and len(view.visits.unit) else None

    def _point_events(self, frame: pd.DataFrame, values: Floats | None = None) -> PointEvents:
        column = number_column(self.question.level)
        at = frame[column].to_numpy() if column in frame else np.full(len(frame), -1)
        return PointEvents(
            unit=self.position(at),
            age_days=(self.question.cut - frame[c.DAY].to_numpy()).astype(np.float64),
            values=np.ones(len(frame)) if values is None else values,
            x_m=frame[X_M].to_numpy(),
            y_m=frame[Y_M].to_numpy(),
            cell=frame[number_column(self.ring_level)].to_numpy(),
        )


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What happened in the window."""

    events: Floats
    """Events per unit of the view."""
    total: float
    """Events of the whole city at this level, also where no unit was known."""


def make_view(
    geography: Geography,
    tables: Tables,
    question: Question,
    settings: BacktestSettings,
    exposure_rule: ExposureRule,
) -> View:
    """Make the view of a question; ``tables`` are cut here."""
    known = tables.before(question.cut)
    column = number_column(question.level)
    visits = window_visits(tables, question)
    visited = visits[column].unique()
    if question.level == PLACE:
        units = visited
    else:
        terms = learnt_terms(known, question.cut, settings, exposure_rule)
        units = _known_units(known, terms, column, question.event)
        if question.among == INSPECTED:
            units = np.intersect1d(units, visited)
        if question.level == BUILDING:  # its rows of before are known, and it is no place to go to
            units = np.setdiff1d(units, tables.buildings.loc[~tables.stand(question.cut), column])
    units = np.unique(units[units >= 0])
    return View(
        question=question,
        geography=geography,
        known=known,
        units=units,
        listed=visits[list(LISTED)] if question.level == PLACE else visits[list(LISTED)].head(0),
        settings=settings,
        exposure_rule=exposure_rule,
    )


def answer_to(view: View, tables: Tables) -> Answer:
    """Count the window's events per unit."""
    question = view.question
    rows = in_window(event_rows(tables.units_as_of(question.cut), question.event), question)
    number = rows[number_column(question.level)].to_numpy()
    events = view.count(view.position(number))
    total = events.sum() if question.among == INSPECTED else float((number >= 0).sum())
    return Answer(events=events, total=float(total))


def _known_units(known: Tables, terms: pd.DataFrame, column: str, event: str) -> NDArray[np.intp]:
    """List what had been inspected, registered or found by then, or was always on the map."""
    buildings = known.buildings[~known.buildings["made"]]
    frames = (results(known, event)[0], terms, known.violations, buildings)
    return np.unique(np.concatenate([frame[column].to_numpy() for frame in frames]))
