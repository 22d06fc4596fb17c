"""What the rules propose, and what people make of it: singly and in bulk, and back again."""

from collections.abc import Callable, Sequence

from data.contracts.ledger_vocabulary import (
    LedgerAction,
    LedgerKind,
    LedgerStatus,
    ProposalKind,
    ProposalState,
)
from data.derived.answers.unit_names import UnitNames
from data.privacy.pseudonyms import hide_numbers
from data.store.repositories.records.ledger_lists import LedgerQuery
from data.store.tables.records.ledger import LedgerEntry, LedgerProposal
from data.store.unit_of_work import UnitOfWork
from geo.errors import GridwardenError
from governance.access.permissions import Action, Actor, require
from governance.access.persons import own_names
from governance.cases.rules.workflow.transitions import ActionError
from governance.cases.rules.workflow.views import ListPage, ManyAnswer, with_names
from governance.records.ledger.log import LedgerLog
from governance.records.ledger.rules.changes import change_line, reopened
from governance.records.ledger.rules.exits import exit_reason
from governance.records.ledger.rules.state import LedgerState
from governance.records.ledger.sources import LedgerSources, Places
from governance.records.ledger.views import UnknownLineError, proposal_rows
from governance.service import Service

MOST_AT_ONCE = 500


class LedgerProposalService(Service):
    """Services about what the rules of the ledger propose."""

    _log: LedgerLog
    _sources: LedgerSources

    def open(
        self, actor: Actor, kinds: Sequence[str] = tuple(ProposalKind), *, limit: int = 50,
        offset: int = 0,
    ) -> ListPage:  # fmt: skip
        """List open proposals of some kinds, of the actor's scope, the newest first.

        Returns `ListPage`: `governance.records.ledger.views.PROPOSALS` with the names ``place``
        and ``community_name``. ``told`` has (day, reason or result of a visit, text) of each fact.
        """
        require(actor, Action.SEE_LEDGER)
        with self._workspace.store.begin() as unit:
            found, total = unit.ledger_proposals.page(
                kinds, inside=actor.scope.inside, limit=min(limit, MOST_AT_ONCE), offset=offset
            )
            lines = unit.ledger.by_ids({p.entry_id for p in found if p.entry_id})
            rows = proposal_rows(found, lines)
        return ListPage(with_names(rows, UnitNames(self._engine)), total)

    def exits_to_approve(self, actor: Actor) -> int:
        """Count the lines that are to leave and that the actor has not approved yet."""
        require(actor, Action.APPROVE_LEDGER)
        query = LedgerQuery(statuses=(LedgerStatus.WATCHED,), limit=MOST_AT_ONCE)
        with self._workspace.store.begin() as unit:
            waiting, _ = unit.ledger.lists.page(query, inside=actor.scope.inside)
            actor_names = own_names(unit, actor)
        return sum(actor_names.isdisjoint(approvers) for approvers in waiting["approvers"])

    def accept(
        self, actor: Actor, proposal_ids: Sequence[int], *, note: str = ""
    ) -> list[ManyAnswer]:
        """Accept proposals, each for itself: lines come on or back, or their exit is asked for.

        Asking for an exit is the first of its two approvals where the actor may approve.

        Returns with the number of the line, or the proposal's where it was refused.
        """
        require(actor, Action.EDIT_LEDGER)
        with self._workspace.store.begin() as unit:
            found = [unit.ledger_proposals.get(number) for number in proposal_ids]
            places = self._sources.places({each.building_id for each in found if each})
        return self._each(
            actor, proposal_ids, lambda u, p: self._accept(u, actor, p, note=note, places=places)
        )

    def decline(self, actor: Actor, proposal_ids: Sequence[int], *, note: str) -> list[ManyAnswer]:
        """Decline proposals, each for itself; the same facts do not propose them again."""
        require(actor, Action.EDIT_LEDGER)
        return self._each(actor, proposal_ids, lambda u, p: self._decline(u, actor, p, note=note))

    def take_back(self, actor: Actor, proposal_ids: Sequence[int]) -> list[ManyAnswer]:
        """Have proposals that were declined stand open again, each for itself."""
        require(actor, Action.EDIT_LEDGER)
        return self._each(actor, proposal_ids, lambda u, p: self._take_back(u, actor, p))

    def _each(
        self, actor: Actor, ids: Sequence[int],
        decide: Callable[[UnitOfWork, LedgerProposal], str],
    ) -> list[ManyAnswer]:  # fmt: skip
        answers = []
        for number in dict.fromkeys(ids):
            try:
                with self._workspace.store.begin() as unit:
                    unit.ledger.hold_all()
                    line = decide(unit, self._find(unit, actor, number))
                    unit.commit()
            except GridwardenError as error:
                answers.append(ManyAnswer(str(number), error))
            else:
                answers.append(ManyAnswer(line))
        return answers

    def _find(self, unit: UnitOfWork, actor: Actor, proposal_id: int) -> LedgerProposal:
        found = unit.ledger_proposals.get(proposal_id)
        if found is None or not actor.scope.covers_row(found):
            raise UnknownLineError("ledger_proposal_unknown", seen=proposal_id)
        return found

    def _accept(
        self, unit: UnitOfWork, actor: Actor, proposal: LedgerProposal, *, note: str,
        places: Places,
    ) -> str:  # fmt: skip
        text = hide_numbers(note.strip())
        line = unit.ledger.of_subject(proposal.subject)
        if proposal.kind == ProposalKind.EXIT:
            state = self._ask_exit(unit, actor, line, proposal, text)
        elif line is None:
            _, _, address = places.get(proposal.building_id, ("", "", ""))
            state = self._enter(unit, actor, proposal, address=address, note=text)
        else:
            state = self._reopen(unit, actor, line, proposal, text)
        entered = unit.ledger.get(state.ledger_no)
        self._decide(unit, actor, proposal, ProposalState.ACCEPTED, note=text,
                     entry_id=None if entered is None else entered.id)  # fmt: skip
        self._record_in(unit, actor, Action.EDIT_LEDGER, line=state.ledger_no,
                        change=_ACTION[ProposalKind(proposal.kind)].value,
                        proposal=proposal.id)  # fmt: skip
        return state.ledger_no

    def _decline(
        self, unit: UnitOfWork, actor: Actor, proposal: LedgerProposal, *, note: str
    ) -> str:
        text = hide_numbers(note.strip())
        if not text:
            raise ActionError("fact_missing", action="decline", field="note")
        self._decide(unit, actor, proposal, ProposalState.DECLINED, note=text)
        self._record_in(unit, actor, Action.EDIT_LEDGER, change="decline_proposal",
                        proposal=proposal.id)  # fmt: skip
        return str(proposal.id)

    def _take_back(self, unit: UnitOfWork, actor: Actor, proposal: LedgerProposal) -> str:
        if proposal.state != ProposalState.DECLINED:
            raise ActionError("ledger_proposal_decided", seen=proposal.state)
        same = unit.ledger_proposals.of_state(ProposalState.OPEN)
        if any((p.kind, p.subject) == (proposal.kind, proposal.subject) for p in same):
            raise ActionError("ledger_proposal_decided", seen=ProposalState.OPEN)
        opened = {"state": str(ProposalState.OPEN), "decided_at": None, "decided_by": None}
        unit.ledger_proposals.change([{"id": proposal.id, "note": "", **opened}])
        self._record_in(unit, actor, Action.EDIT_LEDGER, change="open_proposal",
                        proposal=proposal.id)  # fmt: skip
        return str(proposal.id)

    def _decide(
        self, unit: UnitOfWork, actor: Actor, proposal: LedgerProposal, state: ProposalState, *,
        note: str, entry_id: int | None = None,
    ) -> None:  # fmt: skip
        now = self._local_now().replace(microsecond=0)
        if not unit.ledger_proposals.decide(
            proposal.id, str(state), by=actor.id, at=now, note=note, entry_id=entry_id
        ):
            raise ActionError("ledger_proposal_decided", seen=proposal.state)

    def _enter(
        self, unit: UnitOfWork, actor: Actor, proposal: LedgerProposal, *, address: str, note: str
    ) -> LedgerState:
        rules = self._log.rules(unit)[1]
        values = {
            "subject": proposal.subject, "kind": LedgerKind.BUILDING.value, "address": address,
            "building_id": proposal.building_id, "community": proposal.community,
            "grid": proposal.grid, "in_reason": proposal.reason, "tier": proposal.tier,
            "cadence": rules.cadences[proposal.tier], "rule_version": proposal.rule_version,
        }  # fmt: skip
        return self._log.enter(unit, values, by=actor.id, note=note)

    def _reopen(
        self, unit: UnitOfWork, actor: Actor, line: LedgerEntry, proposal: LedgerProposal, note: str
    ) -> LedgerState:
        if line.status not in {LedgerStatus.OUT, LedgerStatus.WITHDRAWN}:
            raise ActionError("ledger_listed_already", seen=line.ledger_no)
        change = reopened(
            LedgerState.of_row(line), reason=proposal.reason, tier=proposal.tier,
            rule_version=proposal.rule_version, by=self._log.by(unit, actor), note=note,
        )  # fmt: skip
        return self._log.append(unit, line, change, by=actor.id)

    def _ask_exit(
        self, unit: UnitOfWork, actor: Actor, line: LedgerEntry | None, proposal: LedgerProposal,
        note: str,
    ) -> LedgerState:  # fmt: skip
        if line is None:
            raise UnknownLineError("ledger_line_unknown", seen="")
        _, rules = self._log.rules(unit)
        reason = exit_reason(proposal.facts, rules)
        change = change_line(LedgerState.of_row(line), LedgerAction.ASK_EXIT,
                             {"out_reason": reason}, self._log.by(unit, actor), history=(),
                             note=note)  # fmt: skip
        return self._log.append(unit, line, change, by=actor.id)


_ACTION = {
    ProposalKind.ENTER: LedgerAction.ENTER,
    ProposalKind.REOPEN: LedgerAction.REOPEN,
    ProposalKind.EXIT: LedgerAction.ASK_EXIT,
}
