"""Commands of the audit log: show and verify, prune, accept."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import day_option
from gridwarden.console.terminal import Answer, records
from gridwarden.console.wording import problem_text

if TYPE_CHECKING:
    from dashboard.i18n import Translator
    from governance.security.compliance.audit import AuditState

SHOWN = ("number", "at", "person", "action:action", "facts")


@command("audit")
def audit(
    call: Invocation,
    *,
    person: Annotated[str | None, typer.Option(metavar="LOGIN", help="Only this account.")] = None,
    action: Annotated[str | None, typer.Option(help="Only this action, e.g. export.")] = None,
    since: Annotated[date | None, day_option(help="From this day on.")] = None,
    until: Annotated[date | None, day_option(help="Up to this day.")] = None,
    limit: Annotated[int, typer.Option("-n", help="At most so many, newest first.")] = 50,
    export_to: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="All of them, to a file.")
    ] = None,
) -> Answer:
    """Say whether the audit log is unbroken, and list its newest events."""
    service, actor = call.office.audit, call.actor
    chosen: dict[str, Any] = {"person": person, "action": action, "since": since, "until": until}
    state = service.state(actor)
    events = records(service.log(actor, **chosen, limit=limit))
    answer = {"state": state, "events": events}
    if export_to is not None:
        answer |= {"file": export_to, "rows": service.export(actor, export_to, **chosen)}
    return Answer(
        answer,
        [
            _state_line(state, call.say),
            *(f"  ! {problem_text(problem, call.say)}" for problem in state.problems),
            call.table(call.say("Events"), events, SHOWN),
        ],
    )


@command("audit-prune")
def audit_prune(call: Invocation) -> Answer:
    """Take out the events that were kept for the months that the settings say."""
    pruned = call.office.audit.prune(call.actor)
    line = call.say(
        "Took out {removed} events from before {before}; {kept} stay.",
        removed=pruned.removed, before=pruned.before, kept=pruned.kept,
    )  # fmt: skip
    return Answer(pruned, [line])


@command("audit-accept")
def audit_accept(
    call: Invocation,
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, e.g. a restored backup.")],
) -> Answer:
    """Go on from a log whose end is not what the workspace remembers; what was wrong is logged."""
    state = call.office.audit.accept(call.actor, reason)
    return Answer(state, [_state_line(state, call.say)])


def _state_line(state: AuditState, say: Translator) -> str:
    facts = {"events": state.events, "number": state.number, "seal": state.seal}
    if state.unbroken:
        return say("{events} events, the log is unbroken; newest {number}, seal {seal}", **facts)
    return say("{events} events, THE LOG IS BROKEN; newest {number}, seal {seal}", **facts)
