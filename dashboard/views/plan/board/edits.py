"""What a person changes on a plan, asked of the service at once, and said aloud afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.patrol import clock, shift_text
from dashboard.ui.frame import Page
from geo.errors import GridwardenError
from governance.patrols.routing.model.plan import Plan

_TOLD, _NUMBER = "plan_told", "plan_told_number"


def told() -> dict[str, Any] | None:
    """Return what became of the last change: ``id, text, kind``; None before the first."""
    found: dict[str, Any] | None = st.session_state.get(_TOLD)
    return found


def apply(page: Page, plan_id: str, edit: Mapping[str, Any]) -> None:
    """Ask the service for one change and note what to say about it.

    Parameters
    ----------
    page
        For whom.
    plan_id
        Of which plan.
    edit
        ``kind`` (``move``, ``add``, ``lock``, ``remove``, ``undo``), the ``version`` that the
        person saw, and what the kind needs: ``building``, ``to``, ``place``, ``locked``.
    """
    say = page.say
    try:
        plan = _changed(page, plan_id, edit)
    except GridwardenError as error:
        tell(say.error(error), kind="warn")
        return
    tell(_sentence(plan, edit, say=say))


def tell(text: str, *, kind: str = "info") -> None:
    """Have the board say something, once."""
    number = int(st.session_state.get(_NUMBER, 0)) + 1
    st.session_state[_NUMBER] = number
    st.session_state[_TOLD] = {"id": number, "text": text, "kind": kind}


def _changed(page: Page, plan_id: str, edit: Mapping[str, Any]) -> Plan:
    office, actor = page.office, page.actor
    version, building = int(edit["version"]), str(edit.get("building", ""))
    where: dict[str, Any] = {
        "to_shift": str(edit.get("to")),
        "place": edit.get("place"),
        "version": version,
    }
    match edit["kind"]:
        case "move":
            return office.plan_edits.move_stop(actor, plan_id, building, **where)
        case "add":
            return office.plan_edits.add_stop(actor, plan_id, building, **where)
        case "remove":
            return office.plan_edits.remove_stop(actor, plan_id, building, version=version)
        case "lock":
            locked = bool(edit["locked"])
            buildings = edit.get("buildings") or [building]
            return office.plan_edits.lock_stops(actor, plan_id, buildings, locked, version=version)
        case _:
            return office.plan_edits.undo(actor, plan_id, version=version)


def _sentence(plan: Plan, edit: Mapping[str, Any], *, say: Translator) -> str:
    kind = edit["kind"]
    if kind == "undo":
        return say("Undone.")
    if kind == "remove":
        return say("Removed from the plan.")
    if kind == "lock":
        if edit["locked"]:
            return say("Locked. Re-planning leaves it where it is.")
        return say("Unlocked.")
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
