"""One new row of complaints or inspections, judged as `risk.events.rows` judges all rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from ibis import ir
from numpy.typing import NDArray

from data.derived.backends.duckdb_sessions import LocalTables, TablesAtHand
from data.lake.validity import ALWAYS
from geo.errors import GridwardenError
from risk import schema as c
from risk.config.score import ScoreConfig
from risk.design.read import FACT_NUMBERS, FACT_TEXTS, visit_facts
from risk.design.visit_order import FILE, HOUR, ROW
from risk.events.fetch import days_of
from risk.events.known_from import LEARNT
from risk.events.open_reports import (
    REPORT_TEXTS,
    VISIT_TEXTS,
    answered_until,
    waiting_since,
)
from risk.events.repeats import POSITION
from risk.events.rows import PLACEMENT, SIGNALS, assign_to_place, wanted_columns

UNTIL: Final = "until"
"""Of a complaint since when it waits, of a visit until when it answers; NaT for neither."""
TICKET_NO: Final = "ticket_no"
RELATED: Final = "related_ticket"
KEEP: Final[Mapping[str, tuple[str, ...]]] = {
    "complaints": (*REPORT_TEXTS, TICKET_NO, RELATED),
    "inspections": tuple(sorted({*VISIT_TEXTS, *FACT_TEXTS} - {*PLACEMENT})),
}
_TIMES: Final = {c.EVENT_AT, c.LEARNT_AT, c.IMPORTED_AT, "closed_at"}
_NUMBERS: Final = {c.CERTAINTY, "minutes", ROW}
_AS_SENT: Final = ("building_id", "h3_r10", *FILE)
"""Texts of a visit as its row tells them, not as they are judged."""


class Hashes:
    """Values that are there, as sorted hashes of 64 bits.

    Of a value that is not there it is said to be once in 2^64 divided by their number.
    """

    def __init__(self, *columns: pd.Series) -> None:
        self._stored = np.unique(_hash(columns)) if len(columns[0]) else np.zeros(0, np.uint64)
        self._added: set[int] = set()

    def add(self, *values: object) -> None:
        """Add a value."""
        self._added.add(int(_hash([pd.Series([value]) for value in values])[0]))

    def holds(self, *values: object) -> bool:
        """Say whether a value is there."""
        value = _hash([pd.Series([value]) for value in values])[0]
        at = int(np.searchsorted(self._stored, value))
        return int(value) in self._added or (
            at < len(self._stored) and bool(self._stored[at] == value)
        )


def _hash(columns: Sequence[pd.Series]) -> NDArray[np.uint64]:
    """Hash rows of texts and times."""
    hashes = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        values = column.to_numpy()
        if values.dtype.kind == "M":
            values = values.astype("datetime64[us]").astype(np.int64)
        else:
            values = values.astype(object)
        hashes = hashes * np.uint64(1_000_003) ^ pd.util.hash_array(values)
    return hashes


class NeedsFullScoreError(GridwardenError):
    """A new row changes more than its own building's sums; only a full score can tell."""


def full_score_needed(reason: str, seen: object) -> NeedsFullScoreError:
    """Return the error that says why a row cannot be added to what is known."""
    return NeedsFullScoreError(
        "full_score_needed", reason=reason, seen=seen, what_to_do="Score the office again."
    )


def judged_rows(rows: ir.Table, name: str, config: ScoreConfig) -> ir.Table:
    """Add `UNTIL` to assigned rows."""
    rule = config.waiting
    until = waiting_since(rows, rule) if name == "complaints" else answered_until(rows, rule)
    return rows.mutate(**{UNTIL: until})


@dataclass(frozen=True)
class RowJudge:
    """Judges new rows by themselves as of one cut."""

    cut: datetime
    config: ScoreConfig
    _local: LocalTables = field(default_factory=LocalTables)

    def judge(self, name: str, row: Mapping[str, Any], *, registered: bool) -> dict[str, Any]:
        """Return a row of complaints or inspections with what it counts and where.

        ``registered``: whether the register knew its building at the cut.

        Raises `NeedsFullScoreError` when it is not known before the cut, or counts nothing.
        """
        tables = {name: _one_row(name, row), "buildings": _register(row, registered=registered)}

        def ask(local: TablesAtHand) -> ir.Table:
            signals = SIGNALS[name](local, cut=self.cut, config=self.config, keep=KEEP[name])
            return judged_rows(assign_to_place(signals, local["buildings"]), name, self.config)

        judged: list[dict[str, Any]] = self._local.run(name, tables, ask).to_pylist()
        if not judged:
            raise full_score_needed("counts_nothing_before_the_cut", row.get(c.ROW_KEY))
        return {column: _as_pandas(value) for column, value in judged[0].items()}

    def facts(self, judged: Mapping[str, Any], row: Mapping[str, Any]) -> pd.DataFrame:
        """Return what a judged visit says, one row of `risk.design.read.read_visit_facts`."""
        texts: dict[str, Any] = {name: str(judged[name]) for name in FACT_TEXTS}
        texts |= {name: str(row.get(name) or "") for name in (c.ROW_KEY, *_AS_SENT)}
        at = pd.Timestamp(judged[c.EVENT_AT])
        numbers = {name: float(value) if (value := row.get(name)) is not None else float("nan")
                   for name in (*FACT_NUMBERS, ROW)}  # fmt: skip
        hour = at.hour + at.minute / 60.0 if at != at.normalize() else float("nan")
        numbers |= {"effort": float(judged[c.EFFORT]), HOUR: hour}
        frame = pd.DataFrame([texts | numbers]).astype(dict.fromkeys(texts, "str"))
        learnt = pd.Series([row[c.LEARNT_AT]], dtype="datetime64[us]")
        days = {c.DAY: days_of(pd.Series([at])), LEARNT: days_of(learnt)}
        further = (c.ROW_KEY, *POSITION)
        return visit_facts(frame.assign(**days), config=self.config, further=further)


def _as_pandas(value: Any) -> Any:  # noqa: ANN401 -- what a row holds
    return pd.Timestamp(value) if isinstance(value, datetime) else value


def _one_row(name: str, row: Mapping[str, Any]) -> pa.Table:
    kinds = {column: _kind(column) for column in sorted(wanted_columns(name, KEEP[name]))}
    return pa.table({column: pa.array([row.get(column)], kind) for column, kind in kinds.items()})


def _kind(column: str) -> pa.DataType:
    if column in _TIMES:
        return pa.timestamp("us")
    return pa.float64() if column in _NUMBERS else pa.string()


def _register(row: Mapping[str, Any], *, registered: bool) -> pa.Table:
    known = [row.get(c.BUILDING)] if registered else []
    return pa.table(
        {
            c.BUILDING: pa.array(known, pa.string()),
            c.LEARNT_AT: pa.array([ALWAYS] * len(known), pa.timestamp("us")),
        }
    )
