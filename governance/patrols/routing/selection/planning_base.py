"""Find out who is out when, who could be visited, and how many stops there is time for."""

from collections.abc import Collection
from dataclasses import replace
from functools import partial
from typing import Final

from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.shifts import Team, default_teams, shifts_of, slots_of
from governance.patrols.routing.selection.candidates import choose_candidates, find_candidates
from governance.patrols.routing.selection.formulate import PlanningBase, formulate_pool
from governance.patrols.routing.solver.insertion_heuristic import solve_greedily

ROUNDS: Final = 2
"""So often the stops are counted: the shares follow from the count, and the count from them."""


def make_planning_base(
    inputs: PlanInputs, teams: tuple[Team, ...], *, companions: Collection[str] = ()
) -> PlanningBase:
    """Find out who is out when and who can be visited.

    Chance and the floor have their shares of as many stops as a plain plan makes: what chance sends
    one to lies anywhere, and the walk there costs other stops; only a plan knows how many.

    ``companions``: buildings that can be company to another stop, of which the floor keeps those
    due first.
    """
    options, calendar, rules = inputs.options, inputs.calendar, inputs.rules
    shifts = shifts_of(teams, options.first, options.last, calendar, rules)
    slots = slots_of(shifts, calendar, rules)

    rows, allowed = find_candidates(inputs, shifts, slots["is_rest_day"].to_numpy(bool))
    choose = partial(choose_candidates, inputs, rows, allowed, companions=companions)
    # Nobody knows yet how many: as many as would fit without any walking.
    stops = sum(shift.minutes for shift in shifts) // rules.minutes.look
    base = PlanningBase(
        inputs=inputs, teams=teams, shifts=shifts, slots=slots, candidates=choose(stops=stops)
    )
    for _ in range(ROUNDS):
        base = replace(base, candidates=choose(stops=count_stops(base)))
    return base


def count_stops(base: PlanningBase) -> int:
    """Return how many stops the shifts have time for: those of the greedy plan of candidates.

    Where the candidates are few, the time they leave is room for others that take as long.
    """
    problem, look = formulate_pool(base).problem, base.inputs.rules.minutes.look
    time = [shift.minutes for shift in base.shifts]
    if not problem.candidates or not time:
        return sum(time) // look
    routes = solve_greedily(problem).routes
    stops, busy = sum(len(route.stops) for route in routes), sum(route.minutes for route in routes)
    for route in routes:
        time[route.shift] -= route.minutes
    each = busy / stops if stops else look
    return stops + sum(int(left // each) for left in time)


def teams_of(inputs: PlanInputs) -> tuple[Team, ...]:
    """Return the teams that go out: those named, or as many as options or settings say."""
    if not inputs.teams:
        return default_teams(inputs.rules, count=inputs.options.teams)
    return inputs.teams[: inputs.options.teams]


def typical_team(teams: tuple[Team, ...]) -> Team:
    """Return one more team like the one in the middle by number of shifts, without a start."""
    ranked = sorted(teams, key=lambda team: (len(team.shifts), team.team_id))
    middle = ranked[len(ranked) // 2]
    others = {team.team_id for team in teams}
    number = next(n for n in range(1, len(teams) + 2) if f"+{n}" not in others)
    return replace(middle, team_id=f"+{number}", lon=None, lat=None, members=())
