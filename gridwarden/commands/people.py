"""Accounts: make, list, lock and reset them, and say what each may do."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.errors import GridwardenError
from gridwarden.console.command import WordedGroup, command
from gridwarden.console.invocation import Invocation
from gridwarden.console.late_commands import registered_by
from gridwarden.console.options import UsageProblemError
from gridwarden.console.terminal import Answer

if TYPE_CHECKING:
    from dashboard.i18n import Translator
    from governance.access.permissions import Scope

Login = Annotated[str, typer.Argument(help="What the person types to sign in.")]
Roles = Annotated[list[str] | None, typer.Option("--role", help="A role; may be repeated.")]
Communities = Annotated[
    list[str] | None, typer.Option("--community", help="Code of a community; may be repeated.")
]
Grids = Annotated[list[str] | None, typer.Option("--grid", help="Code of a grid; may be repeated.")]
Buildings = Annotated[
    list[str] | None, typer.Option("--building", help="Code of a building; may be repeated.")
]
Street = Annotated[bool, typer.Option("--street", help="The whole sub-district.")]
Person = Annotated[
    str | None, typer.Option("--person", help="Code in the table of staff, or none.")
]

ACCOUNTS = ("login", "name", "state:account_state", "person_id", "last_seen_at", "roles:role",
            "scope")  # fmt: skip

user = typer.Typer(
    cls=WordedGroup, no_args_is_help=True, help="Accounts of the people who sign in."
)
registered_by(__name__).add_typer(user, name="user")


class PasswordsDifferError(GridwardenError):
    """A new password was typed in two ways."""


@command("add", group=user)
def add(
    call: Invocation,
    login: Login,
    *,
    name: Annotated[str, typer.Option(help="What the pages call the person.")] = "",
    roles: Roles = None,
    communities: Communities = None,
    grids: Grids = None,
    buildings: Buildings = None,
    street: Street = False,
    person: Person = None,
    directory: Annotated[
        bool, typer.Option("--directory", help="Signs in through the office's directory.")
    ] = False,
) -> Answer:
    """Make an account and print its one-time password."""
    scope = _scope(communities, grids, buildings, street=street)
    once = call.office.accounts.add(
        call.actor, login, name=name, roles=tuple(roles or ()), scope=scope, person_id=person,
        directory=directory,
    )  # fmt: skip
    answer = _done(call, login, once)
    if scope or person or not _sees_buildings(roles or ()):
        return answer
    hint = call.say(
        "The account sees no building yet: give it --street, a part or --person by user roles."
    )
    return answer._replace(lines=[*answer.lines, hint])


@command("list", group=user)
def list_accounts(call: Invocation) -> Answer:
    """List the accounts: roles, scope, and how each stands."""
    rows = call.office.accounts.listed(call.actor)
    shown = [row | {"scope": _in_words(row["scope"], call.say)} for row in rows]
    title = call.say("{count} accounts", count=len(rows))
    return Answer({"accounts": rows}, [call.table(title, shown, ACCOUNTS)])


@command("lock", group=user)
def lock(call: Invocation, login: Login) -> Answer:
    """Lock an account and end its sessions."""
    call.office.accounts.lock(call.actor, login)
    return _done(call, login)


@command("unlock", group=user)
def unlock(call: Invocation, login: Login) -> Answer:
    """Unlock an account and reset its failed attempts."""
    call.office.accounts.unlock(call.actor, login)
    return _done(call, login)


@command("reset", group=user)
def reset(call: Invocation, login: Login) -> Answer:
    """Print a new one-time password of an account."""
    return _done(call, login, call.office.accounts.reset_password(call.actor, login))


@command("roles", group=user)
def set_rights(
    call: Invocation,
    login: Annotated[str | None, typer.Argument(help="Whose; without, list the roles.")] = None,
    *,
    roles: Roles = None,
    communities: Communities = None,
    grids: Grids = None,
    buildings: Buildings = None,
    street: Street = False,
    person: Person = None,
) -> Answer:
    """Give an account roles, a scope and a person instead of those it has; or list the roles.

    What is not named stays as it is.
    """
    if login is None:
        return _roles(call)
    call.office.grants.set_rights(
        call.actor,
        login,
        roles=roles,
        scope=_scope(communities, grids, buildings, street=street) or None,
        person="" if person == "none" else person,
    )
    return _done(call, login)


@command("password", group=user)
def password(call: Invocation) -> Answer:
    """Change the password of the account named by --as."""
    if call.login is None:
        raise UsageProblemError("login_not_named")
    old, sign_in = call.actor_password(), call.office.sign_in
    owner = sign_in.owner_of(call.login, old)
    questions = (call.say("New password"), call.say("New password again"))
    new, again = (typer.prompt(each, hide_input=True, err=True) for each in questions)
    if new != again:
        raise PasswordsDifferError("passwords_differ")
    sign_in.change_password(owner, old=old, new=new)
    return _done(call, owner.id)


def _done(call: Invocation, login: str, once: str | None = None) -> Answer:
    """Say that something was done to an account, with its one-time password if there is one."""
    facts = {"login": login.casefold()} | ({"one_time_password": once} if once else {})
    text = call.say("one-time password {password}", password=once) if once else call.say("done")
    return Answer(facts, [f"{login}: {text}"])


def _sees_buildings(roles: Collection[str]) -> bool:
    from governance.access.roles import ROLES

    return any(not ROLES[role].exclusive for role in roles)


def _roles(call: Invocation) -> Answer:
    from governance.access.roles import GRANTED, ROLES

    rows = [{"role": name, "why": ROLES[name].reason} for name in GRANTED]
    columns = ("role", "called=role:role", "work=role:role_work")
    return Answer({"roles": rows}, [call.table(call.say("Roles"), rows, columns)])


def _scope(
    communities: list[str] | None,
    grids: list[str] | None,
    buildings: list[str] | None,
    *,
    street: bool,
) -> Scope:
    from governance.access.permissions import Scope

    return Scope(
        street=street,
        communities=frozenset(communities or ()),
        grids=frozenset(grids or ()),
        buildings=frozenset(buildings or ()),
    )


def _in_words(scope: dict[str, Any], say: Translator) -> str:
    if scope.get("street"):
        return say("The whole street")
    return "; ".join(
        f"{say.name('scope_part', name)} {', '.join(codes)}"
        for name, codes in scope.items()
        if codes
    )
