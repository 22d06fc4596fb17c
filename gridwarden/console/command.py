"""What makes a function a command of the program, and how the program calls it."""

import inspect
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Annotated, Any, ClassVar, cast

import typer
from typer.core import TyperCommand, TyperGroup

from geo.errors import GridwardenError
from gridwarden.console.help import help_text, usage, usage_problem
from gridwarden.console.invocation import Invocation
from gridwarden.console.late_commands import LateCommands, registered_by
from gridwarden.console.options import UsageProblemError
from gridwarden.console.terminal import Answer

REFUSED, MISUSED = 1, 2
_OF_OTHERS = 0o077
"""The rights of others to a file."""


class WordedCommand(TyperCommand):
    """A command whose help is in the user's language."""

    lists_tables = False

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401 -- typer keeps its context class to itself
        """Return what ``--help`` prints."""
        return help_text(self, ctx, call_of(ctx).say, tables=self.lists_tables)


class TableCommand(WordedCommand):
    """A command that takes the name of a table, and whose help lists them."""

    lists_tables = True


class WordedGroup(TyperGroup):
    """A group of commands whose help is in the user's language."""

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401 -- as above
        """Return what ``--help`` prints."""
        return help_text(self, ctx, call_of(ctx).say)


class RefusingGroup(WordedGroup):
    """Turn an anticipated failure into a clear message and exit code 1, wrong usage into 2."""

    modules: ClassVar[Mapping[str, Sequence[str]]] = {}
    """The names of its commands, by module that has them."""

    def __init__(self, **named: Any) -> None:  # noqa: ANN401 -- as typer's
        super().__init__(**named)
        self.commands = cast("Any", LateCommands(self.modules))  # click only reads it

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> Any:  # noqa: ANN401 -- as typer's
        """Run the command line and end the process with its exit code."""
        extra["standalone_mode"] = False
        try:
            code = super().main(args, *more, **extra)
        except typer.Abort:
            Invocation().terminal.say(Invocation().say("Stopped."))
            code = REFUSED
        except Exception as error:
            if not hasattr(error, "format_message"):  # typer keeps its exceptions to itself
                raise
            _tell_misuse(error)
            code = MISUSED
        sys.exit(code or 0)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 -- as above
        """Run the command; say what was refused, and why."""
        try:
            return super().invoke(ctx)
        except (GridwardenError, OSError) as error:
            call = call_of(ctx)
            if isinstance(error, OSError):  # a folder that is not there, a file open in Excel
                seen, reason = error.filename, error.strerror
                error = GridwardenError("file_not_accessible", seen=seen, reason=reason)
            call.refuse(error)
            ctx.exit(MISUSED if isinstance(error, UsageProblemError) else REFUSED)


def call_of(ctx: Any) -> Invocation:  # noqa: ANN401 -- as above
    """Return the call that a context belongs to; a plain one where its options were not read."""
    call = None if ctx is None else ctx.find_root().obj
    return call if isinstance(call, Invocation) else Invocation()


def _tell_misuse(error: Any) -> None:  # noqa: ANN401 -- as above
    """Say what was wrong about the words typed; help where none were."""
    ctx = error.ctx
    call = call_of(ctx)
    if type(error).__name__ == "NoArgsIsHelpError":  # its message is the help
        call.terminal.say(error.format_message())
        return
    if ctx is not None:
        call.terminal.say(usage(ctx.command, ctx, call.say))
        call.terminal.say(call.say("Help: {command}", command=f"{ctx.command_path} --help"))
    call.terminal.say(usage_problem(error.format_message(), call.say))


def speak(ctx: typer.Context, language: str | None) -> str | None:
    """Take note of ``--language`` before anything is said."""
    if language is not None:
        ctx.obj = Invocation(chosen_language=language)
    return language


@contextmanager
def _for_the_owner_alone() -> Iterator[None]:
    """Keep what is written from everybody else on the machine."""
    before = os.umask(_OF_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


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
    name: str, *, group: typer.Typer | None = None, json: bool = True, tables: bool = False
) -> Callable[[Callable[..., Answer | None]], Callable[..., Answer | None]]:
    """Make a function a command of its name.

    The function takes the :class:`Invocation` first and then the command's options; what it
    returns is printed, and the office that it opened is closed. Files that it writes are the
    owner's alone.

    ``group``: whose command it is; one of the program itself where none is named.
    ``json``: whether the command gets the option ``--json``.
    ``tables``: whether its help lists the tables.
    """

    def register(function: Callable[..., Answer | None]) -> Callable[..., Answer | None]:
        def run(ctx: typer.Context, **options: Any) -> None:  # noqa: ANN401 -- of the command
            if json:
                del options["as_json"]
            with _for_the_owner_alone(), closing(ctx.find_root().obj) as call:
                answer = function(call, **options)
                if answer is not None:
                    call.terminal.print(answer)
            if answer is not None and answer.failed:
                raise typer.Exit(REFUSED)

        call, *options = inspect.signature(function, eval_str=True).parameters.values()
        context = call.replace(name="ctx", annotation=typer.Context)
        named = [context, *options, _JSON] if json else [context, *options]
        run.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in named}
        run.__doc__ = function.__doc__
        owner = group or registered_by(function.__module__)
        owner.command(name, cls=TableCommand if tables else WordedCommand)(run)
        return function

    return register
