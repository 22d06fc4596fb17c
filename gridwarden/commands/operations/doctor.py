"""The command that looks whether everything is as a server needs it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from geo.errors import GridwardenError
from gridwarden.console.command import command
from gridwarden.console.invocation import Invocation
from gridwarden.console.terminal import Answer

if TYPE_CHECKING:
    from dashboard.i18n import Translator
    from gridwarden.commands.operations.checks.finding import Finding

MARKS = {"ok": "✓", "warning": "!", "fault": "✗"}


@command("doctor")
def doctor(call: Invocation) -> Answer:
    """Look whether machine, workspace and store are as a server needs them."""
    from gridwarden.commands.operations.checks.finding import State
    from gridwarden.commands.operations.checks.machine import check_machine
    from gridwarden.commands.operations.checks.workspace import check_workspace

    call.owner_only()
    folder = call.folder
    findings = list(chain(check_machine(), check_workspace(folder) if folder else ()))
    faults = [each for each in findings if each.state is State.FAULT]
    warnings = [each for each in findings if each.state is State.WARNING]
    say = call.say
    lines = [line for each in findings for line in _lines(each, say)]
    lines.append(
        say("{faults} faults, {warnings} warnings.", faults=len(faults), warnings=len(warnings))
    )
    return Answer({"findings": findings}, lines, failed=bool(faults))


def _lines(finding: Finding, say: Translator) -> Iterator[str]:
    """Say what was found; where it is not as it is to be, what was expected and what to do."""
    facts, check = finding.facts, finding.check
    found = finding.found
    if say.knows("doctor_found", found):
        found = say.name("doctor_found", found, **facts)
    elif say.knows("error", found):
        found = say.error(GridwardenError(found, **facts))
    yield f"{MARKS[finding.state]} {say.name('doctor', check)}: {found}"
    if finding.state != "ok":
        yield f"    {say.name('doctor_expected', check, **facts)}"
        yield f"    {say.name('doctor_todo', check, **facts)}"
