"""What several commands read from their options: days, pairs, names of files."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import typer

from geo.errors import GridwardenError


class OptionError(GridwardenError):
    """What was typed is no day, or names a file of a kind that is not written."""


def day_option(*names: str, help: str) -> Any:  # noqa: A002, ANN401 -- as typer.Option
    """Return an option that takes a day, such as ``2026-11-30``."""
    return typer.Option(*names, parser=read_day, metavar="DATE", help=help)


def read_day(text: str) -> date:
    """Return the day that was typed.

    Raises
    ------
    OptionError
        ``day_unreadable``.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise OptionError("day_unreadable", seen=text) from error


def read_pairs(texts: Iterable[str] | None, option: str, form: str) -> dict[str, str]:
    """Return pairs that were typed as ``NAME=VALUE``.

    Raises
    ------
    typer.BadParameter
        When one has another form; names the option and the form that it expects.
    """
    pairs: dict[str, str] = {}
    for text in texts or ():
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise typer.BadParameter(f"{option} {text!r}: expected {form}")
        pairs[name.strip()] = value
    return pairs


def name_of(path: Path | None, *endings: str) -> str | None:
    """Return the name of a file to write, if there is one.

    Raises
    ------
    OptionError
        ``export_format_unknown``: its ending is none of those.
    """
    if path is None:
        return None
    if path.suffix.lower() not in endings:
        seen = path.suffix or path.name
        raise OptionError("export_format_unknown", seen=seen, expected=", ".join(endings))
    return path.name
