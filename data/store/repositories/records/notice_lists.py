"""Lists of notices: narrowed, searched, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from data.contracts.notice_vocabulary import OVER, STANDING, NoticeClock, NoticeKind, NoticeStage
from data.store.repositories.repository import MOST_ROWS, InsideOf, Repository, frame_of
from data.store.tables.records.notices import Notice, NoticePlace
from data.workspace.clock import start_of

if TYPE_CHECKING:
    import pandas as pd

LISTED: Final = ("notice_no", "kind", "period", "title", "stage", "audience", "addressee",
                 "building_id", "drafted_by", "drafted_at", "clock", "due_at", "approver",
                 "published_at", "expires_on", "credit_status", "pledge_on", "doubted",
                 "replaced_by", "version")  # fmt: skip
Sort = Literal["due", "newest", "oldest", "published"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeQuery:
    """Which notices, in which order.

    ``kinds``, ``stages``, ``audiences``: only of these; of all when empty.
    ``limit``, ``offset``: which part of them; at most 500 at once.
    """

    kinds: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    over: bool | None = None
    """Only those that are over, or only those that are not; None asks for no such thing."""
    search: str = ""
    """The title, the period, the addressee or a case's number has each of its words; or the
    notice's number begins with it.
    """
    waiting: bool = False
    """Only those that wait for the reviewer who asks."""
    sort: Sort = "due"
    """``due``: what runs out first, what has no deadline after it, the newest of these first."""
    limit: int = 50
    offset: int = 0


class NoticeLists(Repository):
    """Pages of notices and counts of them, as far as somebody may see them."""

    def page(
        self, query: NoticeQuery, *, inside: InsideOf | None, reviewer: Collection[str] = ()
    ) -> tuple[pd.DataFrame, int]:
        """Return the asked-for rows, `LISTED`, and how many there are in all.

        ``reviewer``: every name of who asks, for `NoticeQuery.waiting`.
        """
        where = [*_narrowed(query), *_inside(inside), *self._searched(query.search)]
        if query.waiting:
            where.append(waits_for(reviewer))
        columns = [getattr(Notice, name) for name in LISTED]
        statement = select(*columns).where(*where).order_by(*_ORDER[query.sort])
        rows = self._session.execute(
            statement.limit(min(query.limit, MOST_ROWS)).offset(query.offset)
        ).all()
        total = self._session.scalar(select(func.count()).select_from(Notice).where(*where))
        return frame_of(rows, LISTED), int(total or 0)

    def counts(
        self,
        *,
        inside: InsideOf | None,
        red_before: date,
        yellow_before: date,
        reviewer: Collection[str],
    ) -> dict[str, int]:
        """Count notices by stage, and those whose clock ran out, is about to, or that wait.

        Returns each stage, and ``red``, ``yellow``, ``waiting`` (for this reviewer).
        """
        where = _inside(inside)
        stages = self._count_by(Notice.stage, NoticeStage, *where)
        red, yellow = start_of(red_before), start_of(yellow_before)
        conditions = {
            "red": Notice.due_at < red,
            "yellow": and_(Notice.due_at >= red, Notice.due_at < yellow),
            "waiting": waits_for(reviewer),
        }
        return stages | self._count_each(conditions, *where)

    def sees(self, notice_id: int, *, inside: InsideOf | None) -> bool:
        """Say whether a notice is among those that somebody may see."""
        query = select(Notice.id).where(Notice.id == notice_id, *_inside(inside))
        return self._session.scalar(query) is not None

    def published_periods(self, kind: NoticeKind) -> frozenset[str]:
        """Return the periods of which a notice of a kind is out."""
        query = select(Notice.period).where(Notice.kind == kind, Notice.stage.in_(sorted(STANDING)))
        return frozenset(map(str, self._session.scalars(query.distinct())))

    def _searched(self, search: str) -> list[ColumnElement[bool]]:
        words = search.split()
        if not words:
            return []
        of_case = [
            Notice.id.in_(
                select(NoticePlace.notice_id).where(
                    NoticePlace.case_no.startswith(word.upper(), autoescape=True)
                )
            )
            for word in words
        ]
        texts = (Notice.title, Notice.period, Notice.addressee)
        has = [or_(*(self._contains(each, word) for each in texts), case_has_it)
               for word, case_has_it in zip(words, of_case, strict=True)]  # fmt: skip
        return [Notice.notice_no.startswith(search.strip().upper(), autoescape=True) | and_(*has)]


_ORDER: Final[dict[str, Sequence[Any]]] = {
    "due": (Notice.due_at.is_(None), Notice.due_at, Notice.id.desc()),
    "newest": (Notice.drafted_at.desc(), Notice.id.desc()),
    "oldest": (Notice.drafted_at, Notice.id),
    "published": (Notice.published_at.is_(None), Notice.published_at.desc(), Notice.id.desc()),
}


def waits_for(reviewer: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a notice waits for a reviewer of some names, who wrote none of it.

    To be let go, to have an appeal answered, or to be withdrawn since a decision stands no more.
    """
    is_author = or_(
        false(), *(Notice.authors.contains(f",{name},", autoescape=True) for name in reviewer)
    )
    in_review = Notice.stage.in_((NoticeStage.IN_REVIEW, NoticeStage.APPEALED))
    return or_(and_(in_review, ~is_author), Notice.clock == NoticeClock.WITHDRAW)


def _narrowed(query: NoticeQuery) -> list[ColumnElement[bool]]:
    codes = ((Notice.kind, query.kinds), (Notice.stage, query.stages),
             (Notice.audience, query.audiences))  # fmt: skip
    where: list[ColumnElement[bool]] = [column.in_(values) for column, values in codes if values]
    if query.over is not None:
        over = Notice.stage.in_(sorted(OVER))
        where.append(over if query.over else ~over)
    return where


def _inside(inside: InsideOf | None) -> list[ColumnElement[bool]]:
    """Return the condition that somebody may see all places of a notice.

    One that names no place is for the whole street: it is seen everywhere once it is out.
    """
    if inside is None:
        return []
    visible = or_(
        NoticePlace.community.in_(sorted(inside.communities)),
        NoticePlace.grid.in_(sorted(inside.grids)),
        func.coalesce(NoticePlace.building_id, "").in_(sorted(inside.buildings)),
    )
    of_it = select(NoticePlace.id).where(NoticePlace.notice_id == Notice.id)
    out = Notice.stage.in_(sorted(STANDING))
    return [~of_it.where(~visible).exists(), of_it.exists() | out]
