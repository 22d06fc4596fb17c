"""Beside the board: undo, re-plan the rest, lock what is shown, add a building, hand over."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n.patrol import shift_text
from dashboard.ui import pick
from dashboard.ui.frame import Page
from dashboard.views.plan import plan_task
from dashboard.views.plan.board import edits, hand_over
from governance.patrols.routing.model.plan import Plan


def show(page: Page, plan: Plan, shifts: pd.DataFrame) -> None:
    """Offer what changes more than one card, or brings a new one."""
    say = page.say
    ids = plan.stops[plan.stops["shift_id"].isin(shifts["shift_id"])]
    free = ids[~ids["locked"].astype(bool)]["building_id"].astype(str).tolist()
    locked = sorted(map(str, plan.locked))

    def offer(label: str, key: str, *, disabled: bool, **edit: object) -> None:
        st.button(label, key=key, disabled=disabled, on_click=_change, args=(page, plan, edit))

    with st.container(horizontal=True, key="plan_tools"):
        first = plan.version == 1  # which has none before it
        offer(say("Undo"), "plan_undo", disabled=first, kind="undo")
        stays = say(
            "What is locked stays ({count} stops); everything else is searched anew.",
            count=len(locked),
        )
        label, busy = say("Re-plan the rest"), plan_task.panel.busy
        if st.button(label, key="plan_replan", help=stays, disabled=busy):
            plan_task.replan(page, plan)
        lock = {"kind": "lock", "locked": True, "buildings": free}
        offer(say("Lock what is shown"), "plan_lock_shown", disabled=not free, **lock)
        unlock = {"kind": "lock", "locked": False, "buildings": locked}
        offer(say("Unlock everything"), "plan_unlock", disabled=not locked, **unlock)
        with st.popover(say("Add a building")):
            _show_adding(page, plan, shifts)
        hand_over.show(page, plan)


def _change(page: Page, plan: Plan, edit: dict[str, Any]) -> None:
    edits.apply(page, plan.plan_id, edit | {"version": plan.version})


def _show_adding(page: Page, plan: Plan, shifts: pd.DataFrame) -> None:
    say = page.say
    building = pick.building(page, key="plan_add")
    names = {str(row.shift_id): shift_text(row, say=say) for row in shifts.itertuples(index=False)}
    shift_id = pick.one(say("To which shift"), names, key="plan_add_to")
    edit = {"kind": "add", "building": None if building is None else building["unit"],
            "to": shift_id}  # fmt: skip
    none = building is None or not shift_id
    if st.button(say("Add it"), type="primary", disabled=none, key="plan_add_go"):
        _change(page, plan, edit)
        st.rerun()
