"""What tables share that keep every version, or every event, of a row: nothing is ever removed."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import ColumnElement, Executable, Select, delete, select, text, true, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from data.store.repositories.repository import Repository, in_chunks, is_sqlite
from geo.errors import GridwardenError

Row = TypeVar("Row")
Event = TypeVar("Event")


class ChangedMeanwhileError(GridwardenError):
    """Somebody else changed the same row at the same time; the code says of what kind it is."""


def insert_into(session: Session, table: Any) -> Any:  # noqa: ANN401 -- of either dialect
    """Return an INSERT that may say what to do where the row is there already."""
    if is_sqlite(session):
        from sqlalchemy.dialects.sqlite import insert

        return insert(table)
    from sqlalchemy.dialects import postgresql  # takes long to import

    return postgresql.insert(table)


def hold_one(session: Session, kind: type[Row], subject: str, **begun: Any) -> Row:  # noqa: ANN401 -- its columns
    """Return the row of a subject, begun where it is not there, to be changed by one alone.

    Whoever asks for the same subject meanwhile waits until the unit of work ends.

    ``kind``: a mapped class whose key is the column ``subject``.
    """
    adding = insert_into(session, kind).values(subject=subject, **begun)
    unchanged = {name: getattr(kind, name) for name in begun}
    session.execute(adding.on_conflict_do_update(index_elements=["subject"], set_=unchanged))
    return session.get_one(kind, subject, populate_existing=True)


def forget_free(session: Session, kind: Any, *where: ColumnElement[bool]) -> None:  # noqa: ANN401 -- as of `hold_one`
    """Delete the rows of subjects of which all conditions hold, without those that others hold."""
    found = select(kind.subject).where(*where).with_for_update(skip_locked=True)
    if free := session.scalars(found).all():
        session.execute(delete(kind).where(kind.subject.in_(free)))


def add_once(session: Session, kind: Any, row: Mapping[str, Any]) -> bool:  # noqa: ANN401 -- a mapped class
    """Add a row; False where one that must differ from it is there already."""
    table = kind.__table__
    adding = insert_into(session, table).values(**row).on_conflict_do_nothing()
    # Rows come back only where one was added; not every driver counts them.
    return session.execute(adding.returning(table.c.id)).first() is not None


def is_newest(kind: Any, key: str, *, until: int | None = None) -> ColumnElement[bool]:  # noqa: ANN401 -- a mapped class
    """Return the condition that no later version of a row is there.

    ``kind``: a mapped class with columns ``id`` and ``version``.
    ``key``: its column that all versions of one thing share.
    ``until``: only rows with a number up to this one count as there; all when None.
    """
    later = aliased(kind)
    return ~(
        select(later.id)
        .where(
            getattr(later, key) == getattr(kind, key),
            later.version > kind.version,
            true() if until is None else later.id <= until,
        )
        .exists()
    )


def read_one(session: Session, query: Select[Row]) -> Row | None:
    """Return the row of a query that outlives the unit of work: nothing changes it any more."""
    found = session.scalars(query).one_or_none()
    if found is not None:
        session.expunge(found)
    return found


def hold_all(session: Session, kind: Any, *, on_postgresql: Executable | None = None) -> None:  # noqa: ANN401 -- a mapped class
    """Keep others from changing a table until the end of the unit of work.

    ``kind``: a mapped class with a column ``id``.
    ``on_postgresql``: the statement that does it there, in place of locking the table.
    """
    if is_sqlite(session):
        # The first write takes the whole of the database; this one changes nothing.
        session.execute(delete(kind).where(kind.id < 0))
    elif on_postgresql is not None:
        session.execute(on_postgresql)
    else:
        session.execute(text(f"LOCK TABLE {kind.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))


def newest_number(session: Session, numbers: Any, *, stem: str) -> int:  # noqa: ANN401 -- a mapped column
    """Return the highest of the numbers that begin with a stem, 0 where there is none.

    It is the newest row's of those, since each takes the next one while others are kept from adding
    rows; to look through all would take longer with every row.

    ``numbers``: the mapped column, of texts such as ``XS-2026-0107``.
    ``stem``: as ``XS-2026-``; what follows it are digits.
    """
    query = select(numbers).where(numbers.like(f"{stem}%"))
    found = session.scalar(query.order_by(numbers.class_.id.desc()).limit(1))
    return int(found.removeprefix(stem)) if found else 0


def histories(
    session: Session,
    of: InstrumentedAttribute[int],
    ids: Collection[int],
    *,
    by: Any,  # noqa: ANN401
) -> dict[int, list[Any]]:
    """Return id → its events, the oldest first.

    ``of``: the column of the events that names what they are of.
    ``by``: their column of numbers.
    """
    found: dict[int, list[Any]] = {}
    query = select(of.class_).order_by(of, by)
    for some in in_chunks(ids):
        for event in session.scalars(query.where(of.in_(some))):
            found.setdefault(getattr(event, of.key), []).append(event)
    return found


class NumberedRows(Repository, Generic[Row, Event]):
    """Rows of a table, each with a number such as ``XS-2026-0107`` and its history.

    ``version`` of a row is the number of its newest event. Times are the office's local time.
    """

    ROW: type[Row]
    EVENT: type[Event]
    PREFIX: ClassVar[str]
    """With which the numbers begin."""
    NUMBER: ClassVar[str]
    """The column of the rows that holds the number."""
    OF: ClassVar[str]
    """The column of the events that names the id of their row."""
    CHANGED: ClassVar[str]
    """Code of the error where somebody else changed the row meanwhile."""
    SYNCHRONIZED: ClassVar[str | bool] = "auto"
    """What becomes of rows that the session holds, as SQLAlchemy's ``synchronize_session``."""

    def hold_all(self) -> None:
        """Keep others from adding rows until the end of the unit of work."""
        hold_all(self._session, self.ROW)

    def newest_number(self, year: int) -> int:
        """Return the highest number of a year's rows, 0 where there is none."""
        return newest_number(self._session, self._row(self.NUMBER), stem=f"{self.PREFIX}-{year}-")

    @classmethod
    def number(cls, year: int, count: int) -> str:
        """Return the number of a row, the ``count``-th of its year."""
        return f"{cls.PREFIX}-{year}-{count:04d}"

    def append(self, event: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Add a row's next event, and give the row the values that follow from it.

        Raises `ChangedMeanwhileError` when somebody else added an event of this number meanwhile.
        """
        if not add_once(self._session, self.EVENT, event):
            raise ChangedMeanwhileError(self.CHANGED, seen=event["seq"])
        self._change(event[self.OF], {"version": event["seq"], **values})

    def _change(self, row_id: int, values: Mapping[str, Any]) -> None:
        changing = update(self.ROW).where(self._row("id") == row_id).values(**values)
        self._session.execute(
            changing, execution_options={"synchronize_session": self.SYNCHRONIZED}
        )

    def check_seen(self, row: Row, version: int | None) -> None:
        """Check that a row has the version that somebody saw; None stands for any.

        Raises `ChangedMeanwhileError` when it has another.
        """
        held: int = row.version  # type: ignore[attr-defined]
        if version is not None and version != held:
            raise ChangedMeanwhileError(self.CHANGED, seen=version, expected=held)

    def get(self, number: str) -> Row | None:
        """Return a row by its number, None where there is none."""
        query = self._all().where(self._row(self.NUMBER) == number)
        return self._session.scalars(query).one_or_none()

    def by_ids(self, ids: Collection[int]) -> dict[int, Row]:
        """Return id → row."""
        found = self._among(self._all(), self._row("id"), ids)
        return {row.id: row for row in found}  # type: ignore[attr-defined]

    def events(self, row_ids: Iterable[int]) -> dict[int, list[Event]]:
        """Return row → its history, the oldest first."""
        of, by = getattr(self.EVENT, self.OF), self.EVENT.seq  # type: ignore[attr-defined]
        return histories(self._session, of, set(row_ids), by=by)

    def _all(self) -> Select[Row]:
        """Return the question for all rows, as they are now."""
        return select(self.ROW).execution_options(populate_existing=True)

    def _row(self, column: str) -> InstrumentedAttribute[Any]:
        found: InstrumentedAttribute[Any] = getattr(self.ROW, column)
        return found
