"""Roles, scope and person of one account, stored together."""

import re
from collections.abc import Collection
from typing import NamedTuple

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.staff import people_names
from dashboard.ui import change, frame, pick
from dashboard.ui.frame import Page
from geo.errors import GridwardenError
from governance.access.permissions import ROLES, Scope
from governance.security.accounts.grants import GrantChoices

_BETWEEN = re.compile(r"[\n,;，；、]+")


class Rights(NamedTuple):
    """What an account may do, where, and who its owner is: a number of the table of staff.

    ``buildings`` are names or codes as they were written, on top of the scope's own.
    """

    roles: list[str]
    scope: Scope
    person: str
    buildings: tuple[str, ...] = ()

    def whole_scope(self, page: Page) -> Scope:
        """Return the scope with the buildings that were written.

        Raises `AccountError` as `governance.security.accounts.grants.GrantService.buildings_named`.
        """
        if not self.buildings:
            return self.scope
        named = page.office.grants.buildings_named(page.actor, self.buildings)
        return self.scope | Scope(buildings=frozenset(named))


_NONE = Rights([], Scope.nothing(), "")


def show(page: Page, row: pd.Series) -> None:
    """Offer roles, scope and person of an account, stored together or not at all."""
    say, login = page.say, str(row["login"])
    page.subheader("Roles and scope of {login}", login=login)
    person = row["person_id"] if isinstance(row["person_id"], str) else ""
    held = Rights(list(row["roles"]), Scope.of_mapping(row["scope"]), person)
    with st.form(f"rights_{login}"):
        wanted = ask(page, held, key=login, roles_key=f"roles_{login}")
        if not st.form_submit_button(say("Store roles and scope"), type="primary"):
            return
    change.make(
        page,
        lambda: page.office.grants.set_rights(
            page.actor,
            login,
            roles=wanted.roles,
            scope=wanted.whole_scope(page),
            person=wanted.person,
        ),
        done=say("Rights of {login} are stored.", login=login),
    )


def ask(page: Page, held: Rights = _NONE, *, key: str, roles_key: str) -> Rights:
    """Ask for roles, scope and person, beginning with those that an account has."""
    say = page.say
    grantable = page.office.accounts.grantable_roles()
    roles = pick.some(
        say("Roles"), say.names("role", grantable), default=held.roles, none=say("none yet"),
        key=frame.translated(roles_key),
    )  # fmt: skip
    with st.expander(say("What each role is for")):
        st.markdown("\n".join(f"- {_reason(say, role)}" for role in grantable))
    choices = page.office.grants.choices(page.actor)
    scope, buildings = _ask_scope(page, held.scope, choices, key=key)
    return Rights(roles, scope, _ask_person(page, held.person, choices, key=key), buildings)


def _ask_scope(
    page: Page, held: Scope, choices: GrantChoices, *, key: str
) -> tuple[Scope, tuple[str, ...]]:
    """Ask which part of the street an account sees, on top of what its person answers for."""
    say = page.say
    street = st.checkbox(say("The whole street"), value=held.street, key=f"street_{key}")
    known = {"communities": choices.communities, "grids": choices.grids}
    labels = {"communities": say("Communities"), "grids": say("Which grids")}
    parts: dict[str, list[str]] = {}
    for part, names in known.items():
        codes = getattr(held, part)
        offered = {code: code for code in sorted(codes)} | {
            code: f"{name} · {code}" if name else code for code, name in names.items()
        }
        parts[part] = pick.some(
            labels[part], offered, default=sorted(codes), none=say("search by name or code"),
            key=f"{part}_{key}",
        )  # fmt: skip
    written = _buildings_text(page, held.buildings)
    text = st.text_input(
        say("Buildings, by name or code"), written, key=f"buildings_{key}",
        placeholder=say("several parted by commas"),
    )  # fmt: skip
    page.caption("What the person answers for comes on top, from the duties of the day.")
    return Scope.of_mapping({"street": street, **parts}), tuple(parts_of(text))


def _buildings_text(page: Page, codes: Collection[str]) -> str:
    """Return buildings as they are written into the field: by code with several of one name."""
    if not codes:
        return ""
    try:
        named = page.office.grants.buildings_named(page.actor, sorted(codes))
        page.office.grants.buildings_named(page.actor, list(named.values()))
    except GridwardenError:  # a code that is known no more, or a name that several have
        return page.say(", ").join(sorted(codes))
    return page.say(", ").join(named.values())


def _ask_person(page: Page, held: str, choices: GrantChoices, *, key: str) -> str:
    """Ask which person of the staff an account belongs to; by number where there is no staff."""
    say, people = page.say, choices.people
    if people.empty:
        label = say("Person, by number in the staff table")
        return st.text_input(label, held, key=f"person_{key}").strip()
    names = {"": say("nobody of the staff"), **({held: held} if held else {})}
    names |= people_names(people, say=say)
    return pick.one(
        say("Person of the staff"), names, index=list(names).index(held), key=f"person_{key}"
    )


def parts_of(text: str) -> list[str]:
    """Return the names or codes in a text, however they are parted; a name may hold blanks."""
    return [part for each in _BETWEEN.split(text) if (part := each.strip())]


def _reason(say: Translator, role: str) -> str:
    alone = say(" (goes with no other role)") if ROLES[role].exclusive else ""
    return f"**{say.name('role', role)}** — {say.name('role_work', role)}{alone}"
