"""A note where scores stand, when no visit has taught them or an earlier model made them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.i18n.score_words import snapshot_note
from dashboard.ui.frame import Page


def show(page: Page, snapshots: pd.DataFrame, snapshot_id: str) -> None:
    """Show what is to be known of a snapshot; nothing where visits have taught it.

    ``snapshots``: as `governance.scores.scoring.ScoringService.snapshots`.
    """
    row = snapshots.set_index("snapshot_id").loc[snapshot_id]
    if note := snapshot_note(model=str(row["model"]), state=str(row["state"]), say=page.say):
        st.info(note)
