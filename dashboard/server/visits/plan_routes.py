"""Routes of patrol plans: the planner's map, and a team's own route as data, map and paper.

A team is told where, when and what to look for, and never why: only the columns named here travel,
whatever the service returns.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pandas as pd
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.documents.route_sheets import patrol_book, patrol_pages
from dashboard.i18n import Translator
from dashboard.i18n.patrol import clock, day_text, span_text, team_text
from dashboard.maps.route_maps import hues_of, routes_of, routes_page
from dashboard.runtime import context
from dashboard.server import answers
from dashboard.server.visits.payloads import time_text

PLAN_MAP = "/gw/plan-map"
PLAN_SHEET = "/gw/plan-sheet"
MY_PATROL = "/gw/my-patrol"
_MOST_SHIFTS = 60


def map_url(plan_id: str, *, version: int, shifts: Sequence[str], language: str) -> str:
    """Return the address of a plan's map; another version is another address."""
    query = {"plan": plan_id, "version": version, "shift": list(shifts)[:_MOST_SHIFTS],
             "lang": language}  # fmt: skip
    return f"{PLAN_MAP}?{urlencode(query, doseq=True)}"


def sheet_url(plan_id: str, *, shifts: Sequence[str], language: str) -> str:
    """Return the address of shifts as a page to print."""
    query = {"plan": plan_id, "shift": list(shifts), "lang": language}
    return f"{PLAN_SHEET}?{urlencode(query, doseq=True)}"


def plan_sheet(request: Request) -> Response:
    """Answer shifts of a plan as their teams see them, as a page to print; that is written down."""
    query, say, office = request.query_params, answers.say_of(request), context.office()
    plan_id, shifts = query.get("plan", ""), query.getlist("shift")
    rows = office.team_routes.sheets(context.actor(), plan_id, shifts)
    name = f"{say('Sheets to print (A4)')}.html"
    office.risk_map.note_export(context.actor(), file=name, plan=plan_id, shifts=len(shifts))
    by_shift = dict(tuple(rows.groupby("shift_id", sort=False)))
    ordered = [by_shift[each] for each in shifts if each in by_shift]
    page = patrol_pages(ordered, office=context.facts().name, say=say)
    return answers.page(page, answers.PAPER_POLICY)


def plan_map(request: Request) -> Response:
    """Answer the ways of a plan's shifts as a page of its own, framed by the planner's page."""
    query, say = request.query_params, answers.say_of(request)
    page = plan_page(query.get("plan", ""), shifts=query.getlist("shift"), say=say)
    return answers.page(page, answers.SINGLE_FILE_POLICY)


def my_patrol(request: Request) -> Response:
    """Answer the route of the team of the person who is signed in."""
    today = context.office().clock.today()
    return JSONResponse(route_payload(_my_rows(request), today=today, say=answers.say_of(request)))


def my_map(request: Request) -> Response:
    """Answer the same as a map, framed by the page of the person's buildings."""
    page = my_page(_my_rows(request), say=answers.say_of(request))
    return answers.page(page, answers.SINGLE_FILE_POLICY)


def my_sheet(request: Request) -> Response:
    """Answer the same as a page to print."""
    shifts = _by_shift(_my_rows(request))
    page = patrol_pages(shifts, office=context.facts().name, say=answers.say_of(request))
    return answers.page(page, answers.PAPER_POLICY)


def my_book(request: Request) -> Response:
    """Answer the same as a workbook."""
    name = f"route-{context.office().clock.today()}.xlsx"
    shifts = _by_shift(_my_rows(request, leaves_as=name))
    book = patrol_book(shifts, office=context.facts().name, say=answers.say_of(request))
    return answers.workbook(book, name)


def plan_page(plan_id: str, *, shifts: Sequence[str], say: Translator) -> str:
    """Return the ways of some of a plan's shifts as one page, for who may see the plan."""
    office, actor = context.office(), context.actor()
    plan = office.plans.get(actor, plan_id)
    shown = plan.shifts[plan.shifts["shift_id"].isin(list(shifts)[:_MOST_SHIFTS])]
    hues = hues_of(plan.shifts["shift_id"])
    stops = plan.stops[plan.stops["shift_id"].isin(shown["shift_id"])]
    title = plan.title or say("Patrol plan")
    facts = span_text(plan.first, plan.last, say=say)
    return routes_page(
        routes_of(shown, stops, hues=hues, say=say), title=title, facts=facts, say=say
    )


def my_page(rows: pd.DataFrame, *, say: Translator) -> str:
    """Return a team's own ways as one page."""
    shifts = rows.drop_duplicates("shift_id")
    ways = routes_of(shifts, rows, hues=hues_of(shifts["shift_id"]), say=say)
    return routes_page(ways, title=say("My team's route"), facts=context.facts().name, say=say)


def routes() -> list[BaseRoute]:
    """Return the routes of patrol plans."""
    return [
        Route(PLAN_MAP, plan_map),
        Route(PLAN_SHEET, plan_sheet),
        Route(MY_PATROL, my_patrol),
        Route(f"{MY_PATROL}/map", my_map),
        Route(f"{MY_PATROL}/sheet", my_sheet),
        Route(f"{MY_PATROL}/sheet.xlsx", my_book),
    ]


def _my_rows(request: Request, *, leaves_as: str | None = None) -> pd.DataFrame:
    shift = request.query_params.get("shift") or None
    return context.office().team_routes.my_patrol(
        context.actor(), shift_id=shift, leaves_as=leaves_as
    )


def _by_shift(rows: pd.DataFrame) -> list[pd.DataFrame]:
    ordered = rows.sort_values(["day", "part", "shift_id"], kind="stable")
    return [group for _, group in ordered.groupby("shift_id", sort=False)]


def route_payload(rows: pd.DataFrame, *, today: date, say: Translator) -> dict[str, Any]:
    """Return the shifts of a person's team, the next one first.

    ``rows``: of ``my_patrol``.
    ``today``: the office's own day; shifts of today are marked.
    """
    order = ["day", "part", "shift_id", "place"]
    shifts = rows.sort_values(order, kind="stable").groupby("shift_id", sort=False)
    return {"shifts": [_shift(group, today=today, say=say) for _, group in shifts]}


def _shift(rows: pd.DataFrame, *, today: date, say: Translator) -> dict[str, Any]:
    first = rows.iloc[0]
    day = pd.Timestamp(first["day"]).date()
    ends = (rows["arrive"] + rows["minutes"]).max()
    return {
        "id": str(first["shift_id"]),
        "today": day == today,
        "title": " · ".join(
            [team_text(first["team"], say=say), day_text(day, say=say),
             say.name("part", str(first["part"])), f"{clock(rows['arrive'].min())}–{clock(ends)}"]
        ),
        "departments": [str(each) for each in first["departments"]],
        "stops": [_stop(row, say=say) for row in rows.to_dict("records")],
    }  # fmt: skip


def _stop(row: Mapping[Any, Any], *, say: Translator) -> dict[str, Any]:
    """Return what a card shows of a stop; the names are those of a building's own card."""
    last = row.get("last_result")
    return {
        "id": str(row["building_id"]),
        "name": str(row["name"] or row["building_id"]),
        "address": str(row["address"] or ""),
        "place": int(row["place"]),
        "arrive": clock(row["arrive"]),
        "mode": say.name("visit_kind", str(row["mode"])),
        "look": [say.name("look_short", str(code)) for code in row["look_for"]],
        "done": bool(row["done"]),
        "lastAt": time_text(row.get("last_at")),
        "lastResult": None if pd.isna(last) else str(last),
    }
