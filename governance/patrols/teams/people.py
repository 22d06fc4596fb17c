"""What the people of plans are called: who made a version, who is in a team."""

from __future__ import annotations

from governance.access.permissions import Actor
from governance.responsibility.duty_register import read_duties
from governance.responsibility.people import names_known
from governance.service import Component


class PlanPeople(Component):
    """Names the people of plans."""

    def names(self, actor: Actor) -> dict[str, str]:
        """Name who made plans and who is in a team, as far as the actor may know.

        Returns
        -------
        dict
            Account, or number of a person → name, as
            `governance.responsibility.people.names_known` says.
            Who is not in it is told by the id alone: an account that is gone, or somebody whom
            the actor does not otherwise see.
        """
        register = read_duties(self._workspace, self._engine, on=self._local_now().date())
        with self._workspace.store.begin() as unit:
            members = {each for team in unit.patrols.teams() for each in team.members}
            ids = members | unit.patrols.makers()
            accounts = [each for each in unit.accounts.all() if each.login in ids]
            known = names_known(actor, accounts, register)
        own = {each for each in (actor.id, actor.person_id) if each}
        return {each: name for each, name in known.items() if each in ids | own}
