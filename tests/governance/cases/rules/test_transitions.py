"""What the actions of a case ask for."""

import pytest
from refusals import refused_as

from data.contracts.case_vocabulary import CaseAction, Outcome, Stage
from governance.cases.rules.transitions import WORKFLOW
from governance.cases.rules.workflow.facts import read_facts

DECIDE = WORKFLOW.require(Stage.REFERRED, CaseAction.DECIDE)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_what_was_decided_has_a_number_unless_nothing_was_decided_here(outcome: Outcome) -> None:
    facts = {"outcome": outcome, "decided_on": "2026-11-24"}
    if outcome in {Outcome.ELSEWHERE, Outcome.OTHER}:
        assert "decision_no" not in read_facts(DECIDE, facts)
    else:
        with refused_as("fact_missing"):
            read_facts(DECIDE, facts)
    assert read_facts(DECIDE, {**facts, "decision_no": "第9号"})["decision_no"] == "第9号"
