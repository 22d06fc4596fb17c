"""Commands of visits: the daily list, recorded visits, coverage."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.errors import GridwardenError
from gridwarden.console.invocation import Json, invocation
from gridwarden.console.terminal import records, records_table

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

DAY = ["%Y-%m-%d"]
WORKBOOK, PAGES = ".xlsx", (".html", ".htm")
LISTED = ("order", "building_id", "name", "tier", "why", "due_on", "last_at", "last_result",
          "retry_at", "done")  # fmt: skip
SEEN = ("at", "building_id", "name", "unit", "result", "kind", "next_step", "retry_at", "visit_id")


class ListFileError(GridwardenError):
    """A list cannot be written to a file of this kind."""


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("my-buildings")(my_buildings)
    app.command("visits")(visits)
    app.command("coverage")(coverage)


def my_buildings(
    ctx: typer.Context,
    *,
    on: Annotated[datetime | None, typer.Option(formats=DAY, help="Which day's list.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also the buildings that are not on the list.")
    ] = False,
    export_to: Annotated[
        Path | None,
        typer.Option("--export", help="Write the day's list to .xlsx, or .html that prints on A4."),
    ] = None,
    as_json: Json = False,
) -> None:
    """List the buildings of the acting person: the day's, in walking order."""
    call = invocation(ctx, as_json=as_json)
    office, actor = call.office(), call.actor()
    leaves_as = None if export_to is None else _list_name(export_to)
    frame = office.worklist.my_buildings(actor, on=_day(on), leaves_as=leaves_as)
    if not everything:
        frame = frame[frame["today"]]
    if export_to is not None:
        day = _day(on) or office.clock.today()
        facts = {"on": day, "name": actor.name, "office": office.settings(actor).name}
        _write(frame[frame["today"]], export_to, facts)
    rows = _shown(frame, LISTED)
    call.terminal.result(
        _known(frame), show=lambda out: out.print(records_table(f"{len(rows)} buildings", rows))
    )


def visits(
    ctx: typer.Context,
    *,
    building: Annotated[str | None, typer.Option(help="Only at this building.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="First day.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help="Last day.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only one's own.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many of the newest.")] = 50,
    as_json: Json = False,
) -> None:
    """List recorded visits, newest first; never who made them."""
    call = invocation(ctx, as_json=as_json)
    frame = call.office().worklist.visits(
        call.actor(), building_id=building, since=_day(since), until=_day(until), mine=mine,
        limit=limit,
    )  # fmt: skip
    rows = _shown(frame, SEEN)
    call.terminal.result(
        _known(frame), show=lambda out: out.print(records_table(f"{len(rows)} visits", rows))
    )


def coverage(
    ctx: typer.Context,
    *,
    since: Annotated[datetime, typer.Option(formats=DAY, help="First day.")],
    until: Annotated[datetime, typer.Option(formats=DAY, help="Last day.")],
    by: Annotated[str, typer.Option(help="community, grid or street.")] = "community",
    late: Annotated[
        bool, typer.Option("--late", help="List what was due by the last day and not visited.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say how many of the buildings that were due were visited; of places, never of people."""
    call = invocation(ctx, as_json=as_json)
    office, actor = call.office(), call.actor()
    if late:
        frame, title = office.coverage.breaches(actor, on=until.date()), "Due and not visited"
    else:
        frame = office.coverage.summary(actor, since=since.date(), until=until.date(), by=by)
        title = "Coverage"
    found = _known(frame)
    rows = _shown(frame, tuple(frame.columns))
    call.terminal.result(found, show=lambda out: out.print(records_table(title, rows)))


def _list_name(path: Path) -> str:
    """Return the name of a file that a list can be written to."""
    if path.suffix.lower() not in {WORKBOOK, *PAGES}:
        raise ListFileError("list_format_unknown", seen=path.name, expected=".xlsx, .html")
    return path.name


def _write(rows: pd.DataFrame, path: Path, facts: dict[str, Any]) -> None:
    from dashboard.documents.visit_list import patrol_sheet, patrol_workbook

    if path.suffix.lower() == WORKBOOK:
        path.write_bytes(patrol_workbook(rows, **facts))
    else:
        path.write_text(patrol_sheet(rows, **facts), encoding="utf-8")


def _known(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows; what is unknown, of whatever type, is None."""
    known = frame.astype(object)
    return records(known.where(frame.notna(), None))


def _shown(frame: pd.DataFrame, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return rows for a person: times to the minute, nothing where nothing is known."""
    rows = _known(frame[list(columns)])
    return [{name: _cell(value) for name, value in row.items()} for row in rows]


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes").removesuffix(" 00:00")
    return f"{value:.2f}" if isinstance(value, float) else value


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
