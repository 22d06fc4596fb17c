from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from risk.config.score import ExposureRule
from risk.evaluation.methods.baselines import BASELINES
from risk.evaluation.targets.geography import Geography
from risk.evaluation.targets.questions import found_something, window_visits
from risk.evaluation.targets.tables import Tables
from risk.evaluation.view import View, answer_to

Look = Callable[..., View]

ORIGIN, END = 15_600, 15_660


def test_units_counted_by_hand_are_the_units_of_the_view(view_of: Look, city: Tables) -> None:
    visits = city.facts.visits
    inside = visits[(visits["day"] >= ORIGIN) & (visits["day"] < END)]
    assert set(view_of("place", "inspected").names) == set(inside["unit"])
    assert set(view_of("building", "inspected").names) == set(inside["building"])
    assert set(view_of("building", "all").names) == set(city.buildings["building"])


@pytest.mark.parametrize(("ended", "ranked"), [(ORIGIN - 1, 0), (ORIGIN, 1)])
@pytest.mark.parametrize("among", ["all", "inspected"])
def test_a_building_is_ranked_by_every_method_as_long_as_it_stands(
    view_of: Look, city: Tables, among: str, ended: int, ranked: int
) -> None:
    before = view_of("building", among)
    building = str(before.names[0])
    register = city.buildings
    days = register["ended"].mask(register["building"] == building, ended)
    tables = replace(city, buildings=register.assign(ended=days))
    view = view_of("building", among, of=Geography.of_tables(tables))
    assert view.names.tolist() == before.names.tolist()[1 - ranked :]
    for score in BASELINES.values():
        assert score(view).shape == (len(view.units),)


def test_events_of_the_window_are_counted_once_wherever_they_fell(
    view_of: Look, city: Tables
) -> None:
    visits = city.facts.visits
    found = visits[(visits["day"] >= ORIGIN) & (visits["day"] < END) & (visits["found"] >= 1)]
    for level in ("building", "cell:8", "cell:9", "cell:10"):
        answer = answer_to(view_of(level), city_tables(view_of(level)))
        assert answer.total == len(found)
        assert answer.events.sum() == len(found)


def city_tables(view: View) -> Tables:
    return view.geography.tables


def test_marks_sum_to_the_rows_before_the_origin(view_of: Look, city: Tables) -> None:
    visits = city.facts.visits
    before = visits[visits["day"] < ORIGIN]
    view = view_of("building")
    assert view.count(view.events.unit).sum() == (before["found"] >= 1).sum()
    assert view.count(view.visits.unit).sum() == len(before)
    assert (view.events.age_days > 0).all()


def test_decided_violations_are_events_of_their_own(view_of: Look, city: Tables) -> None:
    view = view_of("building", event="violations")
    rows = city.violations
    assert view.count(view.events.unit).sum() == (rows["day"] < ORIGIN).sum()
    visits = window_visits(view.geography.tables, view.question)
    found = found_something(visits, view.geography.tables, view.question)
    assert 0 < found.sum() < len(visits)


def test_earlier_windows_end_by_the_origin_and_are_answered_by_what_was_known(
    view_of: Look,
) -> None:
    view = view_of("building")
    seen = view.earlier(1)
    assert seen is not None
    earlier, answer = seen
    assert earlier.question.end == ORIGIN
    assert answer.events.sum() > 0
    assert earlier.known.facts.visits["day"].max() < earlier.question.cut


def test_exposure_counts_doors_and_distinct_registered_units(view_of: Look, city: Tables) -> None:
    view, rule = view_of("building"), ExposureRule()
    units = city.rentals[["building", "unit"]].drop_duplicates().groupby("building").size()
    expected = rule.registered_unit * units.reindex(view.names).fillna(0) + 10 * rule.dwelling
    assert np.allclose(view.exposure, expected)


def test_cells_of_one_resolution_have_the_exposure_of_all_buildings(view_of: Look) -> None:
    total = view_of("building").exposure.sum()
    assert view_of("cell:8").exposure.sum() == pytest.approx(total)
