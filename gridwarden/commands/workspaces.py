"""Make, check and describe a workspace."""

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
    app.command("init")(init)
    app.command("verify")(verify)
    app.command("grids")(grids)
    app.command("template")(template)


def init(
    ctx: typer.Context,
    directory: Annotated[Path, typer.Argument(help="Folder to make the workspace in.")],
    *,
    as_json: Json = False,
) -> None:
    """Make an empty workspace, and its first administrator."""
    from gridwarden.compose import create_workspace, open_office

    call = invocation(ctx, as_json=as_json)
    call.owner_only()
    root = create_workspace(directory)
    office = open_office(root)
    first = office.accounts.ensure_first_administrator()
    office.close()

    def show(out: Console) -> None:
        out.print(f"Made {root}. Next: gridwarden -w {root} import TABLE FILE", markup=False)
        out.print(f"First sign-in: admin, one-time password {first}", markup=False)

    made = {"login": "admin", "one_time_password": first}
    call.terminal.result({"workspace": root, "administrator": made}, show=show)


def verify(ctx: typer.Context, *, as_json: Json = False) -> None:
    """Check that every count, hash and reference in the workspace still holds."""
    call = invocation(ctx, as_json=as_json)
    report = call.office().verify(call.actor())

    def show(out: Console) -> None:
        for problem in report.problems:
            out.print(f"✗ {problem}", markup=False)
        verdict = f"{len(report.problems)} problems" if report.problems else "everything holds"
        checked = ", ".join(f"{count} {kind}" for kind, count in report.checked.items())
        out.print(f"{verdict}: {checked}", markup=False)
        for kind, count in report.unchecked.items():
            out.print(f"{count} {kind} are older than their seals: not checked", markup=False)

    call.terminal.result(report, show=show)
    if report.problems:
        raise typer.Exit(1)


def grids(ctx: typer.Context, *, as_json: Json = False) -> None:
    """List buildings without exactly one official grid, faults of the grids, and empty grids."""
    call = invocation(ctx, as_json=as_json)
    problems = call.office().grid_check.problems(call.actor())
    lists = {
        "orphans": records(problems.orphans),
        "overlaps": records(problems.overlaps),
        "faults": records(problems.faults),
        "households": records(problems.households),
        "empty": records(problems.empty),
    }

    def show(out: Console) -> None:
        for name, rows in lists.items():
            if rows:
                out.print(records_table(name.capitalize(), rows))
        counts = ", ".join(f"{len(rows)} {name}" for name, rows in lists.items())
        out.print(f"{problems.buildings} buildings, {problems.grids} grids: {counts}")

    counted = {"buildings": problems.buildings, "grids": problems.grids}
    call.terminal.result(counted | lists, show=show)


def template(
    ctx: typer.Context,
    table_name: Annotated[str, typer.Argument(metavar="TABLE")],
    file: Annotated[Path | None, typer.Argument(help="Where to write it.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Write the Excel template of a table."""
    from data.contracts.registry import contract_of
    from data.ingest.quarantine.template import write_template

    call = invocation(ctx, as_json=as_json)
    contract = contract_of(table_name)
    path = file or Path(f"{contract.name}.xlsx")
    path.write_bytes(write_template(contract))
    fields = [
        {"header": f.header, "field": f.name, "kind": f.kind.value, "required": f.required}
        for f in contract.fields
        if not f.computed
    ]

    def show(out: Console) -> None:
        out.print(records_table(str(path), fields))

    call.terminal.result({"file": path, "fields": fields}, show=show)
