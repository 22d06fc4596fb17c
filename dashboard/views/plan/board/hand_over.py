"""Hand a team's day over to others: what would become of it is read before it is done."""

from datetime import date
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.i18n.patrol import clock, day_text, listed, shift_text, team_text
from dashboard.ui import pick
from dashboard.ui.frame import Page
from dashboard.views.plan.board import edits
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.shifts import shift_id_of

_SEEN = "plan_hand_over_seen"


class _Preview(NamedTuple):
    """The plan once stops are handed over, and the stops that stay since they were visited."""

    after: Plan
    visited: set[str]


class _Wish(NamedTuple):
    """Which stops shall go to which shifts."""

    buildings: tuple[str, ...]
    to: tuple[str, ...]
    over_time: bool


def show(page: Page, plan: Plan) -> None:
    """Ask whose day goes to whom, show what would become of it, and do it at a second press."""
    say = page.say
    days = _days(plan, today=page.office.clock.today())
    key = f"plan_hand_over_{plan.version}"  # or it would stay open after the change
    with st.popover(say("Hand over a team's day"), disabled=not days, key=key):
        if not days:
            return
        wish = _ask(page, plan, days)
        if not wish.to:
            page.caption(
                "No other team is out on that day. Choose who goes out instead, or other days."
            )
        request = plan.plan_id, plan.version, wish
        if st.button(say("Show what would become of it"), key="plan_hand_over_look",
                     disabled=not wish.to):  # fmt: skip
            with page.telling_failures():
                st.session_state[_SEEN] = request, _preview(page, plan, wish)
        seen, preview = st.session_state.get(_SEEN, (None, None))
        if seen == request and preview is not None:
            _offer(page, plan, preview, wish)


def _preview(page: Page, plan: Plan, wish: _Wish) -> _Preview:
    edits_of = page.office.plan_edits
    after = edits_of.preview_hand_over(
        page.actor, plan.plan_id, wish.buildings, to_shifts=wish.to,
        over_time=wish.over_time, version=plan.version,
    )  # fmt: skip
    return _Preview(after, edits_of.visited_stops(page.actor, plan.plan_id, wish.buildings))


def _days(plan: Plan, *, today: date) -> dict[tuple[str, date], list[str]]:
    """Return the shifts with stops of each team and day that is not over, by day."""
    coming = plan.shifts[(plan.shifts["stops"] > 0) & (plan.shifts["day"] >= pd.Timestamp(today))]
    return {
        (str(team), pd.Timestamp(str(day)).date()): rows["shift_id"].astype(str).tolist()
        for (day, team), rows in coming.groupby(["day", "team_id"], sort=True)
    }


def _ask(page: Page, plan: Plan, days: dict[tuple[str, date], list[str]]) -> _Wish:
    say = page.say
    teams = dict(zip(plan.shifts["team_id"], plan.shifts["team"], strict=True))
    whose = pick.one(
        say("Whose day"),
        {each: f"{team_text(teams[each[0]], say=say)} · {day_text(each[1], say=say)}"
         for each in days},
        key="plan_hand_over_day",
    )  # fmt: skip
    given, day = days[whose], whose[1]
    given_stops = plan.stops[plan.stops["shift_id"].isin(given)]
    stops = {
        str(stop.building_id): f"{clock(stop.arrive)} {stop.name or stop.building_id}"
        for stop in _rows(given_stops)
    }
    key = f"{whose[0]}_{day}_{plan.version}"
    buildings = pick.some(
        say("Which stops"), stops, none=say("all of that day"), key=f"plan_hand_over_stops_{key}"
    )
    to, same_day = _takers(plan, given, day, say=say)
    chosen = pick.some(
        say("To which shifts"), to,
        none=say("all others of that day") if same_day else say("choose"),
        key=f"plan_hand_over_to_{key}",
    )  # fmt: skip
    over = st.checkbox(say("Also what does not fit, over time"), key=f"plan_hand_over_all_{key}")
    return _Wish(tuple(buildings or stops), tuple(chosen or same_day), over)


def _takers(
    plan: Plan, given: list[str], day: date, *, say: Translator
) -> tuple[dict[str, str], list[str]]:
    """Name the shifts that can take stops over: of that day, further ones of it, of later days.

    Returns the names by id, and the ids of those of that day that the plan has.
    """
    of = plan.shifts[(plan.shifts["day"] >= pd.Timestamp(day))].sort_values("day", kind="stable")
    of = of[~of["shift_id"].isin(given)]
    same = of[of["day"] == pd.Timestamp(day)]
    names = {str(shift.shift_id): shift_text(shift, say=say) for shift in _rows(same)}
    shifts = plan.shifts[plan.shifts["shift_id"].isin(given)]
    for shift in _rows(shifts):
        for team in plan.teams:
            extra = shift_id_of(team, day, shift.part)
            if extra not in names and extra not in given:
                text = shift_text(shift._replace(team=team.name), say=say)
                names[extra] = say("{shift} (one shift more)", shift=text)
    later = {str(shift.shift_id): shift_text(shift, say=say) for shift in _rows(of)}
    return names | {each: text for each, text in later.items() if each not in names}, [
        *same["shift_id"].astype(str)
    ]


def _offer(page: Page, plan: Plan, preview: _Preview, wish: _Wish) -> None:
    st.markdown(_what_becomes(preview, wish, say=page.say))
    edit = {"kind": "hand_over", "buildings": wish.buildings, "to": wish.to,
            "over_time": wish.over_time, "version": plan.version}  # fmt: skip
    st.button(
        page.say("Hand over"), type="primary", key="plan_hand_over_go",
        disabled=preview.after.stops_on(wish.to, wish.buildings).empty,
        on_click=edits.apply, args=(page, plan.plan_id, edit),
    )  # fmt: skip


def _what_becomes(preview: _Preview, wish: _Wish, *, say: Translator) -> str:
    """Return, as a list, who takes what, and what stays."""
    after, visited = preview
    found = after.stops_on(wish.to, wish.buildings)
    unvisited = len(set(wish.buildings) - visited)
    lines = [
        *([say("{count} of {all} stops find a place.", count=len(found), all=unvisited)]
          if unvisited else ()),
        *(
            say("{shift}: {stops}; then {minutes} of {most} min", shift=shift_text(shift, say=say),
                stops=_names(stops, say=say, timed=True), minutes=shift.minutes,
                most=shift.most_minutes)
            for shift in _rows(after.shifts)
            if len(stops := found[found["shift_id"] == shift.shift_id])
        ),
    ]  # fmt: skip
    left = after.stops[after.stops["building_id"].isin(wish.buildings)].drop(found.index)
    done = left["building_id"].isin(visited)
    if done.any():
        lines.append(say("Visited already and stay with the team ({count}): {stops}",
                         count=int(done.sum()), stops=_names(left[done], say=say)))  # fmt: skip
    if not done.all():
        lines.append(say("Stay with the team, since they fit nowhere: {stops}",
                         stops=_names(left[~done], say=say)))  # fmt: skip
    return "\n".join(f"- {plain(each)}" for each in lines)


def _names(stops: pd.DataFrame, *, say: Translator, timed: bool = False) -> str:
    """Name stops; ``timed``: each with when the team is there."""
    names = (
        f"{clock(stop.arrive)} {stop.name or stop.building_id}" if timed
        else str(stop.name or stop.building_id)
        for stop in _rows(stops)
    )  # fmt: skip
    return listed(names, say=say)


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))
