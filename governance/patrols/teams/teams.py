"""The teams of an office: who goes together, when, and whom they come from."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import count
from typing import Final

from governance.access.permissions import Action, Actor, require, require_whole
from governance.access.problems import InputProblem
from governance.patrols.base import read_teams
from governance.patrols.routing.model.plan import PlanError
from governance.patrols.routing.model.shifts import Team
from governance.patrols.validation import refuse_any
from governance.service import Service

NEW: Final = "new"
"""The id of a team that has none yet."""
LONGEST_NAME: Final = 40


class TeamService(Service):
    """Services that name teams."""

    def all(self, actor: Actor) -> tuple[Team, ...]:
        """Return the teams that the office has named, T1 first; none: plans go by numbers."""
        require(actor, Action.SEE_PLAN)
        with self._workspace.store.begin() as unit:
            return read_teams(unit)

    def save(self, actor: Actor, team: Team, *, seen: Team | None = None) -> Team:
        """Add a team or change it; plans made before keep the team as it was then.

        ``team``: with the id ``new`` for one that is to be added.
        ``seen``: the team as the actor saw it before the change; None for a new one.

        Returns `Team`: as it is kept, with its id.

        Raises `PlanRefusedError`: ``team_unnamed``, ``name_too_long``, ``name_taken``,
        ``member_unknown``, ``too_many_members``, ``department_unusable``.
        Raises `PlanError`: ``team_missing`` when no team of this id is active; ``team_changed``
        when it is not as the actor saw it.
        """
        require_whole(actor, Action.MAKE_PLAN)
        persons = self._person_ids()
        at = self.clock.utc()
        with self._workspace.store.begin() as unit:
            unit.patrols.hold_all()
            active = {each.team_id: each for each in read_teams(unit)}
            if team.team_id != NEW:
                _refuse_outdated(active.get(team.team_id), seen, seen_id=team.team_id)
            people = persons | {account.login for account in unit.accounts.all()}
            refuse_any([*_team_problems(team, others=active.values(), people=people)])
            taken = {row.team_id for row in unit.patrols.teams(everybody=True)}
            saved = replace(team, team_id=_free_id(taken)) if team.team_id == NEW else team
            unit.patrols.save_team(saved.content(), at=at, by=actor.id)
            facts = {"team": saved.team_id, "change": "team", "members": list(saved.members)}
            self._commit(unit, actor, Action.MAKE_PLAN, **facts)
        return saved

    def remove(self, actor: Actor, team_id: str) -> None:
        """Take a team off the list; its members no longer see what is published for it.

        Raises `PlanError`: ``team_missing``.
        """
        require_whole(actor, Action.MAKE_PLAN)
        at = self.clock.utc()
        with self._workspace.store.begin() as unit:
            if not unit.patrols.remove_team(team_id, at=at, by=actor.id):
                raise PlanError("team_missing", seen=team_id)
            self._commit(unit, actor, Action.MAKE_PLAN, team=team_id, change="team_removed")

    def _person_ids(self) -> set[str]:
        persons = self._engine.table("persons").select("person_id").to_pyarrow().to_pandas()
        return {*persons["person_id"]}


def _refuse_outdated(stored: Team | None, seen: Team | None, *, seen_id: str) -> None:
    """Refuse to change a team that is gone, or that somebody else changed since it was seen."""
    if stored is None:
        raise PlanError("team_missing", seen=seen_id)
    if stored != seen:
        raise PlanError("team_changed", seen=seen_id)


def _team_problems(
    team: Team, *, others: Collection[Team], people: Collection[str]
) -> Iterator[InputProblem]:
    """Name what is wrong with a team beside the active ones; ``people`` are known ids."""
    if not team.name.strip():
        yield InputProblem("team_unnamed", "name")
    if len(team.name) > LONGEST_NAME:
        yield InputProblem("name_too_long", "name", team.name, str(LONGEST_NAME))
    if team.name in {each.name for each in others if each.team_id != team.team_id}:
        yield InputProblem("name_taken", "name", team.name)
    for member in sorted(set(team.members) - set(people)):
        yield InputProblem("member_unknown", "members", member)
    if len(set(team.members)) > team.people:
        members = str(len(set(team.members)))
        yield InputProblem("too_many_members", "members", members, str(team.people))
    for department in team.departments:
        if not department.strip() or len(department) > LONGEST_NAME:
            yield InputProblem("department_unusable", "departments", department)


def _free_id(taken: set[str]) -> str:
    """Return the first of T1, T2 … that no team ever had."""
    return next(f"T{number}" for number in count(1) if f"T{number}" not in taken)
