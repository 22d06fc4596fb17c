"""A note where scores stand: what they are, or that an earlier model or policy alone made them."""

import pandas as pd
import streamlit as st

from dashboard.i18n.evaluation.proof import six_sentences
from dashboard.i18n.score_words import snapshot_note, what_scores_are
from dashboard.maps.layer_cache import cached
from dashboard.ui.frame import Page
from data.results.snapshot import FIND_RATE
from governance.access.permissions import Action, may


def show(page: Page, snapshots: pd.DataFrame, snapshot_id: str) -> None:
    """Show what a snapshot's scores are, and what else is to be known of them.

    ``snapshots``: as `governance.scores.scoring.ScoringService.snapshots`.
    """
    say = page.say
    row = snapshots.set_index("snapshot_id").loc[snapshot_id]
    if row["model"] == FIND_RATE:
        st.caption(what_scores_are(say=say))
        if may(page.actor, Action.SEE_REASONS):
            _show_proof(page, str(row["state"]))
    if note := snapshot_note(model=str(row["model"]), state=str(row["state"]), say=say):
        st.info(note)


def _show_proof(page: Page, state: str) -> None:
    """Show what the number is and what the office's own evaluation proves of it."""
    kept = page.office.evaluation
    evaluation = cached(("evaluation", kept.version(page.actor)), lambda: kept.latest(page.actor))
    with st.expander(page.say("What this number is, and how far it is proved")):
        sentences = six_sentences(state, evaluation, say=page.say)
        st.markdown("\n".join(f"1. {sentence}" for sentence in sentences))
