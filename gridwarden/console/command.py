"""The application, and what makes a function one of its commands."""

import inspect
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gridwarden.console.invocation import Invocation
from gridwarden.console.terminal import Answer


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


def _answer_in_json(ctx: typer.Context, as_json: bool) -> bool:  # noqa: FBT001 -- typer's call
    """Take note of ``--json`` before the other options are read, which may be refused."""
    root = ctx.find_root()
    if as_json and not root.obj.as_json:
        root.obj = replace(root.obj, as_json=True)
    return as_json


_JSON = inspect.Parameter(
    "as_json",
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[
        bool,
        typer.Option("--json", help="Print one JSON object on standard output.", is_eager=True,
                     callback=_answer_in_json),
    ],
)  # fmt: skip


def command(
    name: str, *, group: typer.Typer = app, json: bool = True
) -> Callable[[Callable[..., Answer | None]], Callable[..., Answer | None]]:
    """Make a function a command of its name.

    The function takes the :class:`Invocation` first and then the command's options; what it
    returns is printed, and the office that it opened is closed.

    Parameters
    ----------
    name
        What is typed.
    group
        Where the command goes.
    json
        Whether the command gets the option ``--json``.
    """

    def register(function: Callable[..., Answer | None]) -> Callable[..., Answer | None]:
        def run(ctx: typer.Context, **options: Any) -> None:  # noqa: ANN401 -- of the command
            if json:
                del options["as_json"]
            with closing(ctx.find_root().obj) as call:
                answer = function(call, **options)
                if answer is not None:
                    call.terminal.print(answer)
            if answer is not None and answer.failed:
                raise typer.Exit(1)

        call, *options = inspect.signature(function, eval_str=True).parameters.values()
        context = call.replace(name="ctx", annotation=typer.Context)
        named = [context, *options, _JSON] if json else [context, *options]
        run.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in named}
        run.__doc__ = function.__doc__
        group.command(name)(run)
        return function

    return register
