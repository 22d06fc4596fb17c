"""Accounts: make, list, lock and reset them, and say what each may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridwarden.console.invocation import Invocation, Json, invocation
from gridwarden.console.terminal import plain, records, records_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from governance.access.permissions import Actor, Scope
    from governance.office import Office

Login = Annotated[str, typer.Argument(help="What the person types to sign in.")]
Roles = Annotated[list[str] | None, typer.Option("--role", help="A role; may be repeated.")]
Communities = Annotated[
    list[str] | None, typer.Option("--community", help="Code of a community; may be repeated.")
]
Grids = Annotated[list[str] | None, typer.Option("--grid", help="Code of a grid; may be repeated.")]
Buildings = Annotated[
    list[str] | None, typer.Option("--building", help="Code of a building; may be repeated.")
]
Street = Annotated[bool, typer.Option("--street", help="The whole street.")]
Person = Annotated[
    str | None, typer.Option("--person", help="Code in the table of staff, or none.")
]

user = typer.Typer(no_args_is_help=True, help="Accounts of the people who sign in.")


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.add_typer(user, name="user")


@user.command("add")
def add(  # noqa: PLR0913 -- one parameter per option
    ctx: typer.Context,
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
    as_json: Json = False,
) -> None:
    """Make an account and print its one-time password."""
    scope = _scope(communities, grids, buildings, street=street)

    def make(office: Office, actor: Actor) -> str | None:
        return office.accounts.add(
            actor, login, name=name, roles=tuple(roles or ()), scope=scope, person_id=person,
            directory=directory,
        )  # fmt: skip

    _answer(invocation(ctx, as_json=as_json), login, make)


@user.command("list")
def list_accounts(ctx: typer.Context, *, as_json: Json = False) -> None:
    """List the accounts: roles, scope, and how each stands."""
    call = invocation(ctx, as_json=as_json)
    office = call.office()
    rows = records(office.accounts.all(call.actor()))
    office.close()

    def show(out: Console) -> None:
        shown = [
            {name: plain(row[name]) for name in ("login", "name", "state", "person_id")}
            | {"last_seen": plain(row["last_seen_at"])}
            | {"roles": ", ".join(row["roles"]), "scope": _in_words(row["scope"])}
            for row in rows
        ]
        out.print(records_table(f"{len(rows)} accounts", shown))

    call.terminal.result({"accounts": rows}, show=show)


@user.command("lock")
def lock(ctx: typer.Context, login: Login, *, as_json: Json = False) -> None:
    """Lock an account and end its sessions."""
    _answer(invocation(ctx, as_json=as_json), login, lambda o, a: o.accounts.lock(a, login))


@user.command("unlock")
def unlock(ctx: typer.Context, login: Login, *, as_json: Json = False) -> None:
    """Unlock an account and reset its failed attempts."""
    _answer(invocation(ctx, as_json=as_json), login, lambda o, a: o.accounts.unlock(a, login))


@user.command("reset")
def reset(ctx: typer.Context, login: Login, *, as_json: Json = False) -> None:
    """Print a new one-time password of an account."""
    _answer(
        invocation(ctx, as_json=as_json), login, lambda o, a: o.accounts.reset_password(a, login)
    )


@user.command("roles")
def set_rights(  # noqa: PLR0913 -- one parameter per option
    ctx: typer.Context,
    login: Annotated[str | None, typer.Argument(help="Whose; without, list the roles.")] = None,
    *,
    roles: Roles = None,
    communities: Communities = None,
    grids: Grids = None,
    buildings: Buildings = None,
    street: Street = False,
    person: Person = None,
    as_json: Json = False,
) -> None:
    """Give an account roles, a scope and a person instead of those it has; or list the roles.

    What is not named stays as it is.
    """
    call = invocation(ctx, as_json=as_json)
    if login is None:
        _list_roles(call)
        return
    named = login
    scope = _scope(communities, grids, buildings, street=street) or None
    whose = "" if person == "none" else person
    _answer(
        call,
        named,
        lambda office, actor: office.grants.set_rights(
            actor, named, roles=roles, scope=scope, person=whose
        ),
    )


@user.command("password")
def password(ctx: typer.Context, *, as_json: Json = False) -> None:
    """Change the password of the account named by --as."""
    call = invocation(ctx, as_json=as_json)
    if call.login is None:
        raise typer.BadParameter("say whose: gridwarden -w DIR --as LOGIN user password")
    old = call.asked_password()
    office = call.office()
    try:
        owner = office.sign_in.owner_of(call.login, old)
        new = typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
        office.sign_in.change_password(owner, old=old, new=new)
    finally:
        office.close()
    call.terminal.result(
        {"login": owner.id}, show=lambda out: out.print(f"{owner.id}: done", markup=False)
    )


def _answer(call: Invocation, login: str, change: Callable[[Office, Actor], str | None]) -> None:
    """Do something to an account and say so, with the one-time password if there is one."""
    office, actor = call.office(), call.actor()
    try:
        once = change(office, actor)
    finally:
        office.close()
    done: dict[str, Any] = {"login": login.casefold()}
    if once is not None:
        done["one_time_password"] = once

    def show(out: Console) -> None:
        told = f"{login}: done" if once is None else f"{login}: one-time password {once}"
        out.print(told, markup=False)

    call.terminal.result(done, show=show)


def _list_roles(call: Invocation) -> None:
    from governance.access.roles import GRANTED, ROLES

    rows = [{"role": name, "why": ROLES[name].reason} for name in GRANTED]
    call.terminal.result({"roles": rows}, show=lambda out: out.print(records_table("Roles", rows)))


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


def _in_words(scope: dict[str, Any]) -> str:
    """Return a scope in few words."""
    if scope.get("street"):
        return "the whole street"
    return "; ".join(f"{name} {', '.join(codes)}" for name, codes in scope.items() if codes)
