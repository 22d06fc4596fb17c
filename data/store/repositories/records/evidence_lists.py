"""Lists of evidence: narrowed, searched, sorted, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import ColumnElement, Select, func, or_, select

from data.store.repositories.repository import MOST_ROWS, InsideOf, Repository, frame_of
from data.store.tables.records.evidence import Evidence
from data.workspace.clock import start_of

if TYPE_CHECKING:
    import pandas as pd

LISTED: Final = ("evidence_no", "kind", "media", "filename", "bytes", "taken_at", "added_at",
                 "place", "origin", "taker_id", "holder_id", "handed_to", "asked_by", "case_no",
                 "building_id", "community", "has_minor", "blurred", "state")  # fmt: skip
Sort = Literal["newest", "oldest", "largest", "evidence_no"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceQuery:
    """Which pieces, in which order.

    ``states``, ``kinds``, ``origins``, ``communities``, ``buildings``, ``cases``: only of these; of
    all when empty.
    ``since``, ``before``: days: taken, or where nobody knows added, from the first on and before
    the second.
    ``limit``, ``offset``: which part of them; at most 500 at once.
    """

    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    buildings: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    holder: str = ""
    """Only what waits for this account: handed to it and not received yet, or in its hands."""
    to_confirm: bool = False
    """Only what an officer asked to take over and a second one has not confirmed."""
    minors: bool = False
    """Only pieces with minors in them that are not blurred."""
    since: date | None = None
    before: date | None = None
    search: str = ""
    """The piece has each of its words in its number, name, place or note."""
    sort: Sort = "newest"
    """``newest``: what was added last first."""
    limit: int = 50
    offset: int = 0


class EvidenceLists(Repository):
    """Pages of evidence, as far as somebody may know of it."""

    def page(
        self, query: EvidenceQuery, *, inside: InsideOf | None, account: str
    ) -> tuple[pd.DataFrame, int]:
        """Return the asked-for rows, `LISTED`, and how many there are in all.

        ``inside``: what is seen of the street; None for all of it.
        ``account``: whose own pieces are seen wherever they are.
        """
        where = [*_inside(inside, account), *_narrowed(query)]
        columns = [getattr(Evidence, name) for name in LISTED]
        statement: Select[Any] = select(*columns).where(*where).order_by(*_ORDER[query.sort])
        statement = statement.limit(min(query.limit, MOST_ROWS)).offset(query.offset)
        rows = self._session.execute(statement).all()
        total = query.offset + len(rows)
        if len(rows) >= min(query.limit, MOST_ROWS) or (
            query.offset and not rows
        ):  # there may be more, or fewer
            counted = select(func.count()).select_from(Evidence).where(*where)
            total = int(self._session.scalar(counted) or 0)
        return frame_of(rows, LISTED), total


_ORDER: Final[dict[Sort, tuple[ColumnElement[Any], ...]]] = {
    "newest": (Evidence.added_at.desc(), Evidence.id.desc()),
    "oldest": (Evidence.added_at.asc(), Evidence.id.asc()),
    "largest": (Evidence.bytes.desc(), Evidence.id.desc()),
    "evidence_no": (Evidence.id.asc(),),
}


def _narrowed(query: EvidenceQuery) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [
        column.in_(values)
        for column, values in (
            (Evidence.state, query.states),
            (Evidence.kind, query.kinds),
            (Evidence.origin, query.origins),
            (Evidence.community, query.communities),
            (Evidence.building_id, query.buildings),
            (Evidence.case_no, query.cases),
        )
        if values
    ]
    at = func.coalesce(Evidence.taken_at, Evidence.added_at)
    if query.holder:
        held = (Evidence.holder_id == query.holder) & Evidence.handed_to.is_(None)
        where.append(or_(Evidence.handed_to == query.holder, held))
    if query.to_confirm:
        where.append(Evidence.asked_by.is_not(None))
    if query.minors:
        where.append(Evidence.has_minor.is_(True) & Evidence.blurred.is_(False))
    if query.since:
        where.append(at >= start_of(query.since))
    if query.before:
        where.append(at < start_of(query.before))
    return [*where, *map(_has_word, query.search.split())]


def _has_word(word: str) -> ColumnElement[bool]:
    """Look through all fields at once: lower case is made once; no word has a space."""
    texts = Evidence.evidence_no + " " + Evidence.filename + " " + Evidence.place
    return (texts + " " + Evidence.note).icontains(word, autoescape=True)


def _inside(inside: InsideOf | None, account: str) -> list[ColumnElement[bool]]:
    if inside is None:
        return []
    return [
        or_(
            inside.has(Evidence),
            Evidence.added_by == account,
            Evidence.holder_id == account,
            Evidence.handed_to == account,
        )
    ]
