"""Beside the map: the ranked list of what is drawn, or the unit that was picked."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.documents.columns import NEAR_DAY, UNITS, Column
from dashboard.i18n import Translator
from dashboard.maps import pages
from dashboard.maps.content.street_data import MapChoice
from dashboard.maps.layer_cache import LayerChoice, map_layer, ranked_units
from dashboard.ui import download, frame, pick, table
from dashboard.ui.frame import Page
from dashboard.ui.sections import unit_explanation
from dashboard.ui.sections.score import score_form
from governance.access.permissions import Action, may

_UNIT, _SIDE = "map_unit", "map_side"
_LIST, _WHY = "list", "why"
_LEVEL, _LEVEL_KEPT = "list_level", "map_level"
_WEEK = timedelta(days=7)
BUILDING = "building"
LEVELS = (BUILDING, "cell:10", "cell:9", "cell:8", "grid", "community")


def selected() -> str | None:
    """Return the unit chosen on the map or in the list, if any."""
    return st.session_state.get(_UNIT)


def choose(unit: str) -> None:
    """Open a unit beside the map."""
    st.session_state[_UNIT] = unit
    st.session_state[_SIDE] = _WHY


def look_at(unit: str) -> None:
    """Move the map to a unit of the list, which stays where it is."""
    st.session_state[_UNIT] = unit


def tells_why() -> bool:
    """Say whether the reasons of a chosen unit are shown, not the list."""
    return st.session_state.get(_SIDE) == _WHY


def ranked(choice: MapChoice) -> tuple[str, pd.DataFrame]:
    """Return what the list ranks, and its rows in order."""
    level = str(st.session_state.get(_LEVEL) or st.session_state.get(_LEVEL_KEPT, BUILDING))
    level = level if _has_units(level, choice) else BUILDING
    return level, _ranked(level, choice)


def show(page: Page, choice: MapChoice) -> None:
    """Show the list or the chosen unit."""
    say = page.say
    st.session_state.setdefault(_SIDE, _LIST)
    names = {_LIST: say("List"), _WHY: say("Why here")}
    side = pick.switch(say("Beside the map"), names, key=_SIDE, hidden=True)
    if side == _LIST:
        _show_list(page, choice)
    elif (unit := selected()) is None:
        page.info("Pick a building on the map, or a row in the list.")
    else:
        unit_explanation.show(page, unit, snapshot_id=choice.snapshot_id)


def _show_list(page: Page, choice: MapChoice) -> None:
    say = page.say
    levels = say.names("level_unit", [name for name in LEVELS if _has_units(name, choice)])
    level = pick.one(say("Ranked by"), levels, key=frame.translated(_LEVEL))
    st.session_state[_LEVEL_KEPT] = level
    units = _ranked(level, choice)
    columns: tuple[Column, ...] = UNITS
    if level == BUILDING and may(page.actor, Action.SEE_PLAN):
        units = units.assign(planned_on=_planned_on(units["unit"], planned_days(page)))
        columns = (*UNITS[:4], Column("planned_on", format=NEAR_DAY), *UNITS[4:])
    offer = partial(download.offer_ranked, page, day=choice.as_of, key="list_ranked")
    table.table(
        page,
        units,
        columns,
        key=f"list_{level}",
        export=offer if level == BUILDING else say("Ranked list {day}", day=choice.as_of),
        pick=lambda place: look_at(str(units["unit"].iloc[place])),
        height_px=430,
    )


def planned_days(page: Page) -> dict[str, pd.Timestamp]:
    """Return building → day of its first stop from today on, by the plans of this week and next."""
    plans, today = page.office.plans, page.office.clock.today()
    days: dict[str, pd.Timestamp] = {}
    for plan in (plans.of_week(page.actor, today), plans.of_week(page.actor, today + _WEEK)):
        if plan is not None:
            day_of = plan.shifts.set_index("shift_id")["day"]
            stops = plan.stops.assign(day=plan.stops["shift_id"].map(day_of))
            ahead = stops[stops["day"] >= pd.Timestamp(today)]
            for building, day in ahead.groupby("building_id")["day"].min().items():
                days[str(building)] = min(days.get(str(building), day), day)
    return days


def _planned_on(units: pd.Series, days: Mapping[str, pd.Timestamp]) -> pd.Series:
    """Return the day of each unit: of a city's buildings few are planned."""
    planned = units[units.isin(list(days))]
    return pd.to_datetime(planned.map(days)).reindex(units.index)


def _ranked(level: str, choice: MapChoice) -> pd.DataFrame:
    return ranked_units(LayerChoice(level, choice.snapshot_id, choice.communities, choice.kinds))


def _has_units(level: str, choice: MapChoice) -> bool:
    """Say whether there is anything of a level; only grids and communities may be missing."""
    if level not in {"grid", "community"}:
        return True
    return not map_layer(LayerChoice(level, choice.snapshot_id)).empty


def standing(choice: MapChoice, snapshots: pd.DataFrame, *, say: Translator) -> str:
    """Say which snapshot is seen and what a score is."""
    row = snapshots.set_index("snapshot_id").loc[choice.snapshot_id]
    return say(
        "As of {day} · {buildings} buildings · {cells} cells · snapshot {snapshot} · "
        "A score is a reason to look, never a finding.",
        day=choice.as_of,
        buildings=row["buildings"],
        cells=row["cells"],
        snapshot=choice.snapshot_id,
    )


def show_export(page: Page, choice: MapChoice) -> None:
    """Offer the map as one file for any PC, and a new scoring run, to whoever may."""
    say = page.say
    with st.container(horizontal=True):
        download.offer(
            page,
            say("Export the map"),
            made=lambda: pages.street_page(
                snapshot_id=choice.snapshot_id,
                communities=choice.communities,
                kinds=choice.kinds,
                say=say,
            ).encode(),
            file_name=f"{say('Risk map')} {choice.as_of}.html",
            mime="text/html",
            explained=say("One file that opens on any PC without internet."),
            key="export_map",
            snapshot_id=choice.snapshot_id,
        )
        if may(page.actor, Action.SCORE):
            with st.popover(say("Recalculate")):
                score_form.show(page)
