"""Which question an evaluation is to answer, and the button that has it answered."""

from collections.abc import Collection, Iterable
from functools import partial
from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.i18n import Translator
from dashboard.ui import frame, pick
from dashboard.ui.frame import Page
from dashboard.ui.task_panel import TaskPanel, TaskWording
from governance.scores.evaluation import DEFAULT_HORIZON, Evaluation, EvaluationOptions
from governance.scores.evaluation_tables import Case, minute_text, stored_cases


def choose(page: Page, evaluation: Evaluation | None, options: EvaluationOptions) -> Case | None:
    """Ask for what counts, what is ranked, among which and how far ahead.

    What was evaluated before is proposed, so that its answer is seen at once; among places that
    were visited comes before all places. None where there is nothing to ask about.
    """
    say = page.say
    cases = stored_cases(evaluation.summary) if evaluation else []
    if not cases and not (options.ready and options.events):
        return None
    first, second, third, fourth = st.columns(4)
    events = say.names("event", [*(case.event for case in cases), *options.events])
    event = _choose_part("event", say("What counts as a find"), events, at=first)
    units = say.names("level_unit", [*(case.unit for case in cases), *options.units])
    unit = _choose_part("level_unit", say("What is ranked"), units, at=second)
    cases = [case for case in cases if (case.event, case.unit) == (event, unit)]
    names, answered = say.names("among", options.among), {case.among for case in cases}
    among = _choose_part("among", say("Among"), names, at=third, answered=answered)
    stored = [case.horizon for case in cases if case.among == among] or [DEFAULT_HORIZON]
    horizons = _horizon_names([*stored, *options.horizons], say=say)
    return Case(
        event, unit, among, _choose_part("horizon", say("Looking ahead"), horizons, at=fourth)
    )


def _choose_part(
    part: str,
    label: str,
    names: dict[str, str],
    *,
    at: DeltaGenerator,
    answered: Collection[str] = (),
) -> str:
    """Let one be chosen; the first that has an answer is proposed, else the first."""
    proposed = next((number for number, code in enumerate(names) if code in answered), 0)
    key = frame.translated(f"evaluation_{part}")
    return pick.one(label, names, key=key, at=at, index=proposed, persist="session")


def _horizon_names(horizons: Iterable[str], *, say: Translator) -> dict[str, str]:
    """Say how far windows look ahead."""
    return {
        each: say("{count} months", count=each.removesuffix("mo"))
        if each.endswith("mo")
        else say("{count} days", count=each.removesuffix("d"))
        for each in horizons
    }


def offer_run(
    page: Page, evaluation: Evaluation | None, options: EvaluationOptions, case: Case | None
) -> None:
    """Offer to evaluate, show how far it is, or say what is missing."""
    say = page.say
    panel.show(page)
    if case is None or not options.ready:
        page.info(
            "Not enough data yet: an evaluation needs at least {needed} months of visits "
            "with results; there are {there}. Import inspections with their dates and results.",
            needed=options.months_needed,
            there=options.months_there,
        )
        return
    answered = evaluation is not None and case in stored_cases(evaluation.summary)
    with st.container(horizontal=True, vertical_alignment="center"):
        label = say("Evaluate again") if answered else say("Evaluate")
        kind: Literal["primary", "secondary"] = "secondary" if answered else "primary"
        if st.button(label, type=kind, key="evaluation_go", disabled=panel.busy):
            evaluate = partial(
                page.office.evaluation.evaluate, page.actor, event=case.event, unit=case.unit,
                among=case.among, horizon=case.horizon,
            )  # fmt: skip
            panel.start(page, lambda tell: evaluate(progress=tell))
        if evaluation is None:
            page.caption(
                "Not evaluated yet. It takes some minutes, during which you can go on working."
            )
        elif answered:
            page.caption(
                "Evaluated {at}.", at=minute_text(evaluation.evaluated_at, page.office.clock)
            )
        else:
            page.caption("This question was not evaluated yet. It takes some minutes.")


def _wording(say: Translator) -> TaskWording:
    return TaskWording(
        running=lambda stage: say(
            "Evaluating: {stage}. You can leave this page meanwhile.",
            stage=say.name("stage", stage),
        ),
        stop=say("Stop evaluating"),
        stopped=say("Stopped. What was evaluated before is still there."),
        done=lambda _evaluation: say("Evaluated. The result is stored."),
        refused=say("Another evaluation is running. Begin yours when it is done."),
    )


panel = TaskPanel("evaluation", wording=_wording)
