"""Rules of what a patrol problem may be."""

import numpy as np
import pytest

from governance.patrols.routing.model.problem import objective_of, seconds_to_walk
from governance.patrols.routing.solver.schedule import assemble
from tests.governance.patrols.routing.small_streets import shift, street


@pytest.mark.parametrize(
    ("facts", "fault"),
    [
        ({"must": [0.0]}, "must has shape"),
        ({"minutes": [10, 0]}, "a visit takes at least a minute"),
        ({"value": [[1.0], [-1.0]]}, "a value is finite"),
        ({"must": [0.0, np.nan]}, "must is finite"),
        ({"open_until": [0, 0], "open_from": [1, 0]}, "opens before it shuts"),
        ({"locked": [-1, 1]}, "a shift that is there"),
        ({"metres": [[1.0, 2.0], [2.0, 0.0]]}, "from a place to itself"),
        ({"lon": [np.nan, 120.0]}, "needs coordinates"),
        ({"walk_m_a_minute": 0.0}, "a team walks"),
        ({"km_worth": -1.0}, "km_worth"),
    ],
)
def test_a_problem_that_means_nothing_is_refused(facts: dict[str, object], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        street([0.0, 100.0], **facts)


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(ValueError, match="a visit takes at least a minute; must is finite"):
        street([0.0, 100.0], minutes=[0, 1], must=[-1.0, 0.0])


@pytest.mark.parametrize(
    "facts",
    [
        {"from_minute": 900, "until_minute": 900},
        {"minutes": 0},
        {"minutes": 181},
        {"lon": 120.0},
        {"until_minute": 1441},
    ],
)
def test_a_shift_without_time_or_with_half_a_start_is_refused(facts: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="shift T0"):
        shift(0, **facts)


def test_worth_is_value_and_must_and_a_locked_stop_can_be_in_its_shift_only() -> None:
    problem = street(
        [0.0, 1.0, 2.0],
        shifts=(shift(0), shift(1)),
        value=[[0.5, np.nan], [0.5, np.nan], [0.5, 0.4]],
        must=[1.0, 1.0, 0.0],
        locked=[-1, 1, 0],
    )
    assert problem.worth == pytest.approx(
        np.array([[1.5, np.nan], [np.nan, 1.0], [0.5, np.nan]]), nan_ok=True
    )


def test_the_objective_is_worth_less_what_walking_must_bring() -> None:
    there = shift(0, lon=120.0, lat=30.0)
    problem = street([1000.0, 3000.0], shifts=(there,), km_worth=0.1, must=[1.0, 0.0])
    solution = assemble(problem, {0: [0, 1]}, method="given")
    assert objective_of(problem, solution.routes) == pytest.approx(1.0 + 1.0 + 1.0 - 0.3)
    assert solution.objective == objective_of(problem, solution.routes)


def test_a_walk_of_whole_seconds_is_not_rounded_up() -> None:
    assert seconds_to_walk(np.array([0.0, 70.0, 70.1, 7 * 0.1]), 70.0).tolist() == [0, 60, 61, 1]
