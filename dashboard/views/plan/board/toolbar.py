"""Beside the board: undo, re-plan the rest, lock what is shown, add a building."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n.patrol import shift_text
from dashboard.ui.frame import Page
from dashboard.views.plan import running
from dashboard.views.plan.board import edits
from governance.patrols.routing.model.plan import Plan

_MOST_FOUND = 20


def show(page: Page, plan: Plan, shifts: pd.DataFrame) -> None:
    """Offer what changes more than one card, or brings a new one."""
    say = page.say
    ids = plan.stops[plan.stops["shift_id"].isin(shifts["shift_id"])]
    free = ids[~ids["locked"].astype(bool)]["building_id"].astype(str).tolist()
    held = sorted(map(str, plan.locked))
    with st.container(horizontal=True, key="plan_tools"):
        st.button(
            say("Undo"), disabled=plan.version < 2, key="plan_undo",  # noqa: PLR2004 -- the first has none before it
            on_click=_change, args=(page, plan, {"kind": "undo"}),
        )  # fmt: skip
        if st.button(
            say("Re-plan the rest"), key="plan_replan",
            help=say("What is locked stays ({count} stops); everything else is searched anew.",
                     count=len(held)),
        ):  # fmt: skip
            _replan(page, plan)
        st.button(
            say("Lock what is shown"), disabled=not free, key="plan_lock_shown", on_click=_change,
            args=(page, plan, {"kind": "lock", "locked": True, "buildings": free}),
        )  # fmt: skip
        st.button(
            say("Unlock everything"), disabled=not held, key="plan_unlock", on_click=_change,
            args=(page, plan, {"kind": "lock", "locked": False, "buildings": held}),
        )  # fmt: skip
        with st.popover(say("Add a building")):
            _show_adding(page, plan, shifts)


def _change(page: Page, plan: Plan, edit: dict[str, Any]) -> None:
    edits.apply(page, plan.plan_id, edit | {"version": plan.version})


def _replan(page: Page, plan: Plan) -> None:
    office, actor = page.office, page.actor
    running.panel.start(
        page,
        lambda tell: office.plan_edits.replan(
            actor, plan.plan_id, version=plan.version, progress=tell
        ),
    )


def _show_adding(page: Page, plan: Plan, shifts: pd.DataFrame) -> None:
    say = page.say
    names = find_buildings(page, key="plan_add")["name"].to_dict()
    there: dict[str, Any] = {str(row.shift_id): row for row in shifts.itertuples(index=False)}
    unit = st.selectbox(
        say("Building"), list(names), format_func=names.__getitem__, key="plan_add_unit",
        placeholder=say("choose"),
    )  # fmt: skip
    to = st.selectbox(
        say("To which shift"), list(there), key="plan_add_to",
        format_func=lambda each: shift_text(there[each], say=say),
    )  # fmt: skip
    st.button(
        say("Add it"), type="primary", disabled=not (unit and to), key="plan_add_go",
        on_click=_change, args=(page, plan, {"kind": "add", "building": unit, "to": to}),
    )  # fmt: skip


def find_buildings(page: Page, *, key: str) -> pd.DataFrame:
    """Ask for words and return the buildings that hold them: ``name, lon, lat`` by id."""
    say = page.say
    text = st.text_input(
        say("Search a building"), key=f"{key}_search", placeholder=say("address, name or code")
    ).strip()
    if not text:
        return pd.DataFrame(columns=["name", "lon", "lat"])
    found = page.office.risk_map.find(page.actor, text, limit=_MOST_FOUND)
    if found.empty:
        st.caption(say("No building matches “{text}”.", text=text))
    named = found["name"].where(found["name"].fillna("") != "", found["unit"])
    return found.assign(name=named).set_index("unit")[["name", "lon", "lat"]]
