"""Commands of the audit log and of personal data: what is held, for how long, and erasing it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.options import day_option
from gridwarden.console.terminal import Answer, records
from gridwarden.console.wording import problem_text

if TYPE_CHECKING:
    from dashboard.i18n import Translator
    from governance.security.compliance.audit import AuditState
    from governance.security.compliance.personal_data import Erased

HELD = ("data:personal_data", "number", "held:personal_held")
RETENTION = ("data:personal_data", "keep_days", "held", "past")
SHOWN = ("number", "at", "person", "action:action", "facts")


@command("audit")
def audit(
    call: Invocation,
    *,
    person: Annotated[str | None, typer.Option(metavar="LOGIN", help="Only this account.")] = None,
    action: Annotated[str | None, typer.Option(help="Only this action, e.g. export.")] = None,
    since: Annotated[date | None, day_option(help="From this day on.")] = None,
    until: Annotated[date | None, day_option(help="Up to this day.")] = None,
    text: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only with this in its facts, e.g. a case.")
    ] = None,
    limit: Annotated[int, typer.Option("-n", help="At most so many, newest first.")] = 50,
    export_to: Annotated[
        Path | None, typer.Option("--export", metavar="FILE", help="All of them, to a file.")
    ] = None,
) -> Answer:
    """Say whether the audit log is unbroken, and list its newest events."""
    from governance.security.compliance.audit import AuditFilter

    service, actor = call.office.audit, call.actor
    only = AuditFilter(person=person, action=action, since=since, until=until, text=text)
    state = service.state(actor)
    events = service.events(actor, only, limit=limit)
    answer = {"state": state, "events": events}
    if export_to is not None:
        answer |= {"file": export_to, "rows": service.export(actor, export_to, only)}
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


@command("personal-report")
def personal_report(
    call: Invocation,
    phone: Annotated[
        str | None, typer.Argument(help="Telephone number of who asks what is held.")
    ] = None,
) -> Answer:
    """Say where something is held about a person; the look-up is written down first."""
    held = records(call.office.personal_data.report(call.actor, phone or _ask(call)))
    title = call.say("{count} entries are held about this person", count=len(held))
    return Answer({"held": held}, [call.table(title, held, HELD)])


@command("personal-erase")
def personal_erase(
    call: Invocation,
    phone: Annotated[
        str | None, typer.Argument(help="Telephone number of who is to be erased.")
    ] = None,
    *,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, e.g. a request of that day.")],
) -> Answer:
    """Erase the names and numbers that are kept of a person; what they reported stays."""
    erased = call.office.personal_data.erase(call.actor, phone or _ask(call), reason=reason)
    return Answer(erased, [_erased_line(erased, call.say)])


@command("personal-retention")
def personal_retention(
    call: Invocation,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Erase; otherwise only say.")] = False,
) -> Answer:
    """Say which names and numbers were kept for as long as the settings let them, or erase them."""
    service, actor = call.office.personal_data, call.actor
    due = records(service.retention(actor))
    lines = [call.table(call.say("Kept names and numbers"), due, RETENTION)]
    if not apply:
        return Answer({"retention": due}, lines)
    erased = service.apply_retention(actor)
    return Answer({"retention": due, "erased": erased}, [*lines, _erased_line(erased, call.say)])


def _ask(call: Invocation) -> str:
    """Ask for a number, which the machine's list of processes shows to everybody otherwise."""
    answer: str = typer.prompt(call.say("Telephone number"), err=True)
    return answer


def _erased_line(erased: Erased, say: Translator) -> str:
    return say(
        "Erased {identities} names and numbers of imports, {contacts} of public reports, "
        "{rows} rows of imports that were taken back, {photos} photos.",
        identities=erased.identities, contacts=erased.contacts, rows=erased.undone_rows,
        photos=erased.photos,
    )  # fmt: skip


def _state_line(state: AuditState, say: Translator) -> str:
    facts = {"events": state.events, "number": state.number, "seal": state.seal}
    if state.unbroken:
        return say("{events} events, the log is unbroken; newest {number}, seal {seal}", **facts)
    return say("{events} events, THE LOG IS BROKEN; newest {number}, seal {seal}", **facts)
