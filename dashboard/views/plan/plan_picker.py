"""Which plan is looked at: the newest, unless another is chosen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.patrol import short_span
from dashboard.ui.frame import Page
from governance.patrols.routing.model.plan import Plan

_CHOSEN = "plan_chosen"
_MOST_LISTED = 40
CANCELLED = "cancelled"


def choose(plan_id: str) -> None:
    """Let a plan be the one that is shown."""
    if plan_id:
        st.session_state[_CHOSEN] = plan_id


def ask(
    page: Page, *, key: str, kind: str | None = None, begun_by: date | None = None
) -> Plan | None:  # fmt: skip
    """Ask which plan to look at and return it, or None where there is none.

    Parameters
    ----------
    page
        For whom.
    key
        Identity of the widget.
    kind
        ``week`` or ``campaign``; None for both.
    begun_by
        Show the newest plan that began by that day where none was chosen, if there is one.
    """
    say = page.say
    plans = page.office.plans.all(page.actor).head(_MOST_LISTED)
    if kind is not None:
        plans = plans[plans["kind"] == kind]
    if plans.empty:
        return None
    rows: dict[str, Any] = {str(row.plan_id): row for row in plans.itertuples(index=False)}
    wanted = str(st.session_state.get(_CHOSEN) or st.query_params.get("plan", ""))
    first = wanted if wanted in rows else _newest(_begun(plans, begun_by))
    st.session_state[key] = first
    st.selectbox(
        say("Plan"), list(rows), key=key, format_func=lambda each: label(rows[each], say=say),
        on_change=lambda: choose(str(st.session_state[key])),
    )  # fmt: skip
    return page.office.plans.get(page.actor, first)


def label(row: Any, *, say: Translator) -> str:  # noqa: ANN401 -- a row of itertuples
    """Return what a plan is called: its name or its days, and its state."""
    days = short_span(row.first, row.last, say=say)
    title = f"{row.title} · {days}" if row.title else days
    return say(
        "{title} · {state} · {stops} stops", title=title, stops=f"{row.stops:,}",
        state=say.name("plan_state", str(row.state)),
    )  # fmt: skip


def _begun(plans: pd.DataFrame, day: date | None) -> pd.DataFrame:
    if day is None:
        return plans
    begun = plans[[pd.Timestamp(first) <= pd.Timestamp(day) for first in plans["first"]]]
    return begun if len(begun) else plans


def _newest(plans: pd.DataFrame) -> str:
    held = plans[plans["state"] != CANCELLED]
    return str((held if len(held) else plans)["plan_id"].iloc[0])
