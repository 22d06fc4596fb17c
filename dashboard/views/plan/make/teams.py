"""Who goes together: the office's teams, with their people, departments, start and shifts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.patrol import listed
from dashboard.i18n.staff import people_names
from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.views.plan.board import toolbar as board_toolbar
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
_TOLD = "team_told"


def show(page: Page) -> None:
    """List the teams; whoever makes plans may change, add and remove them."""
    say = page.say
    if told := st.session_state.pop(_TOLD, None):
        st.success(told)
    teams = page.office.teams.all(page.actor)
    st.caption(say("A team sees its own published route under “My buildings”, if its members have "
                   "an account. Where law asks for two officers, only a team with two enforcement "
                   "cards is sent."))  # fmt: skip
    if not teams:
        st.info(say("No team is named yet. Add each that goes out, with its people and hours."))
    edits = may(page.actor, Action.MAKE_PLAN)
    called = page.office.plans.people(page.actor)
    for team in teams:
        with st.expander(_summary(team, say=say)):
            if edits:
                _show_form(page, team, called)
            else:
                st.write(listed((called.get(each, each) for each in team.members), say=say))
    if edits:
        with st.expander(say("Add a team"), expanded=not teams):
            _show_form(page, Team(team_id=NEW, name="", shifts=_USUAL), called)


def _show_form(page: Page, team: Team, called: Mapping[str, str]) -> None:
    say, key = page.say, f"team_{team.team_id}"
    names = _choices(page, team, called)
    start = _choose_start(page, team, key=key)
    with st.form(key, border=False):
        left, right = st.columns(2, gap="medium")
        with left:
            name = st.text_input(say("Name of the team"), value=team.name)
            members = st.multiselect(
                say("Members"), list(names), default=list(team.members),
                format_func=lambda each: names.get(each, each), placeholder=say("choose"),
                accept_new_options=True, help=say("Whoever is not on the list of staff: type the "
                                                  "name of the account."),
            )  # fmt: skip
            departments = st.multiselect(
                say("Departments (for joint checks)"),
                list(dict.fromkeys([*DEPARTMENTS, *team.departments])),
                default=list(team.departments), accept_new_options=True, placeholder=say("none"),
            )  # fmt: skip
        with right:
            people = st.number_input(say("People"), 1, _MOST_PEOPLE, value=team.people)
            officers = st.number_input(
                say("Of these with an enforcement card"), 0, _MOST_PEOPLE, value=team.officers
            )
            shifts = st.multiselect(
                say("Goes out on"), list(SLOTS), default=list(team.shifts),
                format_func=lambda slot: slot_text(slot, say=say), placeholder=say("choose"),
            )  # fmt: skip
        shown = st.session_state.get(f"{key}_shown", team)
        if st.form_submit_button(say("Save the team"), type="primary"):
            _save(page, team, start, shown, name=name.strip(), members=tuple(members),
                  departments=tuple(departments), people=int(people), officers=int(officers),
                  shifts=tuple(shifts))  # fmt: skip
    st.session_state[f"{key}_shown"] = team
    if team.team_id != NEW:
        with st.popover(say("Remove the team")):
            st.markdown(say("Plans that were made keep it."))
            st.button(
                say("Yes, remove {name}", name=team.name), key=f"{key}_remove", on_click=_remove,
                args=(page, team),
            )  # fmt: skip


def slot_text(slot: tuple[int | str, str], *, say: Translator) -> str:
    """Return a kind of day and a part of it, such as working days, evening."""
    on, part = slot
    return f"{say.name('team_day', str(on))} · {say.name('part', part)}"


def _choose_start(
    page: Page, team: Team, *, key: str
) -> tuple[float | None, float | None]:  # fmt: skip
    """Ask where the team's shifts start: as before, at a building, or at its first stop."""
    say = page.say
    kept, building, anywhere = "kept", "building", "anywhere"
    names = {
        kept: say("as before"),
        building: say("at a building"),
        anywhere: say("at its first stop"),
    }
    if team.lon is None:
        del names[kept]
    chosen = st.segmented_control(
        say("Starts"), list(names), format_func=names.__getitem__, key=f"{key}_start",
        default=kept if team.lon is not None else anywhere, required=True,
    )  # fmt: skip
    if chosen == kept:
        return team.lon, team.lat
    if chosen != building:
        return None, None
    found = board_toolbar.find_buildings(page, key=key)
    unit = st.selectbox(
        say("Building"),
        list(found.index),
        format_func=found["name"].to_dict().__getitem__,
        key=f"{key}_unit",
        placeholder=say("choose"),
    )
    if unit is None:
        return team.lon, team.lat
    place = found.loc[[unit]].iloc[0]
    return float(place["lon"]), float(place["lat"])


def _save(
    page: Page,
    team: Team,
    start: tuple[float | None, float | None],
    shown: Team,
    **facts: Any,  # noqa: ANN401 -- fields of a team
) -> None:
    """Save a team; ``shown`` is what the form showed when it was filled in."""
    say = page.say
    with frame.telling_failures(say):
        lon, lat = start
        page.office.teams.save(page.actor, replace(team, lon=lon, lat=lat, **facts), seen=shown)
        st.session_state[_TOLD] = say("Saved: {name}.", name=facts["name"])
        st.rerun()


def _remove(page: Page, team: Team) -> None:
    with frame.telling_failures(page.say):
        page.office.teams.remove(page.actor, team.team_id)
        st.session_state[_TOLD] = page.say("Removed: {name}.", name=team.name)


def _choices(page: Page, team: Team, called: Mapping[str, str]) -> dict[str, str]:
    """Name who can be in a team: the staff, and members who are not on duty or not among it."""
    try:
        names = people_names(page.office.responsibility.staff(page.actor), say=page.say)
    except GridwardenError:  # without a table of staff teams are made of accounts alone
        names = {}
    others = [each for each in team.members if each not in names]
    return names | {each: _with_id(each, called) for each in others}


def _with_id(member: str, called: Mapping[str, str]) -> str:
    """Return a member by name and id, since accounts are typed by id; by id where unnamed."""
    return f"{called[member]} · {member}" if member in called else member


def _summary(team: Team, *, say: Translator) -> str:
    texts = [
        f"**{team.name}**",
        say("{count} people", count=team.people),
        say("{count} with a card", count=team.officers) if team.officers else "",
        listed(team.departments, say=say),
        listed((slot_text(slot, say=say) for slot in team.shifts), say=say),
    ]
    return " — ".join(text for text in texts if text)
