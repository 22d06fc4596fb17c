"""The unit of work of the store; it rolls back unless it was committed."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.orm import Session

from data.store.audit.chain import START, Sealing
from data.store.audit.log import AuditTrail
from data.store.connections import connection_options, failure_code, prepare_sqlite
from data.store.tables.base import NEWEST_MIGRATION
from geo.errors import GridwardenError
from geo.late_parts import late_parts

if TYPE_CHECKING:  # a unit of work imports the repositories that it is asked for
    import data.store.repositories.accounts
    import data.store.repositories.cases.cases
    import data.store.repositories.cases.inbox
    import data.store.repositories.cases.leads
    import data.store.repositories.cases.merges
    import data.store.repositories.cases.public_reports
    import data.store.repositories.export_requests
    import data.store.repositories.field_trials
    import data.store.repositories.patrols.earlier_stops
    import data.store.repositories.patrols.open_doors
    import data.store.repositories.patrols.patrols
    import data.store.repositories.patrols.published_plans
    import data.store.repositories.pending_files
    import data.store.repositories.records.case_counts
    import data.store.repositories.records.evidence
    import data.store.repositories.records.evidence_lists
    import data.store.repositories.records.figures
    import data.store.repositories.records.ledger
    import data.store.repositories.records.ledger_proposals
    import data.store.repositories.records.notice_lists
    import data.store.repositories.records.notices
    import data.store.repositories.responsibility.assignments
    import data.store.repositories.responsibility.duties
    import data.store.repositories.settings
    import data.store.repositories.visits
    from data.store.repositories.repository import Repository

_OF_THE_DATABASE: Final = (DatabaseError, OperationalError)
"""Errors that are not about what was asked; a damaged file of SQLite is told by the first."""
_NUL: Final = "cannot contain NUL"
_WHERE: Final = "SELECT pg_postmaster_start_time(), current_database(), current_schema()"


class StoreError(GridwardenError):
    """The store cannot be opened, or does not answer."""


class TextError(GridwardenError):
    """A text holds what no text of the store can: half a character or, on PostgreSQL, a NUL."""


class Store:
    """A database, SQLite or PostgreSQL by its URL.

    ``url``: SQLAlchemy URL. SQLite files are opened in WAL mode, so that readers never wait.
    ``secret``: gives the workspace's secret, which seals the audit log. A store outside a workspace
    has none: its log is chained, and anybody can chain it anew.
    ``head_file``: where the head of the audit log is kept beside the database, or None.
    """

    def __init__(
        self, url: str, *, secret: Callable[[], bytes] = bytes, head_file: Path | None = None
    ) -> None:
        self.url = url
        self.sealing = Sealing(secret, head_file)

    @cached_property
    def engine(self) -> Engine:
        """Return the engine, at the newest migration.

        Raises `StoreError` when the URL is unusable or nothing answers there.
        """
        try:
            engine = create_engine(self.url, **connection_options(self.url))
            weakref.finalize(self, engine.dispose)
            event.listen(engine, "handle_error", _tell_failure)
            if engine.dialect.name == "sqlite":
                event.listen(engine, "connect", prepare_sqlite)
            self._migrate(engine)
        except (ArgumentError, DatabaseError, ImportError, ValueError) as error:
            raise StoreError("store_unreachable", seen=type(error).__name__) from error
        return engine

    def upgrade(self) -> None:
        """Bring the database to the newest migration."""
        self._migrate(self.engine)

    def revision(self) -> str | None:
        """Return the name of the migration the database is at.

        Raises `StoreError` when it does not answer.
        """
        try:
            return _revision(self.engine)
        except DatabaseError as error:
            raise StoreError("store_unreachable", seen=type(error).__name__) from error

    def found_revision(self) -> str | None:
        """Return the migration that the database is at, and leave it there, as `revision`."""
        with self._left_alone() as engine:
            return _revision(engine)

    def identity(self) -> str:
        """Return what tells this database, or schema of one, from every other; as `revision`."""
        with self._left_alone() as engine, engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                return str(Path(engine.url.database or "").resolve())
            return repr(tuple(connection.execute(text(_WHERE)).one()))

    @contextmanager
    def _left_alone(self) -> Iterator[Engine]:
        """Give an engine for the length of a block, at whatever migration the database is."""
        engine = None
        try:
            engine = create_engine(self.url)
            yield engine
        except (ArgumentError, DatabaseError, ImportError, ValueError) as error:
            raise StoreError("store_unreachable", seen=type(error).__name__) from error
        finally:
            if engine is not None:
                engine.dispose()

    def problems(self) -> list[str]:
        """Return what is wrong with the database, in its own words."""
        with self.engine.connect() as connection:
            if connection.dialect.name != "sqlite":
                connection.execute(text("SELECT 1"))
                return []
            lines = connection.execute(text("PRAGMA integrity_check")).scalars().all()
            return [line for line in lines if line != "ok"]

    def forget_deleted(self) -> None:
        """Cut SQLite's own log of changes, in which what was deleted stands for a while.

        PostgreSQL does as much in its own time, by vacuum.
        """
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    def begin(self) -> UnitOfWork:
        """Open a unit of work."""
        return UnitOfWork(self.engine, self.sealing)

    def close(self) -> None:
        """Let every connection go, as a store does that nobody holds any more."""
        if "engine" in self.__dict__:
            self.engine.dispose()
            del self.engine

    def _migrate(self, engine: Engine) -> None:
        if (found := _revision(engine)) != NEWEST_MIGRATION:
            if found is None and engine.dialect.name == "sqlite" and self.sealing.has_begun():
                raise StoreError("store_damaged", seen="0 B")
            from data.store.migrate import migrate  # alembic takes a second to import

            chained = inspect(engine).has_table("audit_head")

            def write_head(connection: Connection) -> None:
                """Begin the file of the head with the chain: never one without the other."""
                if not chained:
                    with Session(connection) as session:
                        audit = AuditTrail(session, self.sealing)
                        self.sealing.write_anew(audit.head() or START)

            migrate(engine, seal=self.sealing.seal, at_end=write_head)


def _repository(unit: UnitOfWork, kind: type[Repository]) -> Repository:
    return kind(unit.session, unit.sealing)


@late_parts(_repository)
class UnitOfWork:
    """A transaction with the store's tables as attributes; the annotations are its repositories.

    Used as a context manager; whatever was not committed is rolled back at its end.
    """

    header_mappings: data.store.repositories.settings.HeaderMappings
    address_reviews: data.store.repositories.settings.AddressReviews
    settings: data.store.repositories.settings.Settings
    duties: data.store.repositories.responsibility.duties.Duties
    assignments: data.store.repositories.responsibility.assignments.Assignments
    visits: data.store.repositories.visits.Visits
    patrols: data.store.repositories.patrols.patrols.Patrols
    earlier_stops: data.store.repositories.patrols.earlier_stops.EarlierStops
    open_doors: data.store.repositories.patrols.open_doors.OpenDoors
    published_plans: data.store.repositories.patrols.published_plans.PublishedPlans
    pending_files: data.store.repositories.pending_files.PendingFiles
    export_requests: data.store.repositories.export_requests.ExportRequests
    field_trials: data.store.repositories.field_trials.FieldTrials
    accounts: data.store.repositories.accounts.Accounts
    public_reports: data.store.repositories.cases.public_reports.PublicReports
    leads: data.store.repositories.cases.leads.Leads
    cases: data.store.repositories.cases.cases.Cases
    case_lists: data.store.repositories.cases.inbox.CaseLists
    lead_merges: data.store.repositories.cases.merges.LeadMerges
    case_counts: data.store.repositories.records.case_counts.CaseCounts
    figures: data.store.repositories.records.figures.StoreFigures
    notices: data.store.repositories.records.notices.Notices
    notice_lists: data.store.repositories.records.notice_lists.NoticeLists
    ledger: data.store.repositories.records.ledger.Ledger
    ledger_proposals: data.store.repositories.records.ledger_proposals.LedgerProposals
    key_subjects: data.store.repositories.records.ledger_proposals.KeySubjects
    evidence: data.store.repositories.records.evidence.EvidencePieces
    evidence_lists: data.store.repositories.records.evidence_lists.EvidenceLists
    evidence_uploads: data.store.repositories.records.evidence.EvidenceUploads

    def __init__(self, engine: Engine, sealing: Sealing) -> None:
        self._sealing = sealing
        self._session = Session(engine, expire_on_commit=False)
        self.audit = AuditTrail(self._session, sealing)

    @property
    def sealing(self) -> Sealing:
        """Return what seals the rows of some repositories."""
        return self._sealing

    @property
    def session(self) -> Session:
        """Return the session, for queries that no repository offers."""
        return self._session

    def commit(self) -> None:
        """Keep what was changed."""
        self._session.commit()
        if self.audit.added is not None:
            self._sealing.advance(self.audit.added, seal_at=self.audit.seal_at)
            self.audit.added = None

    def rollback(self) -> None:
        """Forget what was changed."""
        self._session.rollback()
        self.audit.added = None

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Roll back what was not committed, and let the connection go."""
        self._session.rollback()
        self._session.close()


def _revision(engine: Engine) -> str | None:
    if not inspect(engine).has_table("alembic_version"):
        return None
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def _tell_failure(context: ExceptionContext) -> None:
    """Say as a `StoreError` that the database is away, full, busy, damaged or only to be read.

    Raises `TextError` where it is the text that cannot be kept.
    """
    kind, error = type(context.sqlalchemy_exception), context.original_exception
    if isinstance(error, UnicodeEncodeError) or _NUL in str(error):
        raise TextError("text_unusable") from error
    if context.is_pre_ping or not (context.is_disconnect or kind in _OF_THE_DATABASE):
        return
    code = failure_code(error, context.engine.url if context.engine else None)
    if code or context.is_disconnect or context.connection is None:
        raise StoreError(code or "store_unreachable", seen=type(error).__name__) from error
