"""Lists of cases: narrowed, searched, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import ColumnElement, Select, func, select

from data.contracts.case_vocabulary import ENDED, Stage
from data.store.repositories.cases.waiting import Waiting, held_by, waits
from data.store.repositories.repository import (
    MOST_ROWS,
    InsideOf,
    Repository,
    frame_of,
    inside_where,
)
from data.store.tables.cases import Case, Lead
from data.workspace.clock import start_of

if TYPE_CHECKING:
    import pandas as pd

LISTED: Final = ("case_no", "stage", "channel", "nature", "received_at", "opened_at", "due_at",
                 "clock", "title", "address", "building_id", "community", "grid", "leads",
                 "holder_id", "finding", "hold_asked_by", "reopened", "version")  # fmt: skip
Sort = Literal["due", "newest", "oldest", "case_no"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxQuery:
    """Which cases, in which order.

    ``channels``, ``communities``, ``grids``, ``buildings``, ``holders``: only of these; of all when
    empty. The holder "" stands for cases that nobody holds.
    ``due_from``, ``due_before``: only cases that are due from this day on, and before that one.
    ``limit``, ``offset``: which part of them; at most 500 at once.
    """

    stages: tuple[str, ...] = ()
    """Only in these; every open one when empty."""
    channels: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    grids: tuple[str, ...] = ()
    buildings: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()
    search: str = ""
    """One of the case's leads has each of its words in its title or address, or as the beginning of
    its ticket's number; or the case's number begins with it.
    """
    due_from: date | None = None
    due_before: date | None = None
    waiting: tuple[Waiting, ...] | None = None
    """Only cases that wait in one of these ways; None asks for no such thing."""
    sort: Sort = "due"
    """``due``: what runs out first, overdue first of all, what is not due last."""
    limit: int = 50
    offset: int = 0


class CaseLists(Repository):
    """Pages of cases and counts of them, as far as somebody may see them."""

    def page(self, query: InboxQuery, *, inside: InsideOf | None) -> tuple[pd.DataFrame, int]:
        """Return the asked-for rows, `LISTED`, and how many there are in all."""
        where = [*_narrowed(query), *inside_where(Case, inside), *self._searched(query.search)]
        columns = [getattr(Case, name) for name in LISTED]
        statement: Select[Any] = select(func.count().over(), *columns).where(*where)
        statement = statement.order_by(*_ORDER[query.sort]).limit(min(query.limit, MOST_ROWS))
        rows = self._session.execute(statement.offset(query.offset)).all()
        if not rows and query.offset:  # past the end nothing tells how many there are
            total = self._session.scalar(select(func.count()).select_from(Case).where(*where))
        else:
            total = rows[0][0] if rows else 0
        return frame_of((row[1:] for row in rows), LISTED), int(total or 0)

    def open_places(self, *, inside: InsideOf | None) -> dict[str, str]:
        """Return building → stage of its open case, of the one that is due first."""
        placed = Case.building_id.is_not(None)
        query = select(Case.building_id, Case.stage).where(
            _is_open(), placed, *inside_where(Case, inside)
        )
        found: dict[str, str] = {}
        for building, stage in self._session.execute(query.order_by(*_ORDER["due"])):
            found.setdefault(str(building), stage)
        return found

    def counts(
        self,
        *,
        inside: InsideOf | None,
        red_before: date,
        yellow_before: date,
        holder: str,
        staged: bool = True,
    ) -> dict[str, int]:
        """Count cases by stage, and those open whose clock ran out, is about to, or that wait.

        ``staged``: False leaves out the stages, for which every case is looked at.

        Returns each stage, and ``red``, ``yellow``, ``unassigned`` (assigned to nobody yet),
        ``mine``, ``hold_asked``.
        """
        where = inside_where(Case, inside)
        stages = self._count_by(Case.stage, Stage, *where) if staged else {}
        red, yellow = start_of(red_before), start_of(yellow_before)
        conditions = {
            "red": Case.due_at < red,
            "yellow": (Case.due_at >= red) & (Case.due_at < yellow),
            "unassigned": Case.holder_id.is_(None) & (Case.stage == Stage.ASSIGNED),
            "mine": Case.holder_id == holder,
            "hold_asked": Case.hold_asked_by.is_not(None) & (Case.stage != Stage.ON_HOLD),
        }
        return stages | self._count_each(conditions, *where, _is_open())

    def _searched(self, search: str) -> list[ColumnElement[bool]]:
        """Return the condition that a lead of the case has every word, or its number begins so."""
        words = search.split()
        if not words:
            return []
        has = [
            (Lead.ticket_no.startswith(word, autoescape=True))
            | self._contains(Lead.title, word)
            | self._contains(Lead.address, word)
            for word in words
        ]
        numbered = Case.case_no.startswith(search.strip().upper(), autoescape=True)
        return [numbered | Case.id.in_(select(Lead.case_id).where(*has))]


_ORDER: Final[dict[str, Sequence[Any]]] = {
    "due": (Case.due_at.is_(None), Case.due_at, Case.id),
    "newest": (Case.opened_at.desc(), Case.id.desc()),
    "oldest": (Case.opened_at, Case.id),
    "case_no": (func.length(Case.case_no), Case.case_no),
}


def _is_open() -> ColumnElement[bool]:
    return Case.stage.in_(sorted(set(Stage) - ENDED))  # by index; most cases have ended


def _narrowed(query: InboxQuery) -> list[ColumnElement[bool]]:
    where = [Case.stage.in_(query.stages) if query.stages else _is_open()]
    codes = (
        (Case.channel, query.channels),
        (Case.community, query.communities),
        (Case.grid, query.grids),
        (Case.building_id, query.buildings),
    )
    where += [column.in_(values) for column, values in codes if values]
    if query.holders:
        where.append(held_by(query.holders))
    if query.waiting is not None:
        where.append(waits(query.waiting))
    if query.due_from:
        where.append(Case.due_at >= start_of(query.due_from))
    if query.due_before:
        where.append(Case.due_at < start_of(query.due_before))
    return where
