"""What a plan is worked out from: shifts, what their times are worth, candidates."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from governance.patrols.routing.model.plan_inputs import PlanInputs
from governance.patrols.routing.model.problem import Bools, Floats, Shift
from governance.patrols.routing.model.shifts import Team, default_teams, shifts_of, slots_of
from governance.patrols.routing.selection.candidates import Candidates, choose_candidates
from governance.patrols.routing.selection.capacity import choose_within_capacity


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningBase:
    """Teams, shifts and candidates of a plan.

    Parameters
    ----------
    teams, shifts
        Who is out, and when.
    slot_kinds
        Kind of time of each shift, keys of ``[patrols.when]``.
    worths
        What a visit is worth then, shape (s,).
    candidates
        All buildings of the scope.
    """

    teams: tuple[Team, ...]
    shifts: tuple[Shift, ...]
    slot_kinds: tuple[str, ...]
    worths: Floats
    candidates: Candidates


def survey(
    inputs: PlanInputs, teams: tuple[Team, ...], *, beside: Collection[str] = ()
) -> PlanningBase:
    """Find out who is out when and who can be visited.

    Parameters
    ----------
    beside
        Buildings that can be company to another stop, of which the floor keeps those due first.
    """
    options, calendar, rules = inputs.options, inputs.calendar, inputs.rules
    shifts = shifts_of(teams, options.first, options.last, calendar, rules)
    slots = slots_of(shifts, calendar, rules)
    rest: Bools = slots["is_rest_day"].to_numpy(bool)
    worths: Floats = slots["worth"].to_numpy(float)

    def choose(stops: int | None) -> Candidates:
        return choose_candidates(inputs, shifts, rest, stops=stops, beside=beside)

    return PlanningBase(
        teams=teams,
        shifts=shifts,
        slot_kinds=tuple(slots["slot_kind"]),
        worths=worths,
        candidates=choose_within_capacity(inputs, choose, shifts, worths),
    )


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
