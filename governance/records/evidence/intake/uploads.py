"""Uploads that are not finished: whose they are, how many there may be, and which are given up."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from data.integrity.evidence_intake import partial_files_of
from data.store.tables.records.evidence import EvidenceUpload
from data.store.unit_of_work import UnitOfWork
from data.workspace.content_store import ContentError, PartialFiles
from data.workspace.locks import hold_lock
from governance.access.permissions import Actor
from governance.records.evidence.description import EvidenceError
from governance.records.evidence.settings import EvidenceRules
from governance.service import Component


class OpenUploads(Component):
    """The rows and the partial files of uploads."""

    @property
    def files(self) -> PartialFiles:
        """Where the bytes lie that have come."""
        return partial_files_of(self._workspace.evidence_path)

    @contextmanager
    def holding(self, upload: str) -> Iterator[None]:
        """Let nobody else write to an upload meanwhile."""
        with hold_lock(self.files.lock(upload), wait=True):
            yield

    def own(self, unit: UnitOfWork, actor: Actor, upload: str) -> EvidenceUpload:
        """Return an upload of the actor.

        Raises `EvidenceError`: ``upload_missing``.
        """
        row = unit.evidence_uploads.get(upload)
        if row is None or row.account != actor.id:
            raise EvidenceError("upload_missing", seen=upload[:12])
        return row

    def known(
        self, unit: UnitOfWork, actor: Actor, file: tuple[str, int, str]
    ) -> EvidenceUpload | None:
        """Return the actor's unfinished upload of a file, by its name, size and own time."""
        mine = unit.evidence_uploads.of_account(actor.id)
        return next((e for e in mine if (e.filename, e.bytes, e.modified) == file), None)

    def check_room(self, unit: UnitOfWork, actor: Actor, size: int, rules: EvidenceRules) -> None:
        """Refuse one upload more than an account may have, or than there is room for.

        Raises `EvidenceError`: ``uploads_too_many``.
        Raises `ContentError`: ``disk_full``.
        """
        begun = len(unit.evidence_uploads.of_account(actor.id))
        if begun >= rules.open_uploads:
            raise EvidenceError("uploads_too_many", seen=begun, expected=rules.open_uploads)
        needed = unit.evidence_uploads.to_come() + size + rules.reserve_bytes
        if self.files.free_bytes() < needed:
            raise ContentError("disk_full", seen=size)

    def clean(self, rules: EvidenceRules) -> None:
        """Delete uploads that nobody goes on with, and old files that no upload names.

        One whose last step a crash broke off is left to who settles it.
        """
        before = self.clock.utc() - rules.abandoned_after
        with self._workspace.store.begin() as unit:
            pending = unit.pending_files.keys()
            old = [each for each in unit.evidence_uploads.before(before) if each not in pending]
            self.forget(unit, old)
            known = unit.evidence_uploads.ids()
        for token in self.files.abandoned(rules.abandoned_after):
            if token not in known:
                self.files.remove(token)

    def forget(self, unit: UnitOfWork, uploads: Sequence[str]) -> None:
        """Delete uploads: the rows first, so that a file without one is the most that is left."""
        if uploads:
            unit.evidence_uploads.remove(uploads)
            unit.commit()
        for upload in uploads:
            self.files.remove(upload)
