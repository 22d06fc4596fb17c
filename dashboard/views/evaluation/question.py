"""Which question an evaluation is to answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui import frame
from dashboard.ui.frame import Page
from governance.scores.evaluation import DEFAULT_HORIZON, Evaluation, EvaluationOptions
from governance.scores.evaluation_tables import Case, stored_cases


def choose(page: Page, evaluation: Evaluation | None, options: EvaluationOptions) -> Case | None:
    """Ask for what counts, what is ranked, among which and how far ahead.

    What was evaluated before is proposed, so that its answer is seen at once; among places that
    were visited comes before all places. None where there is nothing to ask about.
    """
    say = page.say
    cases = stored_cases(evaluation.summary) if evaluation else []
    if not cases and not (options.ready and options.events):
        return None
    event, unit, among, horizon = st.columns(4)
    with event:
        what = _pick(
            say("What counts as a find"),
            [c.event for c in cases],
            options.events,
            kind="event",
            say=say,
        )
    with unit:
        ranked = _pick(
            say("What is ranked"),
            [c.unit for c in cases],
            options.units,
            kind="level_unit",
            say=say,
        )
    answered = {c.among for c in cases if (c.event, c.unit) == (what, ranked)}
    with among:
        those = _pick(say("Among"), [], options.among, kind="among", say=say, answered=answered)
    likely = [c.horizon for c in cases if (c.event, c.unit, c.among) == (what, ranked, those)]
    likely = likely or [DEFAULT_HORIZON]
    with horizon:
        ahead = _pick(say("Looking ahead"), likely, options.horizons, kind="horizon", say=say)
    return Case(what, ranked, those, ahead)


def horizon_name(horizon: str, *, say: Translator) -> str:
    """Say how far a window looks ahead."""
    if horizon.endswith("mo"):
        return say("{count} months", count=horizon.removesuffix("mo"))
    return say("{count} days", count=horizon.removesuffix("d"))


def _pick(
    label: str,
    stored: Sequence[str],
    askable: Sequence[str],
    *,
    kind: str,
    say: Translator,
    answered: Collection[str] = (),
) -> str:
    """Let one be chosen; the first that has an answer is proposed, else the first."""
    known = list(dict.fromkeys([*stored, *askable]))
    proposed = next((at for at, code in enumerate(known) if code in answered), 0)
    return str(
        st.selectbox(
            label,
            known,
            index=proposed,
            key=frame.translated(f"evaluation_{kind}"),
            persist_state="session",
            format_func=lambda code: (
                horizon_name(code, say=say) if kind == "horizon" else say.name(kind, code)
            ),
        )
    )
