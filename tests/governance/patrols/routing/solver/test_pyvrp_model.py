"""Rules of the problem in PyVRP's words."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.patrols.routing.solver.insertion_heuristic import solve_greedily
from governance.patrols.routing.solver.pyvrp_model import MOST_UNITS, UNITS, build_model
from tests.governance.patrols.routing.small_streets import drawn_street, few, shift, street

pyvrp = pytest.importorskip("pyvrp")


@few
@given(st.integers(0, 10**6))
def test_what_pyvrp_lowers_is_the_worth_of_all_less_our_objective(seed: int) -> None:
    problem = drawn_street(seed, candidates=10, shifts=3)
    stops = np.flatnonzero(~np.isnan(problem.worth).all(axis=1))
    model = build_model(problem, stops=stops, shifts=np.arange(3))
    solution = solve_greedily(problem)
    client = {int(stop): at for at, stop in enumerate(stops)}
    routes = [
        pyvrp.Route(model.data, [client[stop] for stop in route.stops.tolist()], route.shift)
        for route in solution.routes
    ]
    theirs = pyvrp.Solution(model.data, routes)
    assert theirs.is_feasible()
    every = np.nanmax(problem.worth[stops], axis=1).sum()
    cost = (theirs.distance_cost() + theirs.uncollected_prizes()) / model.units
    assert cost == pytest.approx(every - solution.objective, abs=100 / UNITS)


def test_shifts_of_the_same_worths_share_a_matrix_and_a_start() -> None:
    home = {"lon": 120.0, "lat": 30.0}
    shifts = (shift(0, **home), shift(1, **home), shift(2), shift(3, **home))
    problem = street([10.0, 20.0], shifts=shifts, value=[[1, 1, 1, 0.5], [2, 2, 2, 2]])
    model = build_model(problem, stops=np.arange(2), shifts=np.arange(4))
    kinds = [vehicle.profile for vehicle in model.data.vehicle_types()]
    assert (len(set(kinds)), len(set(kinds[:3])), model.data.num_depots) == (2, 1, 2)


def test_a_visit_where_it_cannot_be_costs_more_than_any_prize() -> None:
    problem = street([0.0, 60.0], shifts=(shift(0), shift(1)), value=[[9.0, np.nan], [1.0, 1.0]])
    data = build_model(problem, stops=np.arange(2), shifts=np.arange(2)).data
    barred = data.distance_matrix(data.vehicle_types()[1].profile)[:, 1]
    prizes = [client.prize for client in data.clients()]
    assert barred[barred > 0].min() > sum(prizes)


def test_prizes_beyond_all_measure_stay_within_whole_numbers() -> None:
    problem = street([0.0, 60.0], must=[1e9, 0.0])
    model = build_model(problem, stops=np.arange(2), shifts=np.arange(1))
    assert max(client.prize for client in model.data.clients()) <= MOST_UNITS
