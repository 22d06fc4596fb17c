"""Backups of the whole office, and what is to be done once one was restored.

A backup holds everything, names and numbers as well, so only the owner of the machine makes one:
no account has the right, since none sees all of it.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from data.integrity.backup.make import BackupMade, make_backup
from data.integrity.problems import VerifyReport
from data.integrity.verify import verify_workspace
from governance.access.permissions import Action, Actor, require_whole
from governance.security.compliance.personal_data import PersonalDataService
from governance.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredOffice:
    """What was done to an office that was made of a backup."""

    signed_out: int
    """How many people were signed in when the backup was made; nobody is any more."""
    erased: int
    """Names and numbers that had been kept for as long as the settings say."""
    report: VerifyReport


class BackupService(Service):
    """Services about backups."""

    _personal_data: PersonalDataService

    def make(self, actor: Actor, path: Path, *, passphrase: str | None = None) -> BackupMade:
        """Write a backup to a file that is not there yet, or into a folder.

        People go on working meanwhile. Without its line in the audit log there is no file.

        ``passphrase``: encrypts it; without one the keys stay out of it.

        Raises `NotAllowedError` when the actor is not the owner of the machine.
        Raises `BackupError`: ``backup_exists``, ``backup_inside``, ``passphrase_short`` or
        ``backup_too_busy``.
        """
        require_whole(actor, Action.BACK_UP)

        def announce(made: BackupMade) -> None:
            self._record(
                actor, Action.BACK_UP, file=made.file.name, sha256=made.sha256,
                bytes=made.bytes, files=made.files, encrypted=made.encrypted,
            )  # fmt: skip

        return make_backup(
            self._workspace, path, now=self._now(), passphrase=passphrase, announce=announce
        )

    def restored(self, actor: Actor, *, made_at: datetime, file: str) -> RestoredOffice:
        """Take over an office that was just made of a backup, and verify it.

        Changes of files that were under way are settled, nobody is signed in, and what retention
        would have erased since does not come back.

        ``made_at``: when the backup was made, aware.
        """
        require_whole(actor, Action.RESTORE)
        self._resources.file_changes.settle()
        with self._workspace.store.begin() as unit:
            signed_out = unit.accounts.end_all_sessions()
            self._commit(
                unit, actor, Action.RESTORE, file=file, made_at=made_at.isoformat(),
                signed_out=signed_out,
            )  # fmt: skip
        return RestoredOffice(
            signed_out=signed_out,
            erased=self._erase_past(actor),
            report=verify_workspace(self._workspace),
        )

    def _erase_past(self, actor: Actor) -> int:
        keep = self._workspace.settings.privacy
        if not (keep.identities_days or keep.contacts_days):
            return 0
        erased = self._personal_data.apply_retention(actor)
        return erased.identities + erased.contacts
