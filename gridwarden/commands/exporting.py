"""Commands that export tables: masked, or unmasked with a second person's approval."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridwarden.console.invocation import Json, invocation
from gridwarden.console.terminal import records, records_table

if TYPE_CHECKING:
    from rich.console import Console


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("export")(export)
    app.command("export-requests")(export_requests)
    app.command("approve-export")(approve_export)


def export(
    ctx: typer.Context,
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
    as_json: Json = False,
) -> None:
    """Write a table as imported plus what was computed, personal data masked."""
    call = invocation(ctx, as_json=as_json)
    office = call.office()
    if unmasked:
        asked = office.exports.ask_unmasked(call.actor(), table_name, reason)
        call.terminal.result(
            {"request": asked.number, "state": asked.state, "table": asked.table},
            show=lambda out: out.print(
                f"Request {asked.number}. Once another person has run `gridwarden approve-export "
                f"{asked.number}`, run `gridwarden export {table_name} {file} --request "
                f"{asked.number}`.",
                markup=False,
            ),
        )
        return
    if request is None:
        rows = office.exports.export_table(call.actor(), table_name, file)
    else:
        rows = office.exports.export_unmasked(call.actor(), request, file)
    call.terminal.result(
        {"file": file, "rows": rows, "masked": request is None},
        show=lambda out: out.print(f"Wrote {rows} rows to {file}", markup=False),
    )


def export_requests(ctx: typer.Context, *, as_json: Json = False) -> None:
    """List who asked to take what out unmasked, and what became of it."""
    call = invocation(ctx, as_json=as_json)
    listed = records(call.office().exports.requests(call.actor()))

    def show(out: Console) -> None:
        brief = ("number", "table", "reason", "asker", "approver", "state")
        rows = [{name: each[name] for name in brief} for each in listed]
        out.print(records_table("Unmasked exports", rows))

    call.terminal.result({"requests": listed}, show=show)


def approve_export(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N")],
    *,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it instead.")] = False,
    as_json: Json = False,
) -> None:
    """Approve somebody else's unmasked export, or refuse it."""
    call = invocation(ctx, as_json=as_json)
    office = call.office()
    decide = office.exports.refuse_unmasked if refuse else office.exports.approve_unmasked
    decided = decide(call.actor(), number)
    call.terminal.result(
        {"request": decided.number, "state": decided.state},
        show=lambda out: out.print(
            f"Request {decided.number} of {decided.asker}: {decided.state}", markup=False
        ),
    )
