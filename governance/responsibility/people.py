"""What people are called, for who may know: the staff that they see, and its accounts."""

from collections.abc import Iterable

import pandas as pd

from data.store.repositories.accounts import Account
from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import LOCAL, Action, Actor, local_owner, may
from governance.responsibility.duty_register import DutyRegister


def staff_seen(actor: Actor, register: DutyRegister) -> pd.DataFrame:
    """Return the staff that an actor sees: all of it, or who has a duty for their buildings.

    Returns as `governance.responsibility.duty_register.DutyRegister.staff`.
    """
    if actor.scope.street:
        return register.staff
    inside = set(actor.scope.of_frame(register.buildings)["building_id"])
    held = register.resolved[register.resolved["building_id"].isin(inside)]
    on_duty = register.staff["person_id"].isin(set(held["person_id"]))
    return register.staff[on_duty].reset_index(drop=True)


def account_names(unit: UnitOfWork) -> dict[str, str]:
    """Return login → name of every account and of the machine's owner."""
    return {LOCAL: local_owner().name} | {each.login: each.name for each in unit.accounts.all()}


def names_known(
    actor: Actor, accounts: Iterable[Account], register: DutyRegister
) -> dict[str, str]:
    """Return what an actor may know people to be called, by account and by number of a person.

    Everybody knows their own name, and that the machine's owner is that. Who sees who answers for
    what knows the staff of their scope and its accounts; over the whole street, everybody's.

    ``accounts``: those that may be named.
    """
    seen = may(actor, Action.SEE_RESPONSIBILITY)
    staff = staff_seen(actor, register) if seen else register.staff.iloc[:0]
    named = zip(staff["person_id"], staff["name"].fillna(""), strict=True)
    people = {str(person): str(name) for person, name in named if name}
    known = people | {LOCAL: local_owner().name}
    for account in accounts:
        known.pop(account.login, None)  # nobody is called by a number that is another's account
        if (seen and actor.scope.street) or account.person_id in people:
            known[account.login] = account.name
    actor_person = {actor.person_id: actor.name} if actor.person_id else {}
    return actor_person | known | {actor.id: actor.name}
