"""Roles, scope and person of one account, stored together."""

from __future__ import annotations

import re

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.views.people import account_change
from governance.access.permissions import ROLES, Scope

_BETWEEN = re.compile(r"[\s,;，；、]+")


def show(page: Page, row: pd.Series) -> None:
    """Offer roles, scope and person of an account, stored together or not at all."""
    say, login = page.say, str(row["login"])
    st.subheader(say("Roles and scope of {login}", login=login))
    with st.form(f"rights_{login}"):
        roles = roles_asked(page, tuple(row["roles"]), key=f"roles_{login}")
        scope = scope_asked(say, Scope.of_mapping(row["scope"]), key=login)
        person = person_asked(say, row["person_id"], key=login)
        stored = st.form_submit_button(say("Store roles and scope"), type="primary")
    if stored:
        account_change.apply(
            page,
            lambda: page.office.grants.set_rights(
                page.actor, login, roles=roles, scope=scope, person=person
            ),
            told=say("Rights of {login} are stored.", login=login),
        )


def roles_asked(page: Page, held: tuple[str, ...], *, key: str) -> list[str]:
    """Ask for roles, saying of each what it is for and what goes with no other."""
    say = page.say
    chosen = st.multiselect(
        say("Roles"),
        list(page.office.accounts.grantable_roles()),
        default=list(held),
        format_func=lambda role: say.name("role", role),
        key=frame.translated(key),
        placeholder=say("none yet"),
    )
    with st.expander(say("What each role is for")):
        st.markdown(
            "\n".join(f"- {_reason(say, role)}" for role in page.office.accounts.grantable_roles())
        )
    return chosen


def scope_asked(say: Translator, held: Scope, *, key: str) -> Scope:
    """Ask which part of the street an account sees, on top of what its person answers for."""
    street = st.checkbox(say("The whole street"), value=held.street, key=f"street_{key}")
    asked = {
        "communities": say("Communities, by code"),
        "grids": say("Grids, by code"),
        "buildings": say("Buildings, by code"),
    }
    codes = {
        part: st.text_input(label, value=" ".join(sorted(getattr(held, part))), key=f"{part}_{key}")
        for part, label in asked.items()
    }
    st.caption(say("What the person answers for comes on top, from the duties of the day."))
    return Scope.of_mapping(
        {"street": street, **{part: codes_of(text) for part, text in codes.items()}}
    )


def person_asked(say: Translator, held: object, *, key: str) -> str:
    """Ask which person of the table of staff an account belongs to."""
    known = held if isinstance(held, str) else ""
    return st.text_input(say("Person, by number in the staff table"), value=known,
                         key=f"person_{key}").strip()  # fmt: skip


def codes_of(text: str) -> list[str]:
    """Return the codes in a text, however they are parted."""
    return [code for code in _BETWEEN.split(text) if code]


def _reason(say: Translator, role: str) -> str:
    alone = say(" (goes with no other role)") if ROLES[role].exclusive else ""
    return f"**{say.name('role', role)}** — {say.name('role_work', role)}{alone}"
