"""Why an action that a stage allows cannot be taken now, whatever facts it is told."""

from collections.abc import Mapping
from typing import Any, Final

from data.contracts.case_vocabulary import CaseAction
from governance.cases.rules.circumstances import Circumstances
from governance.cases.rules.conditions import check
from governance.cases.rules.state import CaseState
from governance.cases.rules.workflow.transitions import ActionError

_EASIEST: Final[Mapping[CaseAction, dict[str, Any]]] = {
    CaseAction.RETURN: {},
    CaseAction.REFER: {},
    CaseAction.SERVE: {},
    CaseAction.CORRECT: {"decision_no": ""},
    CaseAction.REPLY: {},
    CaseAction.CLOSE: {},
    CaseAction.ASK_HOLD: {},
    CaseAction.HOLD: {},
    CaseAction.DECLINE_HOLD: {},
    CaseAction.EXTEND: {"days": 1},
}
"""Actions that depend on more than the stage, with the facts that ask for least."""


def not_now(state: CaseState, action: CaseAction, given: Circumstances) -> ActionError | None:
    """Return what speaks against an action whatever it is told, None where nothing does."""
    if action not in _EASIEST:
        return None
    try:
        check(state, action, dict(_EASIEST[action]), given)
    except ActionError as error:
        return error
    return None
