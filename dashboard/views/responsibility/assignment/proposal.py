"""What a proposal of an assignment does: figures, curve, map, loads, buildings that move."""

import json
from dataclasses import fields
from typing import Final

import pandas as pd

from dashboard.charts import assignment as charts_assignment
from dashboard.documents.columns import Column, columns_of
from dashboard.i18n import Translator
from dashboard.maps.territories import lay_out
from dashboard.server.maps import first_sight
from dashboard.ui import browser_component, chart, parts, pick, table
from dashboard.ui.frame import Page
from dashboard.ui.parts import Figure
from data.workspace.cache import Cache
from geo.addresses.lexicon import natural_key
from governance.responsibility.assignment.proposal import Proposal
from governance.responsibility.assignment.service import KEPT_PREVIEWS

_MAP_PX = 480
_LEAST_CURVE = 2
_LAID_OUT: Final[Cache[tuple[pd.DataFrame, str]]] = Cache(KEPT_PREVIEWS)
_map = browser_component.declare("territory_map", slot="gw-map-slot")
WARDENS = (
    *columns_of("person", "buildings_before", "buildings"),
    Column("load_before", format="%.1f"),
    Column("load", format="%.1f"),
    Column("load_over_mean", format="%.2f"),
    *columns_of("moved_in", "moved_out", "person_id"),
)
CHANGES = (
    *columns_of("name"),
    Column("from_person", empty="—"),
    Column("to_person"),
    Column("why", source="reason", kind="assignment_reason"),
    *columns_of("stray", "community_code", "building_id"),
)


def show_figures(page: Page, proposal: Proposal) -> None:
    """Show evenness, changes, strays and distance, each with what it is today."""
    parts.show_figures(_figures(proposal, say=page.say), key="assign")
    totals = proposal.totals
    page.caption(
        "{buildings} buildings, {wardens} wardens, {gaps} without a warden afterwards "
        "({before} today); computed in {seconds} s.",
        buildings=totals.buildings, wardens=totals.wardens, gaps=totals.gaps,
        before=proposal.before.gaps, seconds=f"{totals.seconds:.2f}",
    )  # fmt: skip


def _figures(proposal: Proposal, *, say: Translator) -> list[Figure]:
    now, before = proposal.totals, proposal.before
    return [
        Figure(say("Highest load / mean"), f"{now.max_over_mean:.2f}",
               say("today {value}", value=f"{before.max_over_mean:.2f}"),
               say("Load is the work of a warden's buildings: 1.00 is perfectly even.")),
        Figure(say("Change hands"), f"{now.moved:,}", f"{now.moved_share:.0%}",
               say("Buildings whose warden would be another one, or that get one.")),
        Figure(say("Stray buildings"), f"{now.stray:,}",
               say("today {value}", value=before.stray),
               say("Buildings that do not lie together with the rest of their warden's.")),
        Figure(say("Distance (km)"), f"{now.km:,.1f}",
               say("today {value}", value=f"{before.km:,.1f}"),
               say("From every building to the middle of its warden's, added up.")),
    ]  # fmt: skip


def show_curve(page: Page, curve: pd.DataFrame, proposal: Proposal) -> None:
    """Draw evenness against change, and where the proposal stands on it."""
    if len(curve) >= _LEAST_CURVE:
        now = (proposal.totals.moved_share, proposal.totals.max_over_mean)
        chart.show(
            charts_assignment.evenness_curve(curve, now=now, say=page.say), key="assign_curve"
        )


def show_map(page: Page, proposal: Proposal) -> None:
    """Draw whose each building is, with a switch between today and the proposal."""
    say = page.say
    names = {"after": say("As proposed"), "before": say("As it is")}
    shown = pick.switch(say("Territories"), names, default="after", key="assign_map_state")
    points = _points(proposal.rows)
    if not points:
        page.caption("None of these buildings has a place on the map.")
        return
    data = {
        **first_sight.map_files("map/territory_map", page.say.language),
        "height": _MAP_PX,
        "shown": shown,
        "points": points,
        "words": say.part("territory_map"),
    }
    _map(key="assign_map", data=data)
    page.caption(
        "A point is a building, its colour its warden; a ringed one is a building that "
        "would change hands, a white point has no warden."
    )


def _points(rows: pd.DataFrame) -> str:
    """Return a proposal's buildings as JSON, "" where none has a place; a click asks again."""

    def laid_out() -> tuple[pd.DataFrame, str]:
        points = lay_out(rows)
        every = {field.name: getattr(points, field.name) for field in fields(points)}
        return rows, json.dumps(every) if points.lon else ""

    # What is kept holds the rows that it is of: nothing else has their id.
    return _LAID_OUT.get(id(rows), laid_out)[1]


def show_loads(page: Page, proposal: Proposal, *, key: str) -> None:
    """Show the load of each warden before and after, and the changes one by one."""
    say = page.say
    page.subheader("Load of each warden, before and after")
    page.caption(
        "Load is work to come: a visit for each building, and more the higher its "
        "score. It says nothing about what anybody has done."
    )
    by_name = proposal.wardens[["person", "person_id"]].fillna("").map(natural_key)
    order = by_name.sort_values(["person", "person_id"]).index
    wardens = proposal.wardens.loc[order].reset_index(drop=True)
    table.table(page, wardens, WARDENS, key=f"{key}_wardens", export=say("Load of wardens"))
    changed = proposal.rows[proposal.rows["changed"].astype(bool)]
    page.subheader("Buildings that change hands ({count})", count=len(changed))
    if changed.empty:
        page.caption("None: everybody keeps what they have.")
        return
    worded = changed.assign(stray=[say("stray") if stray else "" for stray in changed["stray"]])
    title = say("Buildings that change hands")
    table.table(page, worded, CHANGES, key=f"{key}_changes", export=title)
