"""Change a file and write its audit line together: both or neither, also after a crash.

Files and the store share no transaction. So a marker is written into the store before a file
changes, and taken out by the transaction that writes the line. A marker whose process has ended was
left by a crash: the change is then finished, where the file is as it was to be, or taken back, and
the line says which. That happens when the workspace is opened and before the next change of a file.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

from data.results.run_log import Run
from data.results.snapshots import SnapshotStore
from data.store.tables.pending_files import PendingFile
from data.workspace.folder import Workspace
from data.workspace.locks import WorkspaceBusyError, hold_lock

FINISHED: Final = "finished"
TAKEN_BACK: Final = "taken_back"


class FileKind(StrEnum):
    """What sort of file changes."""

    IMPORT = "import"
    UNDONE_IMPORT = "undone_import"
    SNAPSHOT = "snapshot"
    DELETED_SNAPSHOT = "deleted_snapshot"
    CALENDAR = "calendar"
    EVALUATION = "evaluation"
    EVIDENCE = "evidence"
    BLURRED_COPY = "blurred_copy"


class Announce(Protocol):
    """To be called at the last moment before a file changes."""

    def __call__(self, key: str, **facts: Any) -> str:  # noqa: ANN401 -- facts are of any kind
        """Write the marker and return its token.

        ``key``: tells whether the change was made: import id, snapshot id, version of the calendar,
        time of the evaluation, upload of a piece of evidence, SHA-256 of a blurred copy.
        ``facts``: what the line in the audit log is to say. Whoever writes a line of their own
        removes the marker in the same transaction.
        """


class FileChanges:
    """The changes of a workspace's files.

    ``now``: the clock; gives aware times.
    """

    def __init__(
        self, workspace: Workspace, snapshots: SnapshotStore, now: Callable[[], datetime]
    ) -> None:
        self._workspace, self._snapshots, self._now = workspace, snapshots, now

    @contextmanager
    def change(self, kind: FileKind, *, actor: str, action: str) -> Iterator[Announce]:
        """Give what announces the change that the block makes; its line is written after it.

        A block that announces nothing leaves no line. One that raises after it announced leaves a
        line that says whether the change was made all the same.
        """
        token = secrets.token_hex(8)
        announced = False
        with ExitStack() as held:

            def announce(key: str, **facts: Any) -> str:  # noqa: ANN401 -- facts are of any kind
                nonlocal announced
                self.settle()
                held.enter_context(hold_lock(self._lock_of(token)))
                with self._workspace.store.begin() as unit:
                    unit.pending_files.add(
                        token, kind=kind, key=key, actor=actor, action=action, facts=facts,
                        at=self._now(),
                    )  # fmt: skip
                    unit.commit()
                announced = True
                return token

            try:
                yield announce
            except BaseException:
                if announced:
                    with suppress(Exception):  # the error itself tells more; the rest is for later
                        self._settle(token)
                raise
            if announced:
                self._write_line(token)

    def settle(self) -> None:
        """Finish or take back every change whose process has ended."""
        with self._workspace.store.begin() as unit:
            tokens = unit.pending_files.tokens()
        left = sorted(path.stem for path in self._workspace.pending_path.glob("*.lock"))
        for token in dict.fromkeys([*tokens, *left]):
            with suppress(WorkspaceBusyError), hold_lock(self._lock_of(token)):  # or it still runs
                self._settle(token)

    def settle_at_start(self) -> None:
        """Settle what a crash left.

        Raises nothing: a workspace that cannot be written to now is opened all the same, and the
        next change settles or says what is wrong.
        """
        with suppress(Exception):
            self.settle()

    def _settle(self, token: str) -> None:
        with self._workspace.store.begin() as unit:
            row = unit.pending_files.get(token)
        if row is None:
            self._lock_of(token).unlink(missing_ok=True)
            return
        made = self._is_made(row)
        (self._finish if made else self._take_back)(row)
        self._write_line(token, settled=FINISHED if made else TAKEN_BACK, begun_at=f"{row.at}Z")

    def _write_line(self, token: str, **more: str) -> None:
        """Write the line and take the marker out, in one transaction."""
        with self._workspace.store.begin() as unit:
            row = unit.pending_files.get(token)
            if row is not None and unit.pending_files.remove(token):
                unit.audit.add(
                    at=self._now(), actor=row.actor, action=row.action, facts=row.facts | more
                )
                unit.commit()
        self._lock_of(token).unlink(missing_ok=True)

    def _is_made(self, row: PendingFile) -> bool:
        """Say whether the file is as the change was to leave it."""
        from data.calendars.write import calendar_version
        from data.integrity.evidence_intake import originals_of
        from data.results.evaluations import EvaluationStore

        match row.kind:
            case FileKind.IMPORT | FileKind.UNDONE_IMPORT:
                return self._is_imported(row.key, undone=row.kind == FileKind.UNDONE_IMPORT)
            case FileKind.SNAPSHOT | FileKind.DELETED_SNAPSHOT:
                return self._snapshots.holds(row.key) == (row.kind == FileKind.SNAPSHOT)
            case FileKind.CALENDAR:
                return calendar_version(self._workspace) == row.key
            case FileKind.EVALUATION:
                kept = EvaluationStore(self._workspace.root).load() or {}
                return bool(kept.get("evaluated_at") == row.key)
            case FileKind.EVIDENCE:
                return originals_of(self._workspace.evidence_path).holds(row.facts["sha256"])
            case FileKind.BLURRED_COPY:
                return False  # its row removes the marker
        raise NotImplementedError(row.kind)

    def _is_imported(self, import_id: str, *, undone: bool) -> bool:
        found = {m.import_id: m.undone for m in self._workspace.lake.imports(undone=True)}
        return import_id in found and (found[import_id] or not undone)

    def _finish(self, row: PendingFile) -> None:
        """Do what the change still lacks beside its file."""
        from data.integrity.evidence_intake import partial_files_of, take_in

        if row.kind == FileKind.UNDONE_IMPORT:
            self._workspace.identities.forget(row.key)
        elif row.kind == FileKind.SNAPSHOT:
            self._snapshots.note_run(Run(snapshot_id=row.key, at=row.at.replace(tzinfo=UTC)))
        elif row.kind == FileKind.DELETED_SNAPSHOT:
            self._snapshots.delete(row.key)
        elif row.kind == FileKind.EVIDENCE:
            begun = {"settled": FINISHED, "begun_at": f"{row.at}Z"}
            take_in(self._workspace.store, row.token, at=self._now(), **begun)
            partial_files_of(self._workspace.evidence_path).remove(row.key)

    def _take_back(self, row: PendingFile) -> None:
        """Delete what the change had written beside its file."""
        from data.ingest.quarantine.store import delete_quarantined
        from data.integrity.evidence_intake import copies_of

        if row.kind == FileKind.IMPORT:
            self._workspace.identities.forget(row.key)
            delete_quarantined(self._workspace, row.key)
            self._workspace.lake.take_back(row.facts["table"], row.key)
        elif row.kind == FileKind.BLURRED_COPY:
            with self._workspace.store.begin() as unit:
                named = unit.evidence.names_file(row.key)
            if not named:
                copies_of(self._workspace.evidence_path).remove(row.key)

    def _lock_of(self, token: str) -> Path:
        return self._workspace.pending_path / f"{token}.lock"
