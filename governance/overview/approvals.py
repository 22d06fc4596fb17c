"""What waits for somebody's approval: told to who approves, on every page."""

from collections.abc import Mapping

from governance.access.permissions import Action, Actor, may, require
from governance.records.ledger.proposals import LedgerProposalService
from governance.records.notices.desk import NoticeDeskService
from governance.responsibility.assignment.proposal_list import OPEN, PART
from governance.responsibility.assignment.service import AssignmentService
from governance.security.compliance.exports import ExportService
from governance.service import Service

EXPORTS, ASSIGNMENTS = "approve_exports", "approve_assignments"
EXITS, NOTICES = "approve_exits", "approve_notices"
"""Unmasked exports that somebody else asked for; proposals of who takes which building; lines that
are to leave the ledger; notices to be let go, appeals against them, and those whose decision stands
no more."""


class ApprovalService(Service):
    """The service that says how much waits for a person."""

    _assignment: AssignmentService
    _exports: ExportService
    _ledger: LedgerProposalService
    _notices: NoticeDeskService

    def waiting(self, actor: Actor) -> Mapping[str, int]:
        """Return kind → how many wait for the actor, without those of which none does.

        Whoever approves nothing is told nothing.
        """
        require(actor, Action.ENTER)
        counts = {}
        if may(actor, Action.APPROVE_UNMASKED):
            counts[EXPORTS] = len(self._exports.to_decide(actor))
        if may(actor, Action.APPROVE_ASSIGNMENT):
            states = self._assignment.proposals(actor)["state"]
            counts[ASSIGNMENTS] = int(states.isin([OPEN, PART]).sum())
        if may(actor, Action.APPROVE_LEDGER):
            counts[EXITS] = self._ledger.exits_to_approve(actor)
        if may(actor, Action.APPROVE_NOTICES):
            counts[NOTICES] = self._notices.waiting(actor)
        return {kind: count for kind, count in counts.items() if count}
