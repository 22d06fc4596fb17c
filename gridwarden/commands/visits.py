"""Commands of visits: the daily list, recorded visits, coverage."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import day_option, name_of
from gridwarden.console.terminal import Answer, records

if TYPE_CHECKING:
    import pandas as pd

WORKBOOK, PAGES = ".xlsx", (".html", ".htm")
LISTED = ("order", "building_id", "name", "why:visit_why", "due_on", "last_at",
          "last_result:visit_result", "retry_at", "done")  # fmt: skip
SEEN = ("visited_at=at", "building_id", "name", "door=unit", "result:visit_result",
        "visit_kind=kind:visit_kind",
        "next_step:next_step", "retry_at", "visit_id")  # fmt: skip
DUE = ("name", "unit", "tier:tier", "due", "visited", "share")
LATE = ("building_id", "name", "tier:tier", "grid_code", "community_code", "due_on", "days_late")


@command("my-buildings")
def my_buildings(
    call: Invocation,
    *,
    on: Annotated[date | None, day_option(help="Which day's list.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also the buildings that are not on the list.")
    ] = False,
    export_to: Annotated[
        Path | None,
        typer.Option("--export", help="Write the day's list to .xlsx, or .html that prints on A4."),
    ] = None,
) -> Answer:
    """List the buildings of the acting person: the day's, in walking order."""
    office, actor = call.office, call.actor
    leaves_as = name_of(export_to, WORKBOOK, *PAGES)
    frame = office.worklist.my_buildings(actor, on=on, leaves_as=leaves_as)
    if export_to is not None:
        day = on or office.clock.today()
        facts = {"on": day, "name": actor.name, "office": office.settings(actor).name}
        _write(frame[frame["today"]], export_to, facts)
    shown = frame if everything else frame[frame["today"]]
    title = call.say("{count} buildings on the list", count=len(shown))
    return _answer(call, title, shown, LISTED)


@command("visits")
def visits(
    call: Invocation,
    *,
    building: Annotated[str | None, typer.Option(help="Only at this building.")] = None,
    since: Annotated[date | None, day_option(help="First day.")] = None,
    until: Annotated[date | None, day_option(help="Last day.")] = None,
    only_own: Annotated[bool, typer.Option("--mine", help="Only one's own.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many of the newest.")] = 50,
) -> Answer:
    """List recorded visits, newest first; never who made them."""
    listed = call.office.recorded_visits.listed(
        call.actor, building_id=building, since=since, until=until, own_only=only_own, limit=limit
    )
    title = call.say("{count} visits", count=len(listed))
    return Answer(listed, [call.table(title, listed, SEEN)])


@command("coverage")
def coverage(
    call: Invocation,
    *,
    since: Annotated[date, day_option(help="First day.")],
    until: Annotated[date, day_option(help="Last day.")],
    by: Annotated[str, typer.Option(help="community, grid or street.")] = "community",
    late: Annotated[
        bool, typer.Option("--late", help="List what was due by the last day and not visited.")
    ] = False,
) -> Answer:
    """Say how many of the buildings that were due were visited; of places, never of people."""
    service = call.office.coverage
    if late:
        frame = service.breaches(call.actor, on=until)
        return _answer(call, call.say("Due and not visited"), frame, LATE)
    frame = service.summary(call.actor, since=since, until=until, by=by)
    return _answer(call, call.say("Coverage"), frame, DUE)


def _write(rows: pd.DataFrame, path: Path, facts: dict[str, Any]) -> None:
    from dashboard.documents.visit_list import patrol_sheet, patrol_workbook
    from data.workspace.atomic import write_bytes

    if path.suffix.lower() == WORKBOOK:
        write_bytes(path, patrol_workbook(rows, **facts))
    else:
        write_bytes(path, patrol_sheet(rows, **facts).encode())


def _answer(call: Invocation, title: str, frame: pd.DataFrame, columns: tuple[str, ...]) -> Answer:
    """Answer all columns of a frame to scripts, and some to people."""
    return Answer(frame, [call.table(title, records(frame), columns)])
