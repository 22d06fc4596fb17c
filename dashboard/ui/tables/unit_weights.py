"""What each factor weighs: policy's weight beside what the office's own past made of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.ui import frame

if TYPE_CHECKING:
    from dashboard.i18n import Words
    from governance.scores.scoring import ExplainedUnit

_LEARNT = "learnt"


def show(explanation: ExplainedUnit, *, say: Words, key: str) -> None:
    """Say where the weights come from, and show prior and posterior side by side."""
    st.caption(origin(explanation, say=say))
    if not explanation.weights:
        return
    with st.expander(say("Weights: policy's, and as learnt here")):
        st.dataframe(
            weights_table(explanation, say=say), hide_index=True, placeholder=frame.NOTHING,
            key=key,
            column_config={
                "factor": say("Factor"),
                "prior": st.column_config.NumberColumn(say("Policy"), format="%.2f"),
                "posterior": st.column_config.NumberColumn(say("In this score"), format="%.2f"),
                "change": st.column_config.NumberColumn(say("Difference"), format="%+.2f"),
            },
        )  # fmt: skip
        st.caption(say("A weight multiplies how much of a factor was seen; 0 counts nothing."))


def origin(explanation: ExplainedUnit, *, say: Words) -> str:
    """Say whether the weights are policy's or learnt, and from how much."""
    if explanation.weights_from == _LEARNT:
        return say("Weights learnt from the office's own past, {since} to {until}: {events} "
            "confirmed events.", since=_day(explanation.trained_from),
            until=_day(explanation.trained_until, before=1), events=explanation.events)  # fmt: skip
    return say("Not enough data to learn weights here ({events} confirmed events, {needed} are "
        "needed): policy's count.", events=explanation.events,
        needed=f"{explanation.events_needed:.0f}")  # fmt: skip


def weights_table(explanation: ExplainedUnit, *, say: Words) -> pd.DataFrame:
    """Lay weights out, those that moved most first: ``factor, prior, posterior, change``."""
    rows = [
        (say.name("factor", name), weight.prior, weight.posterior, weight.posterior - weight.prior)
        for name, weight in explanation.weights.items()
    ]
    rows.sort(key=lambda row: (-abs(row[3]), row[0]))
    return pd.DataFrame(rows, columns=["factor", "prior", "posterior", "change"])


def _day(moment: str | None, *, before: int = 0) -> str:
    """Write the day of a moment, or so many days before it: spans end before their end."""
    if moment is None:
        return "—"
    return f"{datetime.fromisoformat(moment) - timedelta(days=before):%Y-%m-%d}"
