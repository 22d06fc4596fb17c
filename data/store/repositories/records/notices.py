"""Repository of notices and of their history, to which rows are only ever added."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from data.contracts.notice_vocabulary import STANDING, NoticeStage
from data.store.repositories.versioned import NumberedRows, histories
from data.store.tables.records.notices import Notice, NoticeEvent, NoticePlace


class Notices(NumberedRows[Notice, NoticeEvent]):
    """Notices and the changes that made them."""

    ROW, EVENT = Notice, NoticeEvent
    PREFIX, NUMBER, OF, CHANGED = "TB", "notice_no", "notice_id", "notice_changed"

    def add(self, row: Mapping[str, Any], event: Mapping[str, Any]) -> int:
        """Add a notice, of all columns but the id, with its first event; return its id."""
        number = self._insert(Notice, **row)
        self._insert(NoticeEvent, notice_id=number, **event)
        return number

    def set_places(self, notice_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
        """Say of which places a notice tells, in place of those before."""
        self._session.execute(delete(NoticePlace).where(NoticePlace.notice_id == notice_id))
        self._insert_all(NoticePlace, [{**row, "notice_id": notice_id} for row in rows])

    def places(self, notice_ids: Collection[int]) -> dict[int, list[NoticePlace]]:
        """Return notice → the places that it tells of."""
        return histories(self._session, NoticePlace.notice_id, notice_ids, by=NoticePlace.id)

    def run_out(self, today: date) -> list[Notice]:
        """Return the notices whose last day was before today and that can expire."""
        can = (NoticeStage.PUBLISHED, NoticeStage.UPHELD)
        query = select(Notice).where(Notice.expires_on < today, Notice.stage.in_(can))
        return list(self._session.scalars(query.order_by(Notice.id)))

    def standing_with_cases(self, kinds: Collection[str]) -> list[Notice]:
        """Return the notices of some kinds that are out and that nobody doubts yet."""
        query = select(Notice).where(
            Notice.stage.in_(sorted(STANDING)), Notice.kind.in_(sorted(kinds)),
            Notice.doubted.is_(None),
        )  # fmt: skip
        return list(self._session.scalars(query.order_by(Notice.id)))

    def numbers_by_case(self, kind: str) -> dict[str, str]:
        """Return case → number of the newest notice of a kind that tells of it and is not over."""
        over = (NoticeStage.DISCARDED, NoticeStage.WITHDRAWN)
        query = select(NoticePlace.case_no, Notice.notice_no).join(
            Notice, Notice.id == NoticePlace.notice_id
        )
        query = query.where(
            Notice.kind == kind, NoticePlace.case_no.is_not(None), Notice.stage.not_in(over)
        )
        return {str(row[0]): row[1] for row in self._session.execute(query.order_by(Notice.id))}

    def reminded(self, stages: Collection[str]) -> dict[tuple[str, str], str]:
        """Return (building, duty) → number of the newest reminder that is in one of the stages."""
        query = select(Notice.building_id, Notice.duty, Notice.notice_no).where(
            Notice.building_id.is_not(None), Notice.duty.is_not(None),
            Notice.stage.in_(sorted(stages)),
        )  # fmt: skip
        rows = self._session.execute(query.order_by(Notice.id))
        return {(str(row[0]), str(row[1])): row[2] for row in rows}
