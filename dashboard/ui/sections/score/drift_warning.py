"""A warning where scores stand, when they no longer look as when they were judged good."""

import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.patrol import listed
from dashboard.maps.layer_cache import cached
from dashboard.ui.frame import Page
from governance.access.permissions import Action, may
from governance.scores.monitoring import Drift
from risk.monitoring.drift import DRIFTED, WATCH


def show(page: Page) -> None:
    """Warn when the newest snapshot has drifted from the pinned one; else say nothing."""
    if not may(page.actor, Action.SEE_REASONS):
        return
    compared = page.office.monitoring.compared(page.actor)
    if compared is None:
        return
    drift = cached(("drift", compared), lambda: page.office.monitoring.drift(page.actor))
    if drift is not None and drift.state == DRIFTED:
        st.warning(sentence(drift, say=page.say))


def sentence(drift: Drift, *, say: Translator) -> str | None:
    """Say in a sentence that something has changed, if only the model; None where nothing has."""
    if drift.state not in {DRIFTED, WATCH}:
        return None if drift.same_model else _other_model(say)
    changed = drift.columns[drift.columns["state"] == drift.state]["column"]
    names = listed((feature_name(str(name), say=say) for name in changed.head(5)), say=say)
    if drift.state == DRIFTED:
        text = say("Scores or what they are made of have changed much since the reference: {names}."
                   " Find out why before relying on them.", names=names)  # fmt: skip
    else:
        text = say(
            "Some of what the score is made of has changed since the reference: {names}.",
            names=names,
        )
    if not drift.same_model:
        return text + " " + _other_model(say)
    return text if drift.same_config else text + " " + say("The policy was changed in between.")


def _other_model(say: Translator) -> str:
    return say(
        "The model of the score was changed in between; scores and points are not compared. Pin a "
        "newer reference."
    )


def feature_name(name: str, *, say: Translator) -> str:
    """Name a column of a snapshot: a feature, or the points of a factor."""
    if name.startswith("points_"):
        return say("points: {factor}", factor=say.name("factor", name.removeprefix("points_")))
    return say.name("feature", name)
