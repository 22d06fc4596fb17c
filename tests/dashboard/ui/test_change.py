"""What is said of a change that was made with many."""

from dashboard.i18n import translator
from dashboard.ui.change import outcome_of_many
from governance.cases.rules.workflow.transitions import ActionError
from governance.cases.rules.workflow.views import ManyAnswer


def test_what_was_not_done_of_many_is_counted_and_the_first_reasons_are_told() -> None:
    error = ActionError("ledger_nothing_changed")
    answers = [ManyAnswer("A"), *(ManyAnswer(f"B{number}", error) for number in range(6))]
    say = translator("en")
    told = outcome_of_many(answers, "Accept", say=say).split("\n\n")
    assert told[0] == "Accept: 1 done. 6 stayed as they are:"
    assert [each[:2] for each in told[1:]] == ["B0", "B1", "B2", "B3", "B4", "…"]
    assert outcome_of_many(answers[:1], "Accept", say=say) == "Accept: 1 done."
