"""List stored proposals with what became of them, without reading what they propose."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from data.store.repositories.responsibility.assignments import ProposalLine
from data.store.unit_of_work import UnitOfWork
from data.workspace.clock import Clock
from governance.access.permissions import Scope

LIST_COLUMNS = ("proposal_id", "made_at", "made_by", "valid_from", "stickiness", "moved",
                "max_over_mean", "state", "open_steps")  # fmt: skip
OPEN, PART, APPROVED, UNDONE = "open", "part", "approved", "undone"
_PART_COLUMNS = ("building_id", "grid_code", "community_code", "from_id", "to_id", "changed")


def list_proposals(unit: UnitOfWork, scope: Scope, clock: Clock) -> pd.DataFrame:
    """List the newest proposals, as far as they concern a scope: `LIST_COLUMNS`."""
    stored = unit.assignments.newest()
    if not scope.street or not stored:
        lines = [_line_of_part(unit, proposal, scope, clock) for proposal in stored]
        return pd.DataFrame([line for line in lines if line], columns=list(LIST_COLUMNS))
    approvals = unit.duties.approvals([proposal.id for proposal in stored])
    of_proposal = defaultdict(list)
    for row in approvals.to_dict("records"):
        of_proposal[row["proposal_id"]].append(row)
    lines = [_line_of_whole(proposal, of_proposal[proposal.id], clock) for proposal in stored]
    return pd.DataFrame(lines, columns=list(LIST_COLUMNS))


def _line_of_whole(
    proposal: ProposalLine, approvals: Sequence[Mapping[Hashable, Any]], clock: Clock
) -> tuple[Any, ...]:
    """Tell by how much each warden was to get, and how much of that was approved."""
    holding = {row["person_id"]: row["buildings"] for row in approvals if not row["undone"]}
    wanted = zip(proposal.wardens, proposal.moved_in, strict=True)
    missing = sum(moved > holding.get(warden, 0) for warden, moved in wanted)
    state = _state(approved=bool(holding), undone=bool(approvals), waiting=missing > 0)
    return (
        proposal.id, clock.to_local(proposal.made_at), proposal.made_by, proposal.valid_from,
        proposal.stickiness, proposal.moved, proposal.max_over_mean, state, missing,
    )  # fmt: skip


def _line_of_part(
    unit: UnitOfWork, proposal: ProposalLine, scope: Scope, clock: Clock
) -> tuple[Any, ...] | None:
    """Tell of the rows in the scope alone; None where there are none."""
    rows = scope.of_frame(unit.assignments.rows_of(proposal.id, _PART_COLUMNS))
    if rows.empty:
        return None
    changed = rows[rows["changed"].astype(bool) & rows["to_id"].ne("")]
    done = changed["building_id"].isin(unit.duties.approved_buildings(proposal.id))
    undone = len(unit.duties.changes(proposal_id=proposal.id)) > 0
    waiting = changed[~done]
    state = _state(approved=bool(done.any()), undone=undone, waiting=len(waiting) > 0)
    return (
        proposal.id, clock.to_local(proposal.made_at), proposal.made_by, proposal.valid_from,
        proposal.stickiness, int(changed["from_id"].ne("").sum()), np.nan, state,
        waiting["to_id"].nunique(),
    )  # fmt: skip


def _state(*, approved: bool, undone: bool, waiting: bool) -> str:
    if approved:
        return PART if waiting else APPROVED
    return UNDONE if undone else OPEN
