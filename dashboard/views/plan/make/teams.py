"""Who goes together: the office's teams, with their people, departments, start and shifts."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.i18n.patrol import listed
from dashboard.i18n.staff import people_names
from dashboard.ui import change, pick
from dashboard.ui.frame import Page
from geo.errors import GridwardenError
from governance.access.permissions import Action, may
from governance.patrols.routing.model.settings import DAY_KINDS, PARTS
from governance.patrols.routing.model.shifts import Team
from governance.patrols.teams.teams import NEW

DEPARTMENTS = ("教育", "市场监管", "公安", "消防", "民政", "住建", "城管", "社区")
"""Departments that joint checks in the field are made with; others can be typed."""
SLOTS: tuple[tuple[int | str, str], ...] = tuple(
    (on, part) for on in (*DAY_KINDS, *range(1, 8)) for part in PARTS
)
_USUAL = (("working", "evening"), ("rest", "day"))
_MOST_PEOPLE = 50
_Start = tuple[float | None, float | None]


def show(page: Page) -> None:
    """List the teams; whoever makes plans may change, add and remove them."""
    say = page.say
    teams = page.office.teams.all(page.actor)
    page.caption(
        "A team sees its own published route under “My buildings”, if its members have "
        "an account. Where law asks for two officers, only a team with two enforcement "
        "cards is sent."
    )
    if not teams:
        page.info("No team is named yet. Add each that goes out, with its people and hours.")
    edits = may(page.actor, Action.MAKE_PLAN)
    called = page.office.plans.people(page.actor)
    staff = _staff_names(page) if edits else {}
    for team in teams:
        if edits:
            _show_folded(page, team, _summary(team, say=say), called, staff)
            continue
        with st.expander(_summary(team, say=say)):
            st.write(plain(listed((called.get(each, each) for each in team.members), say=say)))
    if edits:
        new = Team(team_id=NEW, name="", shifts=_USUAL)
        _show_folded(page, new, say("Add a team"), called, staff, expanded=not teams)


def _show_folded(
    page: Page,
    team: Team,
    label: str,
    called: Mapping[str, str],
    staff: Mapping[str, str],
    *,
    expanded: bool = False,
) -> None:
    """Show the form of a team once it was opened: each sends the names of the whole staff.

    A form that was drawn stays drawn, so that nothing entered is lost when it is closed.
    """
    key = f"team_{team.team_id}"
    folded = st.expander(label, expanded=expanded, key=f"{key}_open", on_change="rerun")
    if folded.open or f"{key}_shown" in st.session_state:
        with folded:
            _show_form(page, team, called, staff)
            if team.team_id != NEW:
                _offer_removal(page, team)


def _show_form(page: Page, team: Team, called: Mapping[str, str], staff: Mapping[str, str]) -> None:
    say, key = page.say, f"team_{team.team_id}"
    lon, lat = _choose_start(page, team, key=key)
    with st.form(key, border=False):
        left, right = st.columns(2, gap="medium")
        with left:
            who = _ask_who(page, team, _choices(team, called, staff))
        with right:
            people = st.number_input(say("People"), 1, _MOST_PEOPLE, value=team.people)
            label = say("Of these with an enforcement card")
            officers = st.number_input(label, 0, _MOST_PEOPLE, value=team.officers)
            names = {slot: slot_text(slot, say=say) for slot in SLOTS}
            shifts = pick.some(say("Goes out on"), names, default=team.shifts, none=say("choose"))
        # What the form showed when it was filled in: somebody else may have saved meanwhile.
        seen = st.session_state.get(f"{key}_shown", team)
        if st.form_submit_button(say("Save the team"), type="primary"):
            changed = replace(
                team, lon=lon, lat=lat, people=int(people), officers=int(officers),
                shifts=tuple(shifts), **who,
            )  # fmt: skip
            change.make(
                page,
                lambda: page.office.teams.save(page.actor, changed, seen=seen),
                done=say("Saved: {name}.", name=changed.name),
            )
    st.session_state[f"{key}_shown"] = team


def _ask_who(page: Page, team: Team, names: Mapping[str, str]) -> dict[str, Any]:
    """Ask for a team's name, members and departments; others than those listed can be typed."""
    say = page.say
    name = st.text_input(say("Name of the team"), value=team.name)
    members = st.multiselect(
        say("Members"), list(names), default=list(team.members), accept_new_options=True,
        format_func=lambda each: names.get(each, each), placeholder=say("choose"),
        help=say("Whoever is not on the list of staff: type the name of the account."),
    )  # fmt: skip
    departments = st.multiselect(
        say("Departments (for joint checks)"),
        list(dict.fromkeys([*DEPARTMENTS, *team.departments])),
        default=list(team.departments),
        accept_new_options=True,
        placeholder=say("none"),
    )
    return {"name": name.strip(), "members": tuple(members), "departments": tuple(departments)}


def _offer_removal(page: Page, team: Team) -> None:
    say = page.say
    change.confirm(
        page,
        say("Remove the team"),
        explained=say("Plans that were made keep it."),
        yes=say("Yes, remove {name}", name=team.name),
        key=f"team_{team.team_id}_remove",
        change=lambda: page.office.teams.remove(page.actor, team.team_id),
        done=say("Removed: {name}.", name=team.name),
    )


def slot_text(slot: tuple[int | str, str], *, say: Translator) -> str:
    """Return a kind of day and a part of it, such as working days, evening."""
    on, part = slot
    return f"{say.name('team_day', str(on))} · {say.name('part', part)}"


def _choose_start(page: Page, team: Team, *, key: str) -> _Start:
    """Ask where the team's shifts start: as before, at a building, or at its first stop."""
    say = page.say
    names = {"building": say("at a building"), "anywhere": say("at its first stop")}
    if team.lon is not None:
        names = {"kept": say("as before")} | names
    usual = "anywhere" if team.lon is None else "kept"
    start = pick.switch(say("Starts"), names, default=usual, key=f"{key}_start")
    if start == "anywhere":
        return None, None
    building = pick.building(page, key=key) if start == "building" else None
    if building is None:
        return team.lon, team.lat
    return float(building["lon"]), float(building["lat"])


def _staff_names(page: Page) -> dict[str, str]:
    """Name the staff; without a table of it teams are made of accounts alone."""
    try:
        return people_names(page.office.responsibility.staff(page.actor), say=page.say)
    except GridwardenError:
        return {}


def _choices(team: Team, called: Mapping[str, str], staff: Mapping[str, str]) -> Mapping[str, str]:
    """Name who can be in a team: the staff, and members who are not on duty or not among it."""
    # By name and id, since accounts are typed by id; by id where unnamed.
    others = {
        each: f"{called[each]} · {each}" if each in called else each
        for each in team.members
        if each not in staff
    }
    return {**staff, **others}


def _summary(team: Team, *, say: Translator) -> str:
    texts = [
        f"**{plain(team.name)}**",
        say("{count} people", count=team.people),
        say("{count} with a card", count=team.officers) if team.officers else "",
        plain(listed(team.departments, say=say)),
        listed((slot_text(slot, say=say) for slot in team.shifts), say=say),
    ]
    return " — ".join(text for text in texts if text)
