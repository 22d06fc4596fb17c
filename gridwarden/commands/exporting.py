"""Commands that export tables: masked, or unmasked with a second person's approval."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from governance.compliance.export_selection import ExportSelection
from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import day_option
from gridwarden.console.terminal import Answer, records, records_table

BRIEF = ("number", "table", "reason", "asker", "approver", "state")


@command("export")
def export(
    call: Invocation,
    table_name: Annotated[str, typer.Argument(metavar="TABLE")],
    file: Annotated[Path, typer.Argument(help="FILE.csv, .xlsx, .parquet or .geojson")],
    *,
    unmasked: Annotated[
        bool, typer.Option("--unmasked", help="Ask to take it out unmasked; needs --reason.")
    ] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="What it is needed for.")] = "",
    request: Annotated[
        int | None, typer.Option(metavar="N", help="Take out what request N was approved for.")
    ] = None,
    building: Annotated[str, typer.Option(metavar="CODE", help="Only rows of this building.")] = "",
    community: Annotated[
        str, typer.Option(metavar="CODE", help="Only rows of this community.")
    ] = "",
    since: Annotated[date | None, day_option(help="Only events from this day on.")] = None,
    until: Annotated[date | None, day_option(help="Only events until this day.")] = None,
) -> Answer:
    """Write a table as imported plus what was computed, personal data masked."""
    exports = call.office.exports
    selection = ExportSelection(
        building_id=building, community_code=community, since=since, until=until
    )
    if unmasked:
        new = exports.ask_unmasked(call.actor, table_name, reason, selection=selection)
        line = (
            f"Request {new.number}. Once another person has run `gridwarden approve-export "
            f"{new.number}`, run `gridwarden export {table_name} {file} --request {new.number}`."
        )
        return Answer({"request": new.number, "state": new.state, "table": new.table}, [line])
    if request is None:
        rows = exports.export_table(call.actor, table_name, file, selection=selection)
    else:
        rows = exports.export_unmasked(call.actor, request, file)
    return Answer(
        {"file": file, "rows": rows, "masked": request is None}, [f"Wrote {rows} rows to {file}"]
    )


@command("export-requests")
def export_requests(call: Invocation) -> Answer:
    """List who asked to take what out unmasked, and what became of it."""
    requests = records(call.office.exports.requests(call.actor))
    brief = [{name: each[name] for name in BRIEF} for each in requests]
    return Answer({"requests": requests}, [records_table("Unmasked exports", brief)])


@command("approve-export")
def approve_export(
    call: Invocation,
    number: Annotated[int, typer.Argument(metavar="N")],
    *,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it instead.")] = False,
) -> Answer:
    """Approve somebody else's unmasked export, or refuse it."""
    exports = call.office.exports
    decide = exports.refuse_unmasked if refuse else exports.approve_unmasked
    decided = decide(call.actor, number)
    return Answer(
        {"request": decided.number, "state": decided.state},
        [f"Request {decided.number} of {decided.asker}: {decided.state}"],
    )
