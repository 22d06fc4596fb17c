"""Plan who looks where in a week or a span of days."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from gridwarden.invocation import Json, invocation
from gridwarden.terminal import records, table

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd
    from rich.console import Console

    from dashboard.words import Words
    from governance.access import Actor
    from governance.offices import Office
    from governance.patrols.plans import Plan, PlanOptions
    from gridwarden.invocation import Invocation
    from gridwarden.terminal import Advance

DAY: Final = ["%Y-%m-%d"]
WEEK_DAYS: Final = 7
TOTALS: Final = ("expected_finds", "expected_low", "expected_high", "distance_km", "stops",
                 "random_stops", "uncovered", "bound", "one_more_finds")  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("plan")(plan)


def plan(  # noqa: PLR0913 -- one parameter per option
    ctx: typer.Context,
    *,
    week: Annotated[
        datetime | None, typer.Option(formats=DAY, help="Any day of the week to plan.")
    ] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=DAY, help="First day of a campaign.")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=DAY, help="Last day of a campaign.")
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
    from dashboard.words import words

    if preview and publish:
        raise typer.BadParameter("--preview keeps nothing that --publish could show")
    call = invocation(ctx, as_json=as_json)
    span = _span(week, first, last)
    say = words(call.language)
    office, actor = call.office(), call.actor()
    codes = office.community_codes(actor, communities) if communities else []
    asked: dict[str, Any] = {
        "teams": teams, "seconds": seconds, "title": title, "seed": seed,
        "communities": tuple(codes), "kind": "campaign" if week is None else "week",
    }  # fmt: skip
    made = _made(call, office, actor, say, span=span, asked=asked, preview=preview)
    if publish:
        made = office.publish_plan(actor, made.plan_id, version=made.version)
    call.terminal.result(plan_facts(made), show=lambda out: _show_plan(out, made, say))


def plan_facts(made: Plan) -> dict[str, Any]:
    """Return a plan as scripts read it: teams, shifts, ordered stops; totals; what is left."""
    days = made.uncovered.assign(due_on=_dates(made.uncovered["due_on"]))
    return {
        "plan_id": made.plan_id or None,
        "version": made.version,
        "first": made.first,
        "last": made.last,
        "teams": _team_facts(made),
        "totals": {name: getattr(made.totals, name) for name in TOTALS},
        "uncovered": records(days),
        "notes": list(made.notes),
    }


def _made(
    call: Invocation,
    office: Office,
    actor: Actor,
    say: Words,
    *,
    span: tuple[date, date],
    asked: dict[str, Any],
    preview: bool,
) -> Plan:
    """Work a plan out, showing how far it is; problems are told in the caller's language."""
    from governance.patrolling.problems import PlanRefusedError, plan_options
    from governance.patrols.plans import PlanError

    work = office.plan_preview if preview else office.make_plan
    try:
        options: PlanOptions = plan_options(first=span[0], last=span[1], **asked)
        with call.terminal.progress() as advance:
            return work(actor, options, progress=_worded(advance, say))
    except PlanRefusedError as refused:
        told = [
            say.name("plan_problem", each.code).format(seen=each.seen, expected=each.expected)
            for each in refused.problems
        ]
        codes = [each.code for each in refused.problems]
        raise PlanError(refused.code, problems=told, codes=codes) from refused


def _worded(advance: Advance, say: Words) -> Advance:
    """Return a progress whose stages are named."""

    def told(stage: str, done: int, total: int) -> None:
        advance(say.name("plan_stage", stage), done, total)

    return told


def _span(
    week: datetime | None, first: datetime | None, last: datetime | None
) -> tuple[date, date]:
    """Return the days of a week, or of a campaign: one of them is named."""
    if week is not None and first is None and last is None:
        monday = week.date() - timedelta(days=week.weekday())
        return monday, monday + timedelta(days=WEEK_DAYS - 1)
    if week is None and first is not None and last is not None:
        return first.date(), last.date()
    raise typer.BadParameter("name a --week, or a span --from and --to")


