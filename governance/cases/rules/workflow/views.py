"""What a page is told of something with a history: its columns, its events, what may be done."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic

import pandas as pd

from data.derived.answers.unit_names import UnitNames
from data.store.tables.base import Base
from geo.errors import GridwardenError
from governance.cases.rules.workflow.transitions import A, FactField

HISTORY: Final = ("seq", "action", "from_stage", "to_stage", "actor", "at", "note",
                  "facts")  # fmt: skip


@dataclass(frozen=True, slots=True)
class AllowedAction(Generic[A]):
    """What the actor may do as it stands, and the facts that it asks for."""

    action: A
    asks: tuple[FactField, ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    """A part of the asked-for rows, and how many there are in all."""

    rows: pd.DataFrame
    total: int


@dataclass(frozen=True, slots=True)
class ManyAnswer:
    """What became of one of many: its number, and the error where it was refused."""

    number: str
    error: GridwardenError | None = None


def answer_each(numbers: Iterable[str], change: Callable[[str], object]) -> list[ManyAnswer]:
    """Change each number once; each is changed or refused for itself."""
    answers = []
    for number in dict.fromkeys(numbers):
        try:
            change(number)
        except GridwardenError as error:
            answers.append(ManyAnswer(number, error))
        else:
            answers.append(ManyAnswer(number))
    return answers


def columns_of(row: Base) -> dict[str, Any]:
    """Return every column of a row of the store."""
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}


def with_names(rows: pd.DataFrame, names: UnitNames, *, place: str = "place") -> pd.DataFrame:
    """Add the names of the buildings, as ``place``, and ``community_name``; "" where unknown."""
    return rows.assign(
        **{place: names.of("building", rows["building_id"].fillna(""))},
        community_name=names.of("community", rows["community"]),
    )


def history_rows(events: Iterable[Any]) -> pd.DataFrame:
    """Return events of stages as a frame, columns `HISTORY`."""
    rows = [[getattr(each, name) for name in HISTORY] for each in events]
    return pd.DataFrame(rows, columns=list(HISTORY))
