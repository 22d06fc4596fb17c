"""Figures that an office lets the office above it read: counts by week, in one file, and no row.

A count of 1 to 4 is kept as the range from 1 to 4. Sums are sums of ranges, so that no total, and
no difference of totals, tells such a count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from pydantic import TypeAdapter, ValidationError

from data.workspace.atomic import write_bytes
from geo.errors import GridwardenError

FEWEST: Final = 5
"""Counts from 1 to one less than this are told as a range."""
MOST_WEEKS: Final = 53
_MOST_BYTES: Final = 1_000_000
_VERSION: Final = 1


class RollUpError(GridwardenError):
    """A file of figures is no such file, or not of the office whose name it has."""


@dataclass(frozen=True, slots=True)
class Count:
    """A count, or the range in which it lies; both ends count."""

    low: int = 0
    high: int = 0

    def __post_init__(self) -> None:
        """Refuse a range that is none, from whatever file."""
        if not 0 <= self.low <= self.high:
            raise ValueError(self.low, self.high)

    @classmethod
    def of(cls, count: int) -> Count:
        """Return what may be told of a count."""
        return cls(1, FEWEST - 1) if 0 < count < FEWEST else cls(count, count)

    def __add__(self, other: Count) -> Count:
        """Return the range of the sum."""
        return Count(self.low + other.low, self.high + other.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What is told of an office, or of several, in a week.

    ``complaints``, ``cases_received``: of the 28 days before.
    ``cases_open``, ``cases_overdue``: open at that time, and of those whose card is red.
    ``visits_due``, ``visited``: buildings that were due for a visit in the 30 days before, and
    those of them visited.
    ``expected``, ``expected_low``, ``expected_high``: finds if every building were visited in full,
    by the newest score; ends of the communities' intervals added up, as if all erred alike.
    """

    offices: int = 1
    buildings: Count = field(default_factory=Count)
    """In the register."""
    complaints: Count = field(default_factory=Count)
    cases_received: Count = field(default_factory=Count)
    cases_open: Count = field(default_factory=Count)
    cases_overdue: Count = field(default_factory=Count)
    visits_due: Count = field(default_factory=Count)
    visited: Count = field(default_factory=Count)
    visits_overdue: Count = field(default_factory=Count)
    """Buildings whose visit is overdue."""
    scored: int = 0
    """How many of the offices have a score."""
    expected: float = 0.0
    expected_low: float = 0.0
    expected_high: float = 0.0

    def __add__(self, other: Figures) -> Figures:
        """Return the figures of both together."""
        return Figures(**{
            each.name: getattr(self, each.name) + getattr(other, each.name)
            for each in fields(Figures)
        })  # fmt: skip


COUNTS: Final = tuple(each.name for each in fields(Figures) if each.type in {"Count", Count})
"""Names of the figures that are counts of rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp:
    """The file of an office.

    ``office``, ``name``: its key in the installation, and what people call it.
    """

    office: str
    name: str
    told_at: datetime
    """When, in UTC."""
    weeks: Mapping[str, Figures]
    """ISO week such as ``2026-W48`` → its figures, those of the offices below it included."""
    outline: tuple[tuple[tuple[float, float], ...], ...] = ()
    """Its border as rings of longitude and latitude, WGS-84; empty where none is set."""
    version: int = _VERSION

    @classmethod
    def read(cls, folder: Path, office: str) -> Self | None:
        """Read the file of an office; None where it wrote none yet.

        Raises `RollUpError`: ``roll_up_unreadable``: it is damaged, too large, or another office's.
        """
        path = _path(folder, office)
        if not path.is_file():
            return None
        try:
            content = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""
            found = TypeAdapter(cls).validate_json(content, strict=True)
        except (ValidationError, ValueError) as error:
            raise RollUpError("roll_up_unreadable", office=office) from error
        if found.office != office or found.version != _VERSION:
            raise RollUpError("roll_up_unreadable", office=office)
        return found

    def write(self, folder: Path) -> None:
        """Write the file, whole or not at all."""
        content = asdict(self) | {"told_at": self.told_at.isoformat()}
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        write_bytes(_path(folder, self.office), text.encode())


def total(figures: Iterable[Figures]) -> Figures:
    """Return the figures of several offices together; of none, all zero."""
    summed = Figures(offices=0)
    for each in figures:
        summed += each
    return summed


def with_week(weeks: Mapping[str, Figures], week: str, figures: Figures) -> dict[str, Figures]:
    """Return weeks with one more, or one anew; the oldest beyond `MOST_WEEKS` are dropped."""
    kept: dict[str, Any] = {**weeks, week: figures}
    return {name: kept[name] for name in sorted(kept)[-MOST_WEEKS:]}


def _path(folder: Path, office: str) -> Path:
    return folder / f"{office}.json"