def _team_facts(made: Plan) -> list[dict[str, Any]]:
    stops = {str(shift): rows for shift, rows in made.stops.groupby("shift_id", sort=False)}
    shifts: dict[str, list[dict[str, Any]]] = {}
    names = {}
    for shift in made.shifts.itertuples(index=False):
        names[shift.team_id] = shift.team
        shifts.setdefault(shift.team_id, []).append(
            {
                "shift_id": shift.shift_id,
                "day": shift.day.date(),
                "part": shift.part,
                "from": clock(shift.from_minute),
                "until": clock(shift.until_minute),
                "stops": _stop_facts(stops.get(shift.shift_id)),
            }
        )
    return [{"team_id": team, "team": names[team], "shifts": each} for team, each in shifts.items()]


def _stop_facts(stops: pd.DataFrame | None) -> list[dict[str, Any]]:
    if stops is None:
        return []
    return [
        {
            "place": stop.place,
            "building_id": stop.building_id,
            "name": stop.name,
            "arrive": clock(stop.arrive),
            "minutes": stop.minutes,
            "walk_m": round(stop.walk_m),
            "tier": stop.tier,
            "mode": stop.mode,
            "reasons": list(stop.reasons),
        }
        for stop in stops.itertuples(index=False)
    ]


def clock(minutes: int) -> str:
    """Return minutes after midnight as ``HH:MM``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _dates(times: pd.Series) -> list[date | None]:
    return [None if each != each else each.date() for each in times]  # noqa: PLR0124 -- not-a-time


def _show_plan(out: Console, made: Plan, say: Words) -> None:
    shifts = made.shifts.set_index("shift_id")
    columns = ["", "arrive", "min", "walk m", "building", "name", "tier", "mode", "why"]
    for shift_id, stops in made.stops.groupby("shift_id", sort=False):
        shift = shifts.loc[str(shift_id)]
        title = (
            f"{shift['team']}  {shift['day']:%Y-%m-%d}  {shift['part']}  "
            f"{shift['stops']} stops, {shift['distance_m'] / 1000:.1f} km, "
            f"{shift['minutes']} of {shift['most_minutes']} min"
        )
        rows: list[list[object]] = [
            [s["place"], s["arrive"], s["minutes"], s["walk_m"], s["building_id"], s["name"],
             s["tier"], s["mode"], ", ".join(say.name("plan_reason", r) for r in s["reasons"])]
            for s in _stop_facts(stops)
        ]  # fmt: skip
        out.print(table(title, columns, rows))
    _show_totals(out, made, say)


def _show_totals(out: Console, made: Plan, say: Words) -> None:
    totals = made.totals
    name = f"{made.plan_id} v{made.version} ({made.state})" if made.plan_id else "preview"
    between = f"{totals.expected_low:.0f}–{totals.expected_high:.0f}, {totals.level:.0%}"
    lines = [
        f"{name}: {made.first} – {made.last}",
        f"{totals.stops} stops in {totals.shifts} shifts, {totals.random_stops} drawn by chance",
        f"{totals.distance_km:.1f} km on foot",
        f"expected finds: {totals.expected_finds:.1f} ({between})",
    ]
    if totals.one_more_finds is not None:
        lines.append(f"one more team would add {totals.one_more_finds:.2f}")
    left = made.uncovered["reason"].value_counts()
    causes = ", ".join(f"{say.name('uncovered', str(c))} {n}" for c, n in left.items())
    lines.append(f"uncovered: {totals.uncovered}" + (f" ({causes})" if causes else ""))
    for line in lines + [_note(note, say) for note in made.notes]:
        out.print(line, markup=False)


def _note(note: str, say: Words) -> str:
    """Return a note in words; the year that some carry is told with them."""
    kind, _, year = note.rpartition("_")
    if year.isdigit():
        return say.name("plan_note", kind).format(year=year)
    return say.name("plan_note", note)
