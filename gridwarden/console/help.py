"""Help and complaints about usage, in the user's language.

Typer words both in English only. The help texts of commands and options are sentences of the
catalogues; what Typer says about wrong usage is told apart by `USAGE`.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import typer
from rich.console import Console, Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dashboard.i18n import Translator

_WIDTH = 100
_PLACEHOLDER = re.compile(r"(?<![-\w])[A-Za-z_]{2,}(?:\[\w+\])?")
_EXTRA = re.compile(r"(?P<help>.*?)(?:  )?\[(?P<extra>[^\]]*)\]")
_DEFAULT = re.compile(r"default: (.*)")
USAGE: Final = {
    "no_option": r"No such option: (?P<seen>\S+)(?: \(Possible options: .*\))?",
    "no_command": r"No such command '(?P<seen>[^']*)'\..*",
    "no_command_named": r"Missing command\.",
    "missing": r"Missing \w+ '?(?P<name>[^']*?)'?(?: / .*)?\.",
    "needs_value": r"Option '(?P<name>[^']*)' requires .*",
    "takes_no_value": r"Option '(?P<name>[^']*)' does not take a value\.",
    "too_many": r"Got unexpected extra argument\(s\) \((?P<seen>.*)\)",
    "too_small": r"Invalid value for '(?P<name>[^']*)'.*greater than or equal to (?P<least>\S+)",
    "too_large": r"Invalid value for '(?P<name>[^']*)'.*less than or equal to (?P<most>\S+)",
    "no_integer": r"Invalid value for '(?P<name>[^']*)'.*: .*valid integer.*",
    "no_number": r"Invalid value for '(?P<name>[^']*)'.*: .*valid number.*",
    "no_value": r"Invalid value for '(?P<name>[^']*)'.*",
    "other": r".*",
}
"""Kinds of wrong usage, with what Typer says of each; the first that fits counts."""


def help_text(command: Any, ctx: typer.Context, say: Translator, *, tables: bool = False) -> str:  # noqa: ANN401 -- typer keeps its command class to itself
    """Return what ``--help`` prints: usage, what the command does, its arguments and options.

    ``command``, ``ctx``: of which, in which call.
    ``tables``: whether the tables that can be named are listed as well.
    """
    records = [each.get_help_record(ctx) for each in command.get_params(ctx)]
    kinds = [each.param_type_name for each in command.get_params(ctx)]
    listed = {
        kind: [_described(record, say) for record, its in zip(records, kinds, strict=True)
               if record and its == kind]
        for kind in ("argument", "option")
    }  # fmt: skip
    sections = {
        say("Arguments"): listed["argument"],
        say("Options"): listed["option"],
        say("Commands"): [(name, brief(each, say)) for name, each in _inner(command).items()],
        say("Tables"): _tables(say) if tables else [],
    }
    parts: list[Any] = [Text(usage(command, ctx, say)), Text("")]
    parts += [Padding(Text(each), (0, 0, 1, 2)) for each in paragraphs(command.help or "", say)]
    for title, rows in sections.items():
        if rows:
            parts += [Text(title), _rows(rows), Text("")]
    console = Console(highlight=False, no_color=True)
    console.width = min(console.width, _WIDTH)
    with console.capture() as captured:
        console.print(Group(*parts))
    return "\n".join(line.rstrip() for line in captured.get().splitlines()).rstrip("\n")


def usage(command: Any, ctx: typer.Context, say: Translator) -> str:  # noqa: ANN401 -- as above
    """Return the line that says in which order a command's words come."""
    pieces = " ".join(command.collect_usage_pieces(ctx))
    return say("Usage: {line}", line=f"{ctx.command_path} {_placeholders(pieces, say)}")


def paragraphs(text: str, say: Translator) -> Iterator[str]:
    """Yield the translated paragraphs of a docstring."""
    yield from (say(" ".join(each.split())) for each in text.split("\n\n") if each.strip())


def brief(command: Any, say: Translator) -> str:  # noqa: ANN401 -- as above
    """Return the first paragraph of what a command does."""
    return next(paragraphs(command.help or "", say), "")


def usage_problem(message: str, say: Translator) -> str:
    """Return in the user's words what Typer says about wrong usage."""
    for code, pattern in USAGE.items():
        if found := re.fullmatch(pattern, message, re.DOTALL):
            facts = {name: _placeholders(fact, say) for name, fact in found.groupdict().items()}
            return say.name("usage", code, **facts)
    raise AssertionError(message)  # the last pattern fits everything


def _inner(command: Any) -> dict[str, Any]:  # noqa: ANN401 -- as above
    return dict(getattr(command, "commands", {}))


def _tables(say: Translator) -> list[tuple[str, str]]:
    from data.contracts.registry import TABLES

    return [(name, say.name("table", name)) for name in TABLES]


def _rows(rows: Iterable[tuple[str, str]]) -> Table:
    laid = Table.grid(padding=(0, 0, 0, 2))
    laid.add_column(no_wrap=True)
    laid.add_column(overflow="fold")
    for names, explained in rows:
        laid.add_row(Text(names), Text(explained))
    return laid


def _described(record: tuple[str, str], say: Translator) -> tuple[str, str]:
    """Return an option's names and help in the user's words."""
    names, explained = record
    found = _EXTRA.fullmatch(explained)
    text, extra = (found["help"], found["extra"]) if found else (explained, "")
    noted = "; ".join(filter(None, (_extra(each, names, say) for each in extra.split("; "))))
    worded = say(text) if text else ""
    return _placeholders(names, say), f"{worded} [{noted}]".strip() if noted else worded


def _extra(text: str, names: str, say: Translator) -> str:
    if found := _DEFAULT.fullmatch(text):
        flag = f"--{found[1]}" in names.split()
        return "" if flag else say("default: {value}", value=found[1])
    return say("required") if text == "required" else text


def _placeholders(text: str, say: Translator) -> str:
    """Name what stands for something to be typed, such as FILE."""
    return _PLACEHOLDER.sub(lambda found: say.name("placeholder", found[0]), text)
