"""The command line: every use case of an office, for people and for scripts.

Exit codes: 0 done, 1 refused with a clear message, 2 usage.
"""

import atexit
import gc
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal

import typer

from geo.garbage import collect_rarely
from gridwarden import settings
from gridwarden.console.command import RefusingGroup, speak
from gridwarden.console.invocation import Invocation

__all__ = ["app"]
COMMANDS: Final = {
    "operations.workspaces": ("init", "verify", "migrate", "grids", "template"),
    "imports": ("import", "imports", "undo-import", "quarantine", "buildings-ended"),
    "screening": ("screen",),
    "exports": ("export", "export-requests", "approve-export", "bulletin"),
    "scores": ("score", "undo-score", "top", "explain"),
    "evaluation": ("backtest",),
    "responsibility": ("assign", "assign-approve", "assign-undo", "responsible"),
    "patrols.plans": ("plan",),
    "patrols.plan_results": ("evaluate-plan", "campaign-summary"),
    "patrols.trials": ("trial-design", "trial-seal", "trial-cancel", "trials", "trial-result",
                       "trial-verify"),
    "visits": ("my-buildings", "visits", "coverage"),
    "server": ("serve", "restart", "demo", "simulate"),
    "operations.audit": ("audit", "audit-prune", "audit-accept", "personal-report",
                            "personal-erase", "personal-retention"),
    "operations.backups": ("backup", "restore"),
    "operations.doctor": ("doctor",),
    "offices": ("offices",),
    "people": ("user",),
}  # fmt: skip
"""Modules of `gridwarden.commands`, and the commands of each, in the order of the list."""


settings.ask_for_one_blas_thread()
collect_rarely()
atexit.register(gc.freeze)  # a process that ends looks for no garbage: a sixth of a small command


class Program(RefusingGroup):
    """The program, whose commands are imported when they are asked for."""

    modules: ClassVar = {
        f"gridwarden.commands.{module}": names for module, names in COMMANDS.items()
    }


app = typer.Typer(
    name="gridwarden",
    cls=Program,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Gridwarden: from an office's files to a ranked, explained map.",
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
