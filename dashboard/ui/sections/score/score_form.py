"""The button that scores the workspace as of a day."""

import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.score_words import snapshot_note
from dashboard.maps.layer_cache import forget_layers
from dashboard.ui import change, pick
from dashboard.ui.frame import Page
from data.results.snapshot import FIND_RATE
from risk.scoring.run import ScoreResult


def show(page: Page) -> None:
    """Ask for a day and score what was known by its end."""
    say = page.say
    change.show_done()
    with st.form("score_now"):
        as_of = pick.day(
            say("As of"),
            page.office.clock.today(),
            explained=say("Only what was known by the end of this day is used."),
        )
        submitted = st.form_submit_button(say("Score now"), type="primary") and as_of is not None
    _offer_taking_back(page)
    if not submitted:
        return

    def score() -> ScoreResult:
        with st.spinner(say("Scoring …")):
            made = page.office.scores.run(page.actor, as_of=as_of)
        forget_layers()
        return made

    change.make(page, score, done=lambda made: _done(made, say=say))


def _offer_taking_back(page: Page) -> None:
    """Let a score that should not have been made be taken back."""
    say = page.say
    listed, ahead = page.office.scores.snapshots(page.actor), page.office.scores.ahead(page.actor)
    mark = say("made by a clock that was ahead")
    names = {each: f"{day} · {each} · {mark}" for each, day in ahead.items()}
    ids, days = listed["snapshot_id"].astype(str), listed["as_of"].astype(str)
    names |= {each: f"{day} · {each}" for each, day in zip(ids, days, strict=True)}
    if not names:
        return
    if ahead:
        page.warning(
            "{count} {count:score|scores} of days that have not come were made by a clock that was "
            "ahead. Nothing shows them; take them back below, or they count when their day comes.",
            count=len(ahead),
        )
    with st.expander(say("Take a score back")):
        chosen = pick.one(say("Score"), names, key="score_undo")

        def take_back() -> None:
            page.office.scores.take_back(page.actor, chosen)
            forget_layers()

        if st.button(say("Take back"), key="score_undo_go"):
            change.make(page, take_back)


def _done(made: ScoreResult, *, say: Translator) -> str:
    text = say(
        "Scored as of {day}: {buildings} buildings, {cells} cells.",
        day=made.as_of,
        buildings=made.buildings,
        cells=made.cells,
    )
    return text + " " + snapshot_note(model=FIND_RATE, state=made.state, say=say)
