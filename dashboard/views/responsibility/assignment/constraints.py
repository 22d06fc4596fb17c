"""Who is away, which building stays with whom, and what wardens and buildings are like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n.staff import people_names
from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.views.responsibility import chains
from dashboard.views.responsibility.assignment.preview_cache import forget_previews
from governance.access.permissions import Action, may

_MOST_STAIRS = 40


def show(page: Page) -> None:
    """Show absences, fixed pairs and limits; who may edit duties may change them."""
    say = page.say
    limits = page.office.constraints.limits(page.actor)
    fixed = _fixed(limits.buildings)
    label = say("Absences ({absent}), fixed pairs ({fixed}), limits ({limits})",
                absent=len(limits.absences), fixed=len(fixed),
                limits=len(limits.wardens))  # fmt: skip
    with st.expander(label), frame.telling_failures(say):
        if not may(page.actor, Action.EDIT_RESPONSIBILITY):
            st.caption(say("The office manager and the planner set these."))
            return
        names = people_names(page.office.responsibility.staff(page.actor), say=say)
        _show_absences(page, limits.absences, names)
        _show_fixed(page, fixed, names)
        _show_limits(page, limits.wardens, names)
        _show_needs(page, limits.buildings)


def _records(table: pd.DataFrame) -> Iterator[Any]:
    """Return the rows of a table, whose columns are of any kind."""
    return table.itertuples(index=False)


def _show_absences(page: Page, absences: pd.DataFrame, names: dict[str, str]) -> None:
    say = page.say
    st.markdown(f"**{say('Who is away')}**")
    for row in _records(absences):
        who = names.get(str(row.person_id), str(row.person_id))
        until = "…" if pd.isna(row.until) else f"{row.until:%Y-%m-%d}"
        text = say("{who}: from {since}, back on {until}", who=who, since=f"{row.since:%Y-%m-%d}",
                   until=until)  # fmt: skip
        _removable(
            page, text, key=f"absence_{row.id}",
            remove=partial(page.office.constraints.remove_absence, page.actor, int(row.id)),
        )  # fmt: skip
    with st.form("absence_form", border=False, clear_on_submit=True):
        person = st.selectbox(say("Person"), list(names), index=None, placeholder=say("choose"),
                              format_func=names.__getitem__)  # fmt: skip
        left, right = st.columns(2)
        since = left.date_input(say("Away from"), value="today", format="YYYY-MM-DD")
        back = right.date_input(say("Back on (empty: open)"), value=None, format="YYYY-MM-DD")
        if st.form_submit_button(say("Add the absence")) and person and isinstance(since, date):
            page.office.constraints.set_absence(page.actor, person, since=since, until=back)
            _changed()


def _show_fixed(page: Page, fixed: pd.DataFrame, names: dict[str, str]) -> None:
    say = page.say
    st.markdown(f"**{say('Who keeps a building')}**")
    called = _building_names(page) if len(fixed) else {}
    for row in _records(fixed):
        who = names.get(str(row.fixed_person_id), str(row.fixed_person_id))
        _removable(
            page, f"{called.get(row.building_id) or row.building_id} → {who}",
            key=f"fixed_{row.building_id}",
            remove=partial(
                page.office.constraints.set_building_need, page.actor, str(row.building_id),
                fixed_person_id=None,
            ),
        )  # fmt: skip
    unit = chains.choose_building(page, key="fixed")
    person = st.selectbox(
        say("Stays with"), list(names), index=None, placeholder=say("choose"),
        format_func=names.__getitem__, key="fixed_person",
    )  # fmt: skip
    ready = bool(unit and person)
    if st.button(say("Fix this pair"), disabled=not ready, key="fixed_add"):
        page.office.constraints.set_building_need(page.actor, str(unit), fixed_person_id=person)
        _changed()


def _show_limits(page: Page, limits: pd.DataFrame, names: dict[str, str]) -> None:
    say = page.say
    st.markdown(f"**{say('Stairs and languages')}**")
    for row in _records(limits):
        noted = [
            "" if pd.isna(row.max_stairs)
            else say("{floors} floors without a lift at most", floors=int(row.max_stairs)),
            "、".join(row.languages or ()),
        ]  # fmt: skip
        who = names.get(str(row.person_id), str(row.person_id))
        st.caption(f"{who}: {' · '.join(text for text in noted if text)}")
    with st.form("limit_form", border=False, clear_on_submit=True):
        person = st.selectbox(say("Person"), list(names), index=None, placeholder=say("choose"),
                              format_func=names.__getitem__)  # fmt: skip
        stairs = st.number_input(
            say("Floors without a lift at most (empty: any)"), 0, _MOST_STAIRS, value=None
        )
        spoken = st.text_input(say("Languages besides Chinese, with commas"))
        if st.form_submit_button(say("Set the limit")) and person:
            page.office.constraints.set_warden_limit(
                page.actor, person, max_stairs=stairs, languages=_languages(spoken)
            )
            _changed()


def _show_needs(page: Page, needs: pd.DataFrame) -> None:
    say = page.say
    lifts: dict[bool | None, str] = {
        None: say("as its storeys say"), True: say("has a lift"), False: say("has no lift"),
    }  # fmt: skip
    st.markdown(f"**{say('Lift and languages of a building')}**")
    noted = {
        str(row.building_id): (None if pd.isna(row.lift) else bool(row.lift), row.languages or ())
        for row in _records(needs)
    }
    noted = {unit: need for unit, need in noted.items() if need[0] is not None or need[1]}
    called = _building_names(page) if noted else {}
    for unit, (lift, languages) in noted.items():
        st.caption(f"{called.get(unit) or unit}: {' · '.join([lifts[lift], *languages])}")
    chosen = chains.choose_building(page, key="need")
    has_lift, languages = noted.get(str(chosen), (None, ()))
    with st.form(f"need_form_{chosen}", border=False):
        lift = st.selectbox(
            say("Lift"),
            list(lifts),
            index=list(lifts).index(has_lift),
            format_func=lifts.__getitem__,
        )
        spoken = st.text_input(
            say("Languages its warden must speak, with commas"), value="，".join(languages)
        )
        if st.form_submit_button(say("Set for this building"), disabled=not chosen):
            page.office.constraints.set_building_need(
                page.actor, str(chosen), lift=lift, languages=_languages(spoken)
            )
            _changed()


def _languages(text: str) -> list[str]:
    parts = [part.strip() for part in text.replace("，", ",").split(",")]
    return [part for part in parts if part]


def _removable(page: Page, text: str, *, key: str, remove: Callable[[], object]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(text, width="stretch")
        if st.button(page.say("Remove"), key=key, type="tertiary"):
            remove()
            _changed()


def _building_names(page: Page) -> dict[str, str]:
    duties = page.office.responsibility.duties_of_day(page.actor)
    return dict(zip(duties["building_id"], duties["name"], strict=True))


def _fixed(buildings: pd.DataFrame) -> pd.DataFrame:
    known = buildings["fixed_person_id"].notna() & (buildings["fixed_person_id"] != "")
    return buildings[known]


def _changed() -> None:
    forget_previews()
    st.rerun()
