"""Plan who looks where in a week or a span of days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import pandas as pd
import typer

from gridwarden.console.days import read_day
from gridwarden.console.invocation import Json, invocation
from gridwarden.console.plan_lines import clock, show_plan
from gridwarden.console.terminal import records

if TYPE_CHECKING:
    from datetime import date

    from dashboard.i18n import Translator
    from governance.access.permissions import Actor
    from governance.office import Office
    from governance.patrols.routing.model.plan import Plan, PlanOptions
    from gridwarden.console.invocation import Invocation
    from gridwarden.console.terminal import Advance

WEEK_DAYS: Final = 7
TOTALS: Final = ("expected_finds", "expected_low", "expected_high", "distance_km", "stops",
                 "random_stops", "uncovered", "floor_due", "floor_kept", "floor_weeks",
                 "one_more_finds", "bound", "bound_gap")  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("plan")(plan)


def plan(  # noqa: PLR0913 -- one parameter per option
    ctx: typer.Context,
    *,
    week: Annotated[
        str | None, typer.Option(metavar="DATE", help="Any day of the week to plan.")
    ] = None,
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="First day of a campaign."),
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="Last day of a campaign.")
    ] = None,
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
    as_json: Json = False,
) -> None:
    """Plan which building which team visits when, and keep the plan as a draft."""
    from dashboard.i18n import translator

    if preview and publish:
        raise typer.BadParameter("--preview keeps nothing that --publish could show")
    call = invocation(ctx, as_json=as_json)
    span = _span(week, first, last)
    say = translator(call.language)
    office, actor = call.office(), call.actor()
    codes = office.assignment.community_codes(actor, communities) if communities else []
    asked: dict[str, Any] = {
        "teams": teams, "seconds": seconds, "title": title, "seed": seed,
        "communities": tuple(codes), "kind": "campaign" if week is None else "week",
    }  # fmt: skip
    made = _made(call, office, actor, say, span=span, asked=asked, preview=preview)
    if publish:
        made = office.plans.publish(actor, made.plan_id, version=made.version)
    call.terminal.result(plan_facts(made), show=lambda out: show_plan(out, made, say))


def plan_facts(made: Plan) -> dict[str, Any]:
    """Return a plan as scripts read it: teams, shifts, ordered stops; totals; what is left."""
    due = pd.Series(_dates(made.uncovered["due_on"]), index=made.uncovered.index, dtype=object)
    return {
        "plan_id": made.plan_id or None,
        "version": made.version,
        "state": made.state,
        "first": made.first,
        "last": made.last,
        "teams": _team_facts(made),
        "totals": {name: getattr(made.totals, name) for name in TOTALS},
        "uncovered": records(made.uncovered.assign(due_on=due)),
        "notes": list(made.notes),
    }


def _made(
    call: Invocation,
    office: Office,
    actor: Actor,
    say: Translator,
    *,
    span: tuple[date, date],
    asked: dict[str, Any],
    preview: bool,
) -> Plan:
    """Make a plan and show its progress; problems are reported in the caller's language."""
    from governance.patrols.routing.model.plan import PlanError
    from governance.patrols.validation import PlanRefusedError, plan_options

    work = office.plans.preview if preview else office.plans.make
    try:
        options: PlanOptions = plan_options(first=span[0], last=span[1], **asked)
        with call.terminal.progress() as advance:
            return work(actor, options, progress=_worded(advance, say))
    except PlanRefusedError as refused:
        told = [
            say.name("plan_problem", each.code, seen=each.seen, expected=each.expected)
            for each in refused.problems
        ]
        codes = [each.code for each in refused.problems]
        raise PlanError(refused.code, problems=told, codes=codes) from refused


def _worded(advance: Advance, say: Translator) -> Advance:
    """Return a progress whose stages are named."""

    def told(stage: str, done: int, total: int) -> None:
        advance(say.name("plan_stage", stage), done, total)

    return told


def _span(week: str | None, first: str | None, last: str | None) -> tuple[date, date]:
    """Return the days of a week, or of a campaign: one of them is named."""
    if week is not None and first is None and last is None:
        day = read_day(week)
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=WEEK_DAYS - 1)
    if week is None and first is not None and last is not None:
        return read_day(first), read_day(last)
    raise typer.BadParameter("name a --week, or a span --from and --to")


def _team_facts(made: Plan) -> list[dict[str, Any]]:
    stops = {str(shift): rows for shift, rows in made.stops.groupby("shift_id", sort=False)}
    shifts: dict[str, list[dict[str, Any]]] = {}
    names: dict[str, str] = {}
    for shift in records(made.shifts):
        names[shift["team_id"]] = shift["team"]
        told = {name: shift[name] for name in ("shift_id", "part", "minutes")}
        shifts.setdefault(shift["team_id"], []).append(
            told
            | {
                "day": shift["day"].date(),
                "from": clock(shift["from_minute"]),
                "until": clock(shift["until_minute"]),
                "walk_m": round(shift["distance_m"]),
                "departments": list(shift["departments"]),
                "stops": _stop_facts(stops.get(shift["shift_id"])),
            }
        )
    return [{"team_id": team, "team": names[team], "shifts": each} for team, each in shifts.items()]


def _stop_facts(stops: pd.DataFrame | None) -> list[dict[str, Any]]:
    if stops is None:
        return []
    same = ("place", "building_id", "name", "minutes", "tier", "mode")
    return [
        {name: stop[name] for name in same}
        | {
            "arrive": clock(stop["arrive"]),
            "walk_m": round(stop["walk_m"]),
            "reasons": list(stop["reasons"]),
        }
        for stop in records(stops)
    ]


def _dates(times: pd.Series[Any]) -> list[date | None]:
    return [None if pd.isna(each) else each.date() for each in times]
