"""What is kept for a day or until it is over: attempts, uses of the public page, sessions, uploads.

The next attempt, use, sign-in and upload delete what is over as well.
"""

from datetime import timedelta

from data.workspace.settings import read_section
from governance.access.lockout import FORGET_AFTER
from governance.records.evidence.intake.uploads import OpenUploads
from governance.records.evidence.settings import SECTION, EvidenceRules
from governance.service import Component


class ShortLived(Component):
    """Deletes what is over; asks nobody's permission."""

    _uploads: OpenUploads

    def forget(self) -> None:
        """Delete attempts to sign in and uses that count no more, sessions and uploads given up."""
        now, rules = self.clock.utc(), self._workspace.settings.sign_in
        with self._workspace.store.begin() as unit:
            unit.accounts.forget_attempts_before(now - FORGET_AFTER)
            unit.public_reports.forget_uses_before(now - FORGET_AFTER)
            unit.accounts.end_stale(
                created_before=now - timedelta(hours=rules.absolute_hours),
                seen_before=now - timedelta(minutes=rules.idle_minutes),
            )
            unit.commit()
        self._uploads.clean(read_section(self._workspace.settings, SECTION, EvidenceRules))
