"""The command line: every use case of an office, for people and for scripts.

Exit codes: 0 done, 1 refused with a clear message, 2 usage.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gridwarden.commands import (
    auditing,
    evaluating,
    exporting,
    importing,
    people,
    plan_results,
    planning,
    responsibility,
    scoring,
    serving,
    visiting,
    workspaces,
)
from gridwarden.console.invocation import Invocation
from gridwarden.settings import read_settings


class RefusingGroup(TyperGroup):
    """Turn an anticipated failure into a clear message and exit code 1."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 -- typer keeps its context class to itself
        """Run the command; say what was refused, and why."""
        from geo.errors import GridwardenError

        try:
            return super().invoke(ctx)
        except (GridwardenError, OSError) as error:
            call = ctx.obj if isinstance(ctx.obj, Invocation) else Invocation()
            if isinstance(error, OSError):  # a folder that is not there, a file open in Excel
                seen, reason = error.filename, error.strerror
                error = GridwardenError("file_not_accessible", seen=seen, reason=reason)
            call.refuse(error)
            ctx.exit(1)


app = typer.Typer(
    name="gridwarden",
    cls=RefusingGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Gridwarden (网格哨): from an office's files to a ranked, explained map.",
)


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
) -> None:
    """Remember what every command needs."""
    settings = read_settings()
    ctx.obj = Invocation(
        folder=workspace or settings.workspace,
        language=settings.language,
        as_json=as_json,
        login=login,
        password=settings.password,
    )


for commands in (
    workspaces,
    importing,
    exporting,
    scoring,
    evaluating,
    responsibility,
    planning,
    plan_results,
    visiting,
    serving,
    auditing,
    people,
):
    commands.register(app)
