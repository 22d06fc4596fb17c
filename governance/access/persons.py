"""Who is who under several accounts: what asks for two people is not done by one of them twice.

Rows keep accounts, and some of them persons of the table of staff. Whatever asks for another
person compares what a row keeps with `own_names`, and with nothing else.
"""

from data.store.unit_of_work import UnitOfWork
from governance.access.permissions import Actor


def own_names(unit: UnitOfWork, actor: Actor) -> frozenset[str]:
    """Return every name that rows may know the acting person by.

    The account, the persons of the table of staff that it belongs or once belonged to, and every
    account that belongs or once belonged to one of these.
    """
    return unit.accounts.names_of_person(actor.id, actor.person_id)


def person_of(actor: Actor) -> str:
    """Return the person of the table of staff whose account it is, or the account."""
    return actor.person_id or actor.id
