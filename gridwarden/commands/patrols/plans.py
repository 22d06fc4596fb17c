"""Plan who looks where in a week or a span of days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import UsageProblemError, day_option
from gridwarden.console.plan_lines import clock, show_plan
from gridwarden.console.terminal import Answer, records

if TYPE_CHECKING:
    import pandas as pd

    from governance.patrols.routing.model.plan import Plan

WEEK_DAYS: Final = 7
TOTALS: Final = ("expected_finds", "expected_low", "expected_high", "distance_km", "stops",
                 "random_stops", "uncovered", "floor_due", "floor_kept", "floor_weeks",
                 "highest", "highest_kept", "one_more_finds", "likely_finds", "bound",
                 "bound_gap")  # fmt: skip


@command("plan")
def plan(
    call: Invocation,
    *,
    week: Annotated[date | None, day_option(help="Any day of the week to plan.")] = None,
    first: Annotated[date | None, day_option("--from", help="First day of a campaign.")] = None,
    last: Annotated[date | None, day_option("--to", help="Last day of a campaign.")] = None,
    teams: Annotated[
        int | None, typer.Option(min=1, help="How many teams; as named or set if not given.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="How long to search.")] = None,
    title: Annotated[str, typer.Option(help="What people call it.")] = "",
    communities: Annotated[
        list[str] | None, typer.Option(help="Only this community: code or name; may be repeated.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Keep nothing.")] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="Show it to its teams at once.")
    ] = False,
    seed: Annotated[
        str | None, typer.Option(help="Draw by this; made anew if not given, never told.")
    ] = None,
) -> Answer:
    """Plan which building which team visits when, and keep the plan as a draft."""
    from governance.patrols.validation import plan_options

    if preview and publish:
        raise UsageProblemError("preview_not_published")
    first, last = _span(week, first, last)
    plans, actor = call.office.plans, call.actor
    named = communities and call.office.assignment.community_codes(actor, communities)
    options = plan_options(
        first=first, last=last, teams=teams, seconds=seconds, title=title, seed=seed,
        communities=tuple(named or ()), kind="campaign" if week is None else "week",
    )  # fmt: skip
    with call.progress("plan_stage") as advance:
        make = plans.preview if preview else plans.make
        made = make(actor, options, progress=advance)
    if publish:
        made = plans.publish(actor, made.plan_id, version=made.version)
    return Answer(plan_facts(made), show_plan(made, call.say))


def plan_facts(made: Plan) -> dict[str, Any]:
    """Return a plan as scripts read it: teams, shifts, ordered stops; totals; what is left."""
    return {
        "plan_id": made.plan_id or None,
        "version": made.version,
        "state": made.state,
        "first": made.first,
        "last": made.last,
        "teams": _team_facts(made),
        "totals": {name: getattr(made.totals, name) for name in TOTALS},
        "uncovered": [
            each | {"due_on": each["due_on"] and each["due_on"].date()}
            for each in records(made.uncovered)
        ],
        "notes": list(made.notes),
    }


def _span(week: date | None, first: date | None, last: date | None) -> tuple[date, date]:
    """Return the days of a week, or of a campaign: one of them is named."""
    if week is not None and first is None and last is None:
        monday = week - timedelta(days=week.weekday())
        return monday, monday + timedelta(days=WEEK_DAYS - 1)
    if week is None and first is not None and last is not None:
        return first, last
    raise UsageProblemError("span_not_named")


def _team_facts(made: Plan) -> list[dict[str, Any]]:
    stops = dict(tuple(made.stops.groupby("shift_id", sort=False)))
    teams: dict[str, dict[str, Any]] = {}
    for shift in records(made.shifts):
        team = {"team_id": shift["team_id"], "team": shift["team"], "shifts": []}
        teams.setdefault(shift["team_id"], team)["shifts"].append(
            {name: shift[name] for name in ("shift_id", "part", "minutes")}
            | {
                "day": shift["day"].date(),
                "from": clock(shift["from_minute"]),
                "until": clock(shift["until_minute"]),
                "walk_m": round(shift["distance_m"]),
                "departments": list(shift["departments"]),
                "stops": _stop_facts(stops.get(shift["shift_id"])),
            }
        )
    return list(teams.values())


def _stop_facts(stops: pd.DataFrame | None) -> list[dict[str, Any]]:
    same = ("place", "building_id", "name", "minutes", "tier", "mode")
    return [
        {name: stop[name] for name in same}
        | {
            "arrive": clock(stop["arrive"]),
            "walk_m": round(stop["walk_m"]),
            "reasons": list(stop["reasons"]),
        }
        for stop in ([] if stops is None else records(stops))
    ]
