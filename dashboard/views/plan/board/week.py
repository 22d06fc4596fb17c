"""A plan at a glance: days beside each other, a shift in each cell, of which one opens.

The shift, day or team that is chosen here is what board and map below show.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.patrol import clock, day_text, listed, shift_text, team_text
from dashboard.maps.route_maps import hues_of
from dashboard.ui import browser_component
from dashboard.ui.frame import Page
from geo.addresses.lexicon import natural_key
from governance.patrols.routing.model.plan import Plan

_component = browser_component.declare("plan_week", slot="gw-week-slot")
_KEY, _CHOSEN = "plan_week", "plan_week_chosen"
_MOST_COMMUNITIES = 3
_FEW_FINDS = 0.05  # which one place would round to none


def choose_shifts(page: Page, plan: Plan) -> pd.DataFrame:
    """Draw the weeks of a plan and return the shifts that are chosen there, in order.

    The first day with a stop that is not over is chosen until a person chooses.
    """

    def note() -> None:
        st.session_state[_CHOSEN] = (plan.plan_id, st.session_state[_KEY]["chosen"])

    of_plan, chosen = st.session_state.get(_CHOSEN, ("", ""))
    shifts = shifts_of(plan, chosen) if of_plan == plan.plan_id else plan.shifts.head(0)
    if shifts.empty:
        chosen = _first_choice(plan, today=page.office.clock.today())
        shifts = shifts_of(plan, chosen)
    _component(key=_KEY, data=week_data(page, plan, chosen=chosen), on_chosen_change=note)
    return shifts


def shifts_of(plan: Plan, chosen: str) -> pd.DataFrame:
    """Return the shifts that a choice names, in order; none where it names none.

    ``chosen``: ``shift:CODE``, ``team:CODE`` or ``day:YYYY-MM-DD``.
    """
    what, _, code = chosen.partition(":")
    shifts = plan.shifts
    names = {"shift": shifts["shift_id"], "team": shifts["team_id"],
             "day": shifts["day"].dt.strftime("%Y-%m-%d")}  # fmt: skip
    if what not in names:
        return shifts.head(0)
    named: pd.DataFrame = shifts[names[what] == code]
    return named.sort_values("team_id", key=lambda ids: ids.map(natural_key)).sort_values(
        ["day", "from_minute"], kind="stable"
    )


def chosen_text(shifts: pd.DataFrame, *, say: Translator) -> str:
    """Return what is chosen in words: a shift, a day, or a team."""
    first: Any = next(shifts.itertuples(index=False))
    if len(shifts) == 1:
        return shift_text(first, say=say)
    of_day = (shifts["day"] == first.day).all()
    return day_text(first.day, say=say) if of_day else team_text(first.team, say=say)


def week_data(page: Page, plan: Plan, *, chosen: str) -> dict[str, Any]:
    """Return what the browser draws: calendar weeks of days, teams, shifts with their facts."""
    say = page.say
    hues = hues_of(plan.shifts["shift_id"])
    names = page.office.responsibility.communities(page.actor)
    where = _communities(plan, names, say=say)
    days = pd.date_range(plan.first, plan.last)
    monday = days - pd.to_timedelta(days.day_of_week, unit="D")
    weeks = [days[monday == each] for each in monday.unique()]
    teams = dict(zip(plan.shifts["team_id"], plan.shifts["team"], strict=True))
    by_day: dict[Any, list[Any]] = defaultdict(list)
    for shift in plan.shifts.sort_values("from_minute", kind="stable").itertuples(index=False):
        by_day[shift.day].append(shift)
    return {
        **browser_component.files("plan/plan_week"),
        "weeks": [
            _week(teams, of_week, hues=hues, where=where, say=say)
            for week in weeks
            if any((of_week := {day: by_day[day] for day in week}).values())
        ],
        "chosen": chosen,
        "shown": shifts_of(plan, chosen)["shift_id"].tolist(),
        "words": say.part("plan_week"),
    }


def _first_choice(plan: Plan, *, today: Any) -> str:  # noqa: ANN401 -- a day
    days = plan.shifts.loc[plan.shifts["stops"] > 0, "day"]
    if days.empty:
        days = plan.shifts["day"]
    coming = days[days >= pd.Timestamp(today)]
    return f"day:{(days if coming.empty else coming).min():%Y-%m-%d}"


def _week(
    teams: Mapping[str, str],
    days: Mapping[Any, Sequence[Any]],
    *,
    hues: dict[str, str],
    where: dict[str, str],
    say: Translator,
) -> dict[str, Any]:
    """Return one calendar week: its teams as rows, its days with the shifts of each team.

    ``days``: the shifts of each, in the order in which they begin.
    """
    busy = {shift.team_id for shifts in days.values() for shift in shifts}
    going = [team for team in teams if team in busy]
    return {
        "teams": [{"id": team, "name": team_text(teams[team], say=say)} for team in going],
        "days": [
            {
                "id": f"{day:%Y-%m-%d}",
                "name": day_text(day.date(), say=say),
                "sums": _day_sums(shifts, say=say),
                "teams": [
                    {"row": going.index(team),
                     "shifts": [_shift(each, hues=hues, where=where, say=say)
                                for each in shifts if each.team_id == team]}
                    for team in dict.fromkeys(shift.team_id for shift in shifts)
                ],
            }
            for day, shifts in days.items()
        ],
    }  # fmt: skip


def _shift(
    shift: Any,  # noqa: ANN401 -- a row of itertuples
    *,
    hues: dict[str, str],
    where: dict[str, str],
    say: Translator,
) -> dict[str, Any]:
    """Return one shift: when, how many stops, minutes, finds for who plans, and where."""
    stops = say("{count} stops", count=int(shift.stops))
    minutes = say("{minutes} of {most} min", minutes=shift.minutes, most=shift.most_minutes)
    facts = [stops, finds_text(shift.expected_finds, say=say), minutes]
    over = int(shift.over_minutes)
    return {
        "id": str(shift.shift_id),
        "hue": hues[str(shift.shift_id)],
        "when": f"{say.name('part', str(shift.part))} {clock(shift.from_minute)}",
        "facts": [fact for fact in facts if fact],
        "over": say("{n} min over", n=over) if over > 0 else "",
        "where": where.get(str(shift.shift_id), ""),
    }


def finds_text(finds: float, *, say: Translator) -> str:
    """Return how many finds are expected, or "" to who is not told."""
    if isnan(finds):
        return ""
    few = 0 < finds < _FEW_FINDS
    return say("under 0.1 finds") if few else say("{finds} finds", finds=f"{finds:.1f}")


def _day_sums(shifts: Sequence[Any], *, say: Translator) -> str:
    stops = say("{count} stops", count=sum(int(shift.stops) for shift in shifts))
    finds = finds_text(sum((shift.expected_finds for shift in shifts), start=0.0), say=say)
    return f"{stops} · {finds}" if finds else stops


def _communities(plan: Plan, names: dict[str, str], *, say: Translator) -> dict[str, str]:
    """Return, by shift, the communities of its stops, those with most first."""
    texts = {}
    for shift, codes in plan.stops.groupby("shift_id")["community_code"]:
        most = codes.value_counts(sort=True).index[: _MOST_COMMUNITIES + 1]
        known = [names.get(str(code), str(code)) for code in most if str(code)]
        text = listed(known[:_MOST_COMMUNITIES], say=say)
        more = len(known) > _MOST_COMMUNITIES
        texts[str(shift)] = say("{places} and more", places=text) if more else text
    return texts
