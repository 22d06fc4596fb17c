"""Lists of the ledger: narrowed, searched, sorted, a page at a time; counts of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from data.contracts.ledger_vocabulary import ON_LEDGER, LedgerAction, LedgerStatus, LedgerTier
from data.store.repositories.repository import (
    MOST_ROWS,
    InsideOf,
    Repository,
    frame_of,
    inside_where,
)
from data.store.tables.records.ledger import LedgerEntry, LedgerEvent
from data.workspace.clock import start_of

if TYPE_CHECKING:
    import pandas as pd

LISTED: Final = ("ledger_no", "kind", "name", "address", "building_id", "community", "grid",
                 "in_on", "in_reason", "tier", "cadence", "owner_id", "status", "exit_asked_by",
                 "approvers", "out_on", "out_reason", "reopened", "last_on", "next_on",
                 "version")  # fmt: skip
Sort = Literal["next", "newest", "oldest", "tier", "ledger_no"]
SORTS: Final[tuple[Sort, ...]] = get_args(Sort)
FIGURES: Final = ("on_ledger", "came_in", "went_out", "recurrences", "overdue")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerQuery:
    """Which lines, in which order.

    ``kinds``, ``reasons``, ``tiers``, ``communities``: only of these; of all when empty.
    ``limit``, ``offset``: which part of them; at most 500 at once.
    """

    statuses: tuple[str, ...] = ()
    """Only in these; every one on the ledger when empty."""
    kinds: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    search: str = ""
    """Each word is in the address, or begins the line's number; in the name as well where
    ``in_names`` says so.
    """
    in_names: bool = False
    overdue_on: date | None = None
    """Only lines whose next visit was due before this day."""
    sort: Sort = "next"
    """``next``: what is to be visited first; ``tier``: the most dangerous first."""
    limit: int = 50
    offset: int = 0


class LedgerLists(Repository):
    """Pages of the ledger and counts of it, as far as somebody may see it."""

    def page(self, query: LedgerQuery, *, inside: InsideOf | None) -> tuple[pd.DataFrame, int]:
        """Return the asked-for rows, `LISTED`, and how many there are in all."""
        where = [*_narrowed(query), *inside_where(LedgerEntry, inside), *self._searched(query)]
        # Numbers alone are sorted, which far down takes a third of the time of whole rows.
        statement: Select[Any] = select(LedgerEntry.id).where(*where).order_by(*_ORDER[query.sort])
        statement = statement.limit(min(query.limit, MOST_ROWS)).offset(query.offset)
        ids = list(self._session.scalars(statement))
        columns = [LedgerEntry.id, *(getattr(LedgerEntry, name) for name in LISTED)]
        found = select(*columns).where(LedgerEntry.id.in_(ids))
        held = {row[0]: tuple(row)[1:] for row in (self._session.execute(found) if ids else ())}
        total = self._session.scalar(select(func.count()).select_from(LedgerEntry).where(*where))
        rows = (held[number] for number in ids)
        return frame_of(rows, LISTED, dtype=object), int(total or 0)

    def counts(self, *, inside: InsideOf | None, today: date) -> dict[str, int]:
        """Count lines by status, and ``overdue``, those whose visit was due before today."""
        late = func.sum(case((LedgerEntry.next_on < today, 1), else_=0))
        query = select(LedgerEntry.status, func.count(), late).group_by(LedgerEntry.status)
        rows = self._session.execute(query.where(*inside_where(LedgerEntry, inside))).all()
        counted = dict.fromkeys(map(str, LedgerStatus), 0) | {str(r[0]): int(r[1]) for r in rows}
        return counted | {"overdue": sum(int(row[2] or 0) for row in rows)}

    def figures(self, *, inside: InsideOf | None, since: date, until: date) -> pd.DataFrame:
        """Count by community what was on the ledger, came and went; `FIGURES`, index ``community``.

        Both days are in. What was taken back is counted as if it had not happened.
        """
        import pandas as pd

        begun, ended = start_of(since), start_of(until + timedelta(days=1))
        change = LedgerEvent
        query = select(
            LedgerEntry.id, LedgerEntry.community, change.action, change.from_status,
            change.to_status, change.at,
        ).join(change, change.entry_id == LedgerEntry.id)  # fmt: skip
        query = query.where(change.at < ended, _turns(), *inside_where(LedgerEntry, inside))
        rows = self._session.execute(query.order_by(LedgerEntry.id, change.seq)).all()
        counted = _count_turns(rows, begun)
        late = select(LedgerEntry.community, func.count()).where(
            LedgerEntry.next_on < until, *inside_where(LedgerEntry, inside)
        )  # fmt: skip
        for community, count in self._session.execute(late.group_by(LedgerEntry.community)):
            counted.setdefault(community, dict.fromkeys(FIGURES, 0))["overdue"] = int(count)
        frame = pd.DataFrame.from_dict(counted, orient="index", columns=list(FIGURES))
        return frame.astype("int64").sort_index().rename_axis("community")

    def _searched(self, query: LedgerQuery) -> list[ColumnElement[bool]]:
        conditions = []
        for word in query.search.split():
            has = [
                LedgerEntry.ledger_no.startswith(word.upper(), autoescape=True),
                self._contains(LedgerEntry.address, word),
            ]
            if query.in_names:
                has.append(self._contains(LedgerEntry.name, word))
            conditions.append(or_(*has))
        return conditions


_RANK: Final = case(
    {tier.value: place for place, tier in enumerate(LedgerTier)},
    value=LedgerEntry.tier, else_=len(LedgerTier),
)  # fmt: skip
_ORDER: Final[dict[str, Sequence[Any]]] = {
    "next": (LedgerEntry.next_on.is_(None), LedgerEntry.next_on, LedgerEntry.id),
    "newest": (LedgerEntry.in_on.desc(), LedgerEntry.id.desc()),
    "oldest": (LedgerEntry.in_on, LedgerEntry.id),
    "tier": (_RANK, LedgerEntry.next_on.is_(None), LedgerEntry.next_on, LedgerEntry.id),
    "ledger_no": (func.length(LedgerEntry.ledger_no), LedgerEntry.ledger_no),
}


def _narrowed(query: LedgerQuery) -> list[ColumnElement[bool]]:
    statuses = query.statuses or tuple(sorted(ON_LEDGER))
    where: list[ColumnElement[bool]] = [LedgerEntry.status.in_(statuses)]
    codes = (
        (LedgerEntry.kind, query.kinds),
        (LedgerEntry.in_reason, query.reasons),
        (LedgerEntry.tier, query.tiers),
        (LedgerEntry.community, query.communities),
    )
    where += [column.in_(values) for column, values in codes if values]
    if query.overdue_on is not None:
        where.append(LedgerEntry.next_on < query.overdue_on)
    return where


def _turns() -> ColumnElement[bool]:
    """Return the condition that an event brings a line on or off, or takes that back."""
    off = [LedgerStatus.OUT, LedgerStatus.WITHDRAWN]
    came = LedgerEvent.action.in_([LedgerAction.ENTER, LedgerAction.REOPEN])
    back = and_(LedgerEvent.action == LedgerAction.TAKE_BACK,
                or_(LedgerEvent.from_status.in_(off), LedgerEvent.to_status.in_(off)))  # fmt: skip
    return or_(came, back, LedgerEvent.to_status == LedgerStatus.OUT)


def _count_turns(rows: Sequence[Any], begun: datetime) -> dict[str, dict[str, int]]:
    """Count the turns of each line that stand at the end; rows in the order of line and change."""
    counted: dict[str, dict[str, int]] = {}
    lines: dict[int, tuple[str, list[Any]]] = {}
    for row in rows:
        _, turns = lines.setdefault(row.id, (row.community, []))
        if row.action == LedgerAction.TAKE_BACK and turns:
            turns.pop()
        elif row.action != LedgerAction.NOTE:
            turns.append(row)
    for community, turns in lines.values():
        figures = counted.setdefault(community, dict.fromkeys(FIGURES, 0))
        figures["on_ledger"] += bool(turns) and turns[-1].to_status in ON_LEDGER
        for turn in turns:
            if turn.at >= begun:
                came = turn.action in {LedgerAction.ENTER, LedgerAction.REOPEN}
                figures["came_in"] += came
                figures["recurrences"] += came and turn.from_status == LedgerStatus.OUT
                figures["went_out"] += not came
    return counted
