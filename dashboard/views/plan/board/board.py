"""The board: a column for each shift of a day or of a team, a card for each stop."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.patrol import clock, day_text, km_text, listed, shift_text, team_text
from dashboard.maps.route_maps import hues_of
from dashboard.navigation import building_url
from dashboard.ui import browser_component
from dashboard.ui.frame import Page
from dashboard.views.plan.board import edits, week
from governance.access.permissions import Action, may
from governance.patrols.routing.model.plan import Plan

_component = browser_component.declare("plan_board", slot="gw-board-slot")
_KEY = "plan_board"


def show(page: Page, plan: Plan, shifts: pd.DataFrame) -> None:
    """Draw the board; what is done on it is asked of the service before the next run.

    ``page``: for whom; without the right to change plans nothing on it can be moved.
    ``shifts``: the rows of its shifts that are shown.
    """

    def hand_over() -> None:
        edits.apply(page, plan.plan_id, st.session_state[_KEY]["edit"])

    _component(key=_KEY, data=board_data(page, plan, shifts), on_edit_change=hand_over)


def board_data(page: Page, plan: Plan, shifts: pd.DataFrame) -> dict[str, Any]:
    """Return what the browser draws: columns with cards, the shifts to move to, words."""
    say = page.say
    hues = hues_of(plan.shifts["shift_id"])
    stops: dict[str, list[Any]] = {shift: [] for shift in shifts["shift_id"]}
    for stop in _rows(plan.stops[plan.stops["shift_id"].isin(stops)]):
        stops[stop.shift_id].append(stop)
    by_team = len(set(shifts["team_id"])) == 1
    ended = page.office.building_ends.days(page.actor, set(plan.stops["building_id"]))
    return {
        **browser_component.files("plan/plan_board"),
        "version": plan.version,
        "building": building_url(page.actor, language=say.language),
        "mayEdit": may(page.actor, Action.MAKE_PLAN),
        "columns": [
            _column(
                shift,
                stops[shift.shift_id],
                by_team=by_team,
                hues=hues,
                ended=ended,
                say=say,
            )
            for shift in _rows(shifts)
        ],
        "targets": _targets(plan, say=say),
        "mostStops": int(plan.shifts["stops"].max()) if len(plan.shifts) else 0,
        "tiers": browser_component.tiers(say),
        "told": edits.last_change(),
        "words": say.part("plan_board"),
    }


def _column(
    shift: Any,  # noqa: ANN401 -- a row of itertuples
    stops: Sequence[Any],
    *,
    by_team: bool,
    hues: dict[str, str],
    ended: Mapping[str, date],
    say: Translator,
) -> dict[str, Any]:
    """Return a shift; what all columns have in common, the team or the day, is not said again."""
    title = shift_text(shift, say=say, team=False) if by_team else team_text(shift.team, say=say)
    part = "" if by_team else f"{say.name('part', str(shift.part))} "
    first = [f"{part}{clock(shift.from_minute)}–{clock(shift.until_minute)}"]
    if shift.joint:
        departments = listed(shift.departments, say=say)
        first.append(say("Joint check: {departments}", departments=departments))
    return {
        "id": shift.shift_id,
        "title": title,
        "hue": hues[str(shift.shift_id)],
        "facts": [" · ".join(first), " · ".join(_sums(shift, say=say))],
        "over": int(shift.over_minutes),
        "stops": [_card(stop, ended, say=say) for stop in stops],
    }


def _sums(shift: Any, *, say: Translator) -> list[str]:  # noqa: ANN401 -- a row of itertuples
    """Return a shift's minutes, way and expected finds; who does not plan is not told the last."""
    sums = [
        say("{minutes} of {most} min", minutes=shift.minutes, most=shift.most_minutes),
        say("{km} km", km=km_text(shift.distance_m)),
    ]
    finds = week.finds_text(shift.expected_finds, say=say)
    return [*sums, finds] if finds else sums


def _card(stop: Any, ended: Mapping[str, date], *, say: Translator) -> dict[str, Any]:  # noqa: ANN401 -- a row of itertuples
    late = say("{days} days late", days=int(stop.days_late)) if stop.days_late > 0 else ""
    if day := ended.get(str(stop.building_id)):
        late = say("Pulled down since {day}", day=f"{day:%Y-%m-%d}")
    return {
        "id": str(stop.building_id),
        "place": int(stop.place),
        "name": str(stop.name or stop.building_id),
        "time": clock(stop.arrive),
        "tier": str(stop.tier or ""),
        "mode": say.name("visit_kind", str(stop.mode)),
        "reasons": [say.name("plan_reason", str(code)) for code in stop.reasons],
        "late": late,
        "locked": bool(stop.locked),
    }


def _targets(plan: Plan, *, say: Translator) -> list[dict[str, Any]]:
    """Return every shift of the plan by day, for moving without a mouse."""
    by_day: dict[date, list[list[str]]] = {}
    for shift in _rows(plan.shifts.sort_values("day", kind="stable")):
        by_day.setdefault(shift.day, []).append([shift.shift_id, shift_text(shift, say=say)])
    return [{"day": day_text(day, say=say), "shifts": named} for day, named in by_day.items()]


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))
