"""Make, check and describe a workspace."""

from pathlib import Path
from typing import Annotated

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.terminal import Answer, records
from gridwarden.console.wording import first_sign_in, named_counts, verified_lines

LISTS = {
    "orphans": ("building_id", "name", "nearest_grid", "distance_m"),
    "overlaps": ("building_id", "name", "grid_code", "grids"),
    "faults": ("fault=kind:grid_fault", "grids", "area_m2"),
    "households": ("grid_code", "name", "households", "counted", "buildings", "without_count"),
    "empty": ("empty_grid=grid_code", "name"),
    "ended": ("empty_grid=grid_code", "name", "grid_ended_on=ended_on", "replaced_by"),
}
FIELDS = ("header", "field", "field_kind=kind:field_kind", "required")


@command("init")
def init(
    call: Invocation,
    directory: Annotated[Path, typer.Argument(help="Folder to make the workspace in.")],
) -> Answer:
    """Make an empty workspace, and its first administrator."""
    from gridwarden.compose import found_office

    call.owner_only()
    root, first = found_office(directory)
    return Answer(
        {"workspace": root, "administrator": {"login": "admin", "one_time_password": first}},
        [
            call.say("Made {folder}. Next: gridwarden -w {folder} import TABLE FILE", folder=root),
            first_sign_in(first or "", call.say),
        ],
    )


@command("verify")
def verify(call: Invocation) -> Answer:
    """Check that every count, hash and reference in the workspace still holds."""
    report = call.office.verify(call.actor)
    say = call.say
    lines = [
        *verified_lines(report, say),
        *(
            say("Older than their seals and not checked: {kind} {count}",
                kind=say.name("checked", kind), count=count)
            for kind, count in report.unchecked.items()
        ),
    ]  # fmt: skip
    return Answer(report, lines, failed=bool(report.problems))


@command("migrate")
def migrate(call: Invocation) -> Answer:
    """Bring the store to the newest version, as opening the dashboard does."""
    from data.workspace.folder import Workspace

    call.owner_only()
    store = Workspace.open(call.named_folder()).store
    before = store.found_revision()
    store.upgrade()
    now = store.revision()
    store.close()
    return Answer({"before": before, "now": now}, [f"{before or '–'} → {now}"])


@command("grids")
def grids(call: Invocation) -> Answer:
    """List buildings without exactly one official grid, faults, empty and ended grids."""
    problems = call.office.grid_check.problems(call.actor)
    lists = {name: records(getattr(problems, name)) for name in LISTS}
    say = call.say
    counts = named_counts({name: len(rows) for name, rows in lists.items()}, "grid_list", say)
    compared = say(
        "{buildings} buildings and {grids} grids were compared.",
        buildings=problems.buildings, grids=problems.grids,
    )  # fmt: skip
    return Answer(
        {"buildings": problems.buildings, "grids": problems.grids, **lists},
        [
            *(
                call.table(say.name("grid_list", name), rows, LISTS[name])
                for name, rows in lists.items()
                if rows
            ),
            f"{compared} {counts}",
        ],
    )


@command("template", tables=True)
def template(
    call: Invocation,
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
    shown = call.table(str(path), fields, FIELDS)
    return Answer({"file": path, "fields": fields}, [shown])
