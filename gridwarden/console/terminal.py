"""Output of commands: one JSON object on standard output, or texts and tables."""

import dataclasses
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    import pandas as pd

_WIDE: Final = 160
_ORDERS: Final = (*range(9), *range(11, 32), *range(127, 160), 0x61C, 0x200E, 0x200F,
                  *range(0x2028, 0x202F), *range(0x2066, 0x206A))  # fmt: skip
"""Characters that no text of a file needs, and by which it gives a terminal orders."""
_SHOWN: Final = dict.fromkeys(_ORDERS, "\N{REPLACEMENT CHARACTER}")
_ESCAPED: Final = {each: f"\\u{each:04x}" for each in _ORDERS}
Advance: TypeAlias = Callable[[str, int, int], None]


class Answer(NamedTuple):
    """What a command answers."""

    value: object
    """For scripts: printed as JSON where that was asked for."""
    lines: Iterable[str | Table] = ()
    """For people: texts and tables in order; asked for only where they are printed."""
    failed: bool = False
    """Whether the command ends with exit code 1."""


class Terminal:
    """Print answers to standard output and messages to standard error.

    What a file says gives the terminal no orders: control characters and marks of direction are
    shown as what cannot be shown, and escaped in JSON.

    ``as_json``: print one JSON object instead of texts and tables.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.out = Console(highlight=False)
        if not self.out.is_terminal:  # a file or another program, which has no width
            self.out.width = max(self.out.width, _WIDE)
        self.err = Console(stderr=True, highlight=False)

    def print(self, answer: Answer) -> None:
        """Print an answer: as JSON where scripts asked for it, else its lines."""
        if self.as_json:
            typer.echo(json.dumps(plain(answer.value), ensure_ascii=False).translate(_ESCAPED))
            return
        for line in answer.lines:
            shown = line.translate(_SHOWN) if isinstance(line, str) else line
            self.out.print(shown, markup=False)

    def say(self, message: str) -> None:
        """Print a message for a person, on standard error."""
        self.err.print(message.translate(_SHOWN), markup=False)

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
    """Turn a result into what JSON can hold.

    Frames become lists of rows, not-a-number becomes null, sets are sorted.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(str(item) for item in value)
    if hasattr(value, "itertuples"):  # a frame
        return [plain(row) for row in records(value)]
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


def records(frame: Any) -> list[dict[str, Any]]:  # noqa: ANN401 -- a DataFrame, imported when needed
    """Return a frame's rows as dictionaries, columns in their order; what is unknown is None."""
    known: pd.DataFrame = frame.astype(object).where(frame.notna(), None)
    return [dict(zip(known.columns, row, strict=True)) for row in known.itertuples(index=False)]


def table(title: str, columns: list[str], rows: Iterable[Iterable[object]]) -> Table:
    """Lay rows out as a table for a person."""
    laid = Table(title=escape(title.translate(_SHOWN)), title_justify="left", header_style="bold")
    for column in columns:
        laid.add_column(column, overflow="fold")
    for row in rows:
        texts = ("" if cell is None else str(cell) for cell in row)
        laid.add_row(*(escape(text.translate(_SHOWN)) for text in texts))
    return laid


def cell_text(value: object) -> str:
    """Return a value for a person: times to the minute, nothing where nothing is known."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes").removesuffix(" 00:00")
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {cell_text(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(cell_text, value))
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.2f}"
    return "" if value is None else str(value)
