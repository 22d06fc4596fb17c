"""Commands that export tables, masked or with a second person's approval, and bulletins."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import day_option
from gridwarden.console.terminal import Answer

if TYPE_CHECKING:
    from governance.security.compliance.export_requests import ExportRequest
    from governance.security.compliance.export_selection import ExportSelection

Form = Literal["one-page", "full", "summary"]
Kind = Literal["weekly", "monthly", "quarterly", "campaign"]
"""Those of `BulletinKind`, whose module takes long to import."""
BRIEF = ("number", "table:table", "reason", "asker", "approver", "state:request_state")


@command("export", tables=True)
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
    case: Annotated[str, typer.Option(metavar="ID", help="Only rows of this case.")] = "",
    since: Annotated[date | None, day_option(help="Only events from this day on.")] = None,
    until: Annotated[date | None, day_option(help="Only events until this day.")] = None,
) -> Answer:
    """Write a table as imported plus what was computed, personal data masked."""
    exports = call.office.exports
    where = replace(_of_case(call, case, table_name), building_id=building)
    selection = replace(where, community_code=community, since=since, until=until)
    if unmasked:
        new = exports.ask_unmasked(call.actor, table_name, reason, selection=selection)
        return _waiting(call, new, file)
    if request is None:
        rows = exports.export_table(call.actor, table_name, file, selection=selection)
    else:
        rows = exports.export_unmasked(call.actor, request, file)
    return Answer(
        {"file": file, "rows": rows, "masked": request is None},
        [call.say("Wrote {rows} rows to {file}.", rows=rows, file=file)],
    )


def _of_case(call: Invocation, case_no: str, table_name: str) -> ExportSelection:
    """Return the selection of a case's rows; of all where none is named."""
    from data.contracts.registry import contract_of
    from governance.security.compliance.export_selection import ExportSelection

    if not case_no:
        return ExportSelection()
    leads = call.office.cases.case(call.actor, case_no).leads
    return ExportSelection.of_case(case_no, leads, contract_of(table_name).name)


def _waiting(call: Invocation, new: ExportRequest, file: Path) -> Answer:
    """Say that an export waits for another person, and how it goes on."""
    line = call.say(
        "Request {number}. Once another person has run “gridwarden approve-export {number}”, "
        "run “gridwarden export {table} {file} --request {number}”.",
        number=new.number, table=new.table, file=file,
    )  # fmt: skip
    return Answer({"request": new.number, "state": new.state, "table": new.table}, [line])


@command("export-requests")
def export_requests(call: Invocation) -> Answer:
    """List who asked to take what out unmasked, and what became of it."""
    requests = [asdict(each) for each in call.office.exports.requests(call.actor)]
    shown = call.table(call.say("Unmasked exports"), requests, BRIEF)
    return Answer({"requests": requests}, [shown])


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
        [
            call.say(
                "Request {number} of {asker}: {state}", number=decided.number,
                asker=decided.asker, state=call.say.name("request_state", decided.state),
            )
        ],
    )  # fmt: skip


@command("bulletin")
def bulletin(
    call: Invocation,
    file: Annotated[
        Path, typer.Argument(help="FILE.docx, .pdf, .xlsx or .png", show_default=False)
    ],
    *,
    kind: Annotated[Kind, typer.Option(help="What sort of period it is about.")] = "weekly",
    period: Annotated[
        str,
        typer.Option(
            metavar="KEY",
            help="2026-W47, 2026-11, 2026-Q4 or 2026-summer_break; the last full one otherwise.",
        ),
    ] = "",
    form: Annotated[
        Form, typer.Option(help="One page for a leader, in full, or as the summary of a campaign.")
    ] = "one-page",
) -> Answer:
    """Write the bulletin of a period: the figures, what changed, what is overdue."""
    from dashboard.views.records.bulletins.papers import write
    from governance.records.bulletins.periods import BulletinKind

    service = call.office.bulletins
    last = None if period else service.last_full(call.actor, BulletinKind(kind))
    key = last.key if last else period
    made = service.bulletin(call.actor, BulletinKind(kind), key)
    write(call.office, call.actor, made, file, form=form.replace("-", "_"), say=call.say)
    return Answer(
        {"file": file, "kind": kind, "period": key},
        [call.say("Wrote the bulletin of {period} to {file}.", period=key, file=file)],
    )
