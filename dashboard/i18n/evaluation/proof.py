"""What a score's number is, what it is not, and what of it was proved on what: six sentences."""

from collections.abc import Iterator

from dashboard.i18n import Translator
from dashboard.i18n.evaluation.verdict import headline, standing
from dashboard.i18n.score_words import not_taught
from governance.scores.evaluation import Evaluation
from governance.scores.evaluation_tables import OURS, Case, judge_case, of_case, stored_cases
from risk.evaluation.targets.geography import BUILDING
from risk.evaluation.targets.questions import INSPECTED

POLICY = "policy"


def six_sentences(state: str, evaluation: Evaluation | None, *, say: Translator) -> Iterator[str]:
    """Say what the score is and how far the office's own evaluation proves it.

    ``state``: that of the snapshot, ``policy`` where no visit has taught it. ``evaluation``: the
    last one that was run here, None where none was.
    """
    yield say(
        "The score of a building says how many of 100 full visits to it, made now, would find "
        "something."
    )
    yield say("It is a reason to look, never a finding and never evidence.")
    yield (
        not_taught(say=say)
        if state == POLICY
        else say(
            "It is learnt from the office's own visits, given that they were made: where people "
            "go, and where people complain, decides nothing by itself."
        )
    )
    case = _judged_case(evaluation)
    if evaluation is None or case is None:
        yield say("Tested here: nothing yet; this office has not evaluated it.")
        yield say("It can be tested only on places that were visited.")
    else:
        yield _proved(evaluation, case, say=say)
        yield _on_what(evaluation, case, say=say)
    yield say(
        "It fails where few visits have a result, where teams write down differently what they "
        "see, and for a while after the way of visiting has changed."
    )


def _judged_case(evaluation: Evaluation | None) -> Case | None:
    """Return the first question about visited buildings whose answer judges the score."""
    for case in stored_cases(evaluation.summary) if evaluation else []:
        if (case.unit, case.among) == (BUILDING, INSPECTED):
            verdict = judge_case(evaluation.summary, case) if evaluation else None
            if verdict is not None and verdict.ours.mean is not None:
                return case
    return None


def _proved(evaluation: Evaluation, case: Case, *, say: Translator) -> str:
    verdict = judge_case(evaluation.summary, case)
    if verdict is None:
        return ""
    return say(
        "Tested here: {headline} {standing}",
        headline=headline(verdict, among=case.among, say=say),
        standing=standing(verdict, say=say),
    )


def _on_what(evaluation: Evaluation, case: Case, *, say: Translator) -> str:
    origins = sorted(str(run["origin"]) for run in of_case(evaluation.runs, case)[OURS])
    return say(
        "That is of {windows} windows, beginning {first} to {last}, and of places that were "
        "visited in them: where nobody went nothing is proved.",
        windows=len(origins),
        first=origins[0],
        last=origins[-1],
    )
