"""The six sentences about the score claim what the evaluation that was run says, and no more."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from fake_evaluation import ORIGINS, make_evaluation

from dashboard.i18n import Translator, translator
from dashboard.i18n.evaluation.proof import six_sentences
from dashboard.i18n.measures import measure_text
from governance.scores.evaluation import Evaluation
from governance.scores.evaluation_tables import judge_case, stored_cases

NOT_YET = {"zh": "尚未做过评估", "en": "has not evaluated it"}


@pytest.fixture(params=["zh", "en"])
def say(request: pytest.FixtureRequest) -> Translator:
    return translator(request.param)


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("state", ["learnt", "policy"])
def test_what_is_claimed_is_the_number_of_the_evaluation(
    say: Translator, seed: int, state: str
) -> None:
    evaluation = make_evaluation(seed=seed)
    told = [*six_sentences(state, evaluation, say=say)]
    assert len(told) == 6
    verdict = judge_case(evaluation.summary, stored_cases(evaluation.summary)[0])
    assert verdict is not None
    for figure in (verdict.ours, verdict.counted, verdict.chance):
        assert measure_text(verdict.measure, figure.mean) in told[3]
    assert str(len(ORIGINS)) in told[4]
    assert ORIGINS[0].isoformat() in told[4]
    assert ORIGINS[-1].isoformat() in told[4]


def test_a_better_method_is_named(say: Translator) -> None:
    told = [*six_sentences("learnt", make_evaluation(beaten=True), say=say)]
    assert say.name("method", "trees") in told[3]


def without_visited(evaluation: Evaluation) -> Evaluation:
    summary = [line for line in evaluation.summary if line["among"] != "inspected"]
    return replace(evaluation, summary=summary)


@pytest.mark.parametrize(
    "make",
    [
        lambda: None,
        lambda: replace(make_evaluation(), runs=[], summary=[]),
        lambda: make_evaluation(without="score"),
        lambda: without_visited(make_evaluation()),
    ],
)
def test_what_was_not_evaluated_is_not_claimed(
    say: Translator, make: Callable[[], Evaluation | None]
) -> None:
    told = [*six_sentences("learnt", make(), say=say)]
    assert len(told) == 6
    assert NOT_YET[say.language] in told[3]
    assert not any(character.isdigit() for character in told[3] + told[4])


def test_a_score_that_no_visit_taught_says_so(say: Translator) -> None:
    taught, policy = ([*six_sentences(state, None, say=say)][2] for state in ("learnt", "policy"))
    assert taught != policy
    assert say("No visit has taught this score yet: it is what policy believes. Its order is where "
               "to begin; its number has not been measured.") == policy  # fmt: skip
