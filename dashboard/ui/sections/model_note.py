"""A note where scores stand: what they are, or that an earlier model or policy alone made them."""

import pandas as pd
import streamlit as st

from dashboard.i18n.score_words import snapshot_note, what_scores_are
from dashboard.ui.frame import Page
from data.results.snapshot import FIND_RATE


def show(page: Page, snapshots: pd.DataFrame, snapshot_id: str) -> None:
    """Show what a snapshot's scores are, and what else is to be known of them.

    ``snapshots``: as `governance.scores.scoring.ScoringService.snapshots`.
    """
    say = page.say
    row = snapshots.set_index("snapshot_id").loc[snapshot_id]
    if row["model"] == FIND_RATE:
        st.caption(what_scores_are(say=say))
    if note := snapshot_note(model=str(row["model"]), state=str(row["state"]), say=say):
        st.info(note)
