"""What a person changes on a plan, asked of the service at once, and said aloud afterwards."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.patrol import clock, shift_text
from dashboard.ui.frame import Page
from geo.errors import GridwardenError
from governance.patrols.routing.model.plan import Plan

_LAST_CHANGE = "plan_told"


def last_change() -> dict[str, Any] | None:
    """Return what became of the last change: ``id, text, kind``; None before the first."""
    return st.session_state.get(_LAST_CHANGE)


def apply(page: Page, plan_id: str, edit: Mapping[str, Any]) -> None:
    """Ask the service for one change and note what the board says about it, once.

    ``edit``: ``kind`` (``move``, ``add``, ``hand_over``, ``lock``, ``remove``, ``undo``), the
    ``version`` that the person saw, and what the kind needs: ``building`` or ``buildings``, ``to``,
    ``place``, ``locked``.
    """
    kind = "info"
    try:
        text = _sentence(_changed(page, plan_id, edit), edit, say=page.say)
    except GridwardenError as error:
        text, kind = page.say.error(error), "warn"
    number = (last_change() or {"id": 0})["id"] + 1
    st.session_state[_LAST_CHANGE] = {"id": number, "text": text, "kind": kind}


def _changed(page: Page, plan_id: str, edit: Mapping[str, Any]) -> Plan:
    service, actor = page.office.plan_edits, page.actor
    version, building = int(edit["version"]), str(edit.get("building", ""))
    where: dict[str, Any] = {"to_shift": str(edit.get("to")), "place": edit.get("place")}
    match edit["kind"]:
        case "move":
            return service.move_stop(actor, plan_id, building, **where, version=version)
        case "add":
            return service.add_stop(actor, plan_id, building, **where, version=version)
        case "hand_over":
            return service.hand_over(
                actor,
                plan_id,
                edit["buildings"],
                to_shifts=edit["to"],
                over_time=edit["over_time"],
                version=version,
            )
        case "remove":
            return service.remove_stop(actor, plan_id, building, version=version)
        case "lock":
            buildings = edit.get("buildings") or [building]
            locked = bool(edit["locked"])
            return service.lock_stops(actor, plan_id, buildings, locked, version=version)
        case _:
            return service.undo(actor, plan_id, version=version)


def _sentence(plan: Plan, edit: Mapping[str, Any], *, say: Translator) -> str:
    simple = {
        "undo": say("Undone."),
        "remove": say("Removed from the plan."),
        "hand_over": say("Handed over and locked. The teams see it once the plan is published."),
        "lock": say("Locked. Re-planning leaves it where it is.")
        if edit.get("locked")
        else say("Unlocked."),
    }
    if sentence := simple.get(edit["kind"]):
        return sentence
    stop = plan.stops[plan.stops["building_id"] == str(edit["building"])].iloc[0]
    shift: Any = next(s for s in plan.shifts.itertuples(index=False) if s.shift_id == stop.shift_id)
    done = say(
        "{name}: {shift}, number {place} at {time}; locked there.", name=stop["name"],
        place=stop["place"], shift=shift_text(shift, say=say), time=clock(stop["arrive"]),
    )  # fmt: skip
    if shift.over_minutes <= 0:
        return done
    over = say("This shift is now {n} minutes over time.", n=shift.over_minutes)
    return say("{sentence} {next}", sentence=done, next=over)
