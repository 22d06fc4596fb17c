"""What several commands read from their options: days, pairs, names of files."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import typer

from geo.errors import GridwardenError


class OptionError(GridwardenError):
    """What was typed is no day, or names a file of a kind that is not written."""


class UsageProblemError(GridwardenError):
    """A command was called in a way that it cannot be called; exit code 2."""


def day_option(*names: str, help: str) -> Any:  # noqa: A002, ANN401 -- as typer.Option
    """Return an option that takes a day, such as ``2026-11-30``."""
    return typer.Option(*names, parser=read_day, metavar="DATE", help=help)


def read_day(text: str) -> date:
    """Return the day that was typed.

    Raises `OptionError`: ``day_unreadable``.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise OptionError("day_unreadable", seen=text) from error


def read_pairs(texts: Iterable[str] | None, option: str, form: str) -> dict[str, str]:
    """Return pairs that were typed as ``NAME=VALUE``.

    Raises `UsageProblemError`: ``pair_unreadable``; names the option and the form that it expects.
    """
    pairs: dict[str, str] = {}
    for text in texts or ():
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise UsageProblemError("pair_unreadable", option=option, seen=text, expected=form)
        pairs[name.strip()] = value
    return pairs


def name_of(path: Path | None, *endings: str) -> str | None:
    """Return the name of a file to write, if there is one.

    Raises `OptionError`: ``export_format_unknown``: its ending is none of those.
    """
    if path is None:
        return None
    if path.suffix.lower() not in endings:
        seen = path.suffix or path.name
        raise OptionError("export_format_unknown", seen=seen, expected=", ".join(endings))
    return path.name
