"""Make, check and describe a workspace."""

from pathlib import Path
from typing import Annotated

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.terminal import Answer, records, records_table


@command("init")
def init(
    call: Invocation,
    directory: Annotated[Path, typer.Argument(help="Folder to make the workspace in.")],
) -> Answer:
    """Make an empty workspace, and its first administrator."""
    from gridwarden.compose import create_workspace, open_office

    call.owner_only()
    root = create_workspace(directory)
    office = open_office(root)
    first = office.accounts.ensure_first_administrator()
    office.close()
    return Answer(
        {"workspace": root, "administrator": {"login": "admin", "one_time_password": first}},
        [
            f"Made {root}. Next: gridwarden -w {root} import TABLE FILE",
            f"First sign-in: admin, one-time password {first}",
        ],
    )


@command("verify")
def verify(call: Invocation) -> Answer:
    """Check that every count, hash and reference in the workspace still holds."""
    report = call.office.verify(call.actor)
    verdict = f"{len(report.problems)} problems" if report.problems else "everything holds"
    checked = ", ".join(f"{count} {kind}" for kind, count in report.checked.items())
    lines = [
        *(f"✗ {problem}" for problem in report.problems),
        f"{verdict}: {checked}",
        *(
            f"{count} {kind} are older than their seals: not checked"
            for kind, count in report.unchecked.items()
        ),
    ]
    return Answer(report, lines, failed=bool(report.problems))


@command("grids")
def grids(call: Invocation) -> Answer:
    """List buildings without exactly one official grid, faults of the grids, and empty grids."""
    problems = call.office.grid_check.problems(call.actor)
    lists = {
        name: records(getattr(problems, name))
        for name in ("orphans", "overlaps", "faults", "households", "empty")
    }
    counts = ", ".join(f"{len(rows)} {name}" for name, rows in lists.items())
    return Answer(
        {"buildings": problems.buildings, "grids": problems.grids, **lists},
        [
            *(records_table(name.capitalize(), rows) for name, rows in lists.items() if rows),
            f"{problems.buildings} buildings, {problems.grids} grids: {counts}",
        ],
    )


@command("template")
def template(
    _call: Invocation,
    table_name: Annotated[str, typer.Argument(metavar="TABLE")],
    file: Annotated[Path | None, typer.Argument(help="Where to write it.")] = None,
) -> Answer:
    """Write the Excel template of a table."""
    from data.contracts.registry import contract_of
    from data.ingest.quarantine.template import write_template

    contract = contract_of(table_name)
    path = file or Path(f"{contract.name}.xlsx")
    path.write_bytes(write_template(contract))
    fields = [
        {"header": f.header, "field": f.name, "kind": f.kind.value, "required": f.required}
        for f in contract.fields
        if not f.computed
    ]
    return Answer({"file": path, "fields": fields}, [records_table(str(path), fields)])
