# ruff: noqa: F401, I001 -- each module registers its commands, in the order of the list
"""The command line: every use case of an office, for people and for scripts.

Exit codes: 0 done, 1 refused with a clear message, 2 usage.
"""

from pathlib import Path
from typing import Annotated, Literal

import typer

from gridwarden import settings
from gridwarden.commands.operations import workspaces
from gridwarden.commands import (
    importing,
    screening,
    exporting,
    scoring,
    evaluating,
    responsibility,
)
from gridwarden.commands.patrols import planning, plan_results, trials
from gridwarden.commands import visiting, serving, offices
from gridwarden.commands.operations import auditing
from gridwarden.commands import people
from gridwarden.commands.operations import backups, doctor
from gridwarden.console.command import app, speak
from gridwarden.console.invocation import Invocation

__all__ = ["app"]


@app.callback()
def main(
    ctx: typer.Context,
    workspace: Annotated[
        Path | None,
        typer.Option("--workspace", "-w", help="Folder of the workspace.", show_default=False),
    ] = None,
    *,
    login: Annotated[
        str | None,
        typer.Option("--as", help="Act as this account, with its rights.", show_default=False),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object on standard output.")
    ] = False,
    language: Annotated[
        Literal["zh", "en"] | None,
        typer.Option("--language", help="Language of messages.", show_default=False, is_eager=True,
                     callback=speak),
    ] = None,
) -> None:  # fmt: skip
    """Remember what every command needs."""
    ctx.obj = Invocation(
        folder=workspace or settings.workspace(),
        chosen_language=language,
        as_json=as_json,
        login=login,
        password=settings.password(),
    )
