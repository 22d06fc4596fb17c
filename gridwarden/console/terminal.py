"""Output of commands: one JSON object on standard output, or formatted text."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

Advance: TypeAlias = Callable[[str, int, int], None]


class Terminal:
    """Print results to standard output and messages to standard error.

    Parameters
    ----------
    as_json
        Print one JSON object instead of tables.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.out = Console(highlight=False)
        self.err = Console(stderr=True, highlight=False)

    def result(self, value: object, *, show: Callable[[Console], None]) -> None:
        """Print a result: as JSON where scripts asked for it, else by ``show``."""
        if self.as_json:
            typer.echo(json.dumps(plain(value), ensure_ascii=False, sort_keys=False))
        else:
            show(self.out)

    def say(self, message: str) -> None:
        """Print a message for a person, on standard error."""
        self.err.print(message, markup=False)

    @contextmanager
    def progress(self) -> Iterator[Advance]:
        """Show long work as a bar on standard error; give back the function that moves it."""
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.err, transient=True) as bar:
            tasks: dict[str, Any] = {}

            def advance(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    tasks[stage] = bar.add_task(stage, total=total or None)
                bar.update(tasks[stage], completed=done, total=total or None)

            yield advance


def plain(value: object) -> object:
    """Turn a result into what JSON can hold; not-a-number becomes null, sets are sorted."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(str(item) for item in value)
    return _plain_scalar(value)


def _plain_scalar(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        unknown = value != value  # noqa: PLR0124 -- not-a-time alone is not itself
        return None if unknown else value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def table(title: str, columns: list[str], rows: list[list[object]]) -> Table:
    """Lay rows out as a table for a person."""
    laid = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        laid.add_column(column, overflow="fold")
    for row in rows:
        laid.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    return laid


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows as dictionaries, columns in their order."""
    return [dict(zip(frame.columns, row, strict=True)) for row in frame.itertuples(index=False)]


def records_table(title: str, rows: list[dict[str, Any]]) -> Table:
    """Lay records with the same keys out as a table for a person."""
    columns = list(rows[0]) if rows else []
    return table(title, columns, [list(row.values()) for row in rows])
