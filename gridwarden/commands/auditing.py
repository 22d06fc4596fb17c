"""Commands of the audit log: show and verify, prune, accept."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridwarden.console.invocation import Json, invocation
from gridwarden.console.terminal import records, records_table

if TYPE_CHECKING:
    from rich.console import Console

DAYS = ["%Y-%m-%d"]


def register(app: typer.Typer) -> None:
    """Add these commands to the application."""
    app.command("audit")(audit)
    app.command("audit-prune")(audit_prune)
    app.command("audit-accept")(audit_accept)


def audit(
    ctx: typer.Context,
    *,
    person: Annotated[str | None, typer.Option(metavar="LOGIN", help="Only this account.")] = None,
    action: Annotated[str | None, typer.Option(help="Only this action, e.g. export.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=DAYS, metavar="DATE", help="From this day on.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DAYS, metavar="DATE", help="Up to this day.")
    ] = None,
    limit: Annotated[int, typer.Option("-n", help="At most so many, newest first.")] = 50,
    export_to: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="All of them, to a file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say whether the audit log is unbroken, and list its newest events."""
    call = invocation(ctx, as_json=as_json)
    office, actor = call.office(), call.actor()
    chosen: dict[str, Any] = {
        "person": person,
        "action": action,
        "since": since.date() if since else None,
        "until": until.date() if until else None,
    }
    state = office.audit.state(actor)
    events = records(office.audit.log(actor, **chosen, limit=limit))
    answer = {"state": state, "events": events}
    if export_to is not None:
        answer |= {"file": export_to, "rows": office.audit.export(actor, export_to, **chosen)}

    def show(out: Console) -> None:
        word = "unbroken" if state.unbroken else "BROKEN"
        out.print(f"{state.events} events, {word}; head {state.number} {state.seal}", markup=False)
        for problem in state.problems:
            out.print(f"  ! {problem}", markup=False)
        out.print(records_table("Events", events))

    call.terminal.result(answer, show=show)


def audit_prune(ctx: typer.Context, *, as_json: Json = False) -> None:
    """Take out the events that were kept for the months that the settings say."""
    call = invocation(ctx, as_json=as_json)
    pruned = call.office().audit.prune(call.actor())
    call.terminal.result(
        pruned,
        show=lambda out: out.print(
            f"Took out {pruned.removed} events from before {pruned.before}; {pruned.kept} stay."
        ),
    )


def audit_accept(
    ctx: typer.Context,
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, e.g. a restored backup.")],
    as_json: Json = False,
) -> None:
    """Go on from a log whose end is not what the workspace remembers; what was wrong is logged."""
    call = invocation(ctx, as_json=as_json)
    state = call.office().audit.accept(call.actor(), reason)
    word = "unbroken" if state.unbroken else "still broken"
    call.terminal.result(state, show=lambda out: out.print(f"{state.events} events, {word}"))
