"""Which plan is looked at: the newest, unless another is chosen."""

from datetime import date
from math import isnan
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.patrol import progress_text, short_span
from dashboard.ui.frame import Page
from governance.access.permissions import Action, may
from governance.patrols.results.campaigns import CampaignSummary
from governance.patrols.results.evaluation import PlanEvaluation
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.vocabulary import PlanState

_CHOSEN = "plan_chosen"
_MOST_LISTED = 40


def choose(plan_id: str) -> None:
    """Let a plan be the one that is shown."""
    if plan_id:
        st.session_state[_CHOSEN] = plan_id


def ask(
    page: Page, *, key: str, kind: str | None = None, begun_by: date | None = None
) -> Plan | None:
    """Ask which plan to look at and return it, or None where there is none.

    ``key``: identity of the widget.
    ``kind``: ``week`` or ``campaign``; None for both, and then the page says where there is none.
    ``begun_by``: show the newest plan that began by that day where none was chosen, if there is
    one.
    """
    say = page.say
    plans = page.office.plans.all(page.actor).head(_MOST_LISTED)
    if kind is not None:
        plans = plans[plans["kind"] == kind]
    if plans.empty:
        if kind is None:
            _say_none(page)
        return None
    names = {str(row.plan_id): label(row, say=say) for row in plans.itertuples(index=False)}
    wanted = str(st.session_state.get(_CHOSEN) or st.query_params.get("plan", ""))
    shown = wanted if wanted in names else _newest(_begun(plans, begun_by))
    st.session_state[key] = shown
    st.selectbox(
        say("Plan"), list(names), key=key, format_func=names.__getitem__,
        on_change=lambda: choose(str(st.session_state[key])),
    )  # fmt: skip
    return page.office.plans.get(page.actor, shown)


def tell_progress(page: Page, results: PlanEvaluation | CampaignSummary) -> bool:
    """Say how far a plan is that did not come to its end; return whether it has begun."""
    if text := progress_text(results, say=page.say):
        st.info(text)
    return results.until >= results.first


def _say_none(page: Page) -> None:
    if may(page.actor, Action.MAKE_PLAN):
        page.info("There is no plan yet. Make one under “Make a plan”.")
    else:
        page.info(
            "No plan is published for your area yet. Ask a planner to publish one; its stops are "
            "shown here then."
        )


def label(row: Any, *, say: Translator) -> str:  # noqa: ANN401 -- a row of itertuples
    """Return what a plan is called: its name or its days, and its state.

    One that holds of its days is known by them; of the others there may be several, which the time
    of their last change tells apart, and what they are expected to find compares.
    """
    days = short_span(row.first, row.last, say=say)
    state, finds = say.name("plan_state", str(row.state)), ""
    if row.state != PlanState.PUBLISHED:
        state = say("{state} of {at}", state=state, at=f"{row.made_at:%m-%d %H:%M}")
        if not isnan(row.expected_finds):
            finds = " · " + say("{finds} finds", finds=f"{row.expected_finds:.1f}")
    named = say(
        "{title} · {state} · {stops} stops",
        title=f"{row.title} · {days}" if row.title else days, state=state, stops=row.stops,
    )  # fmt: skip
    return named + finds


def _begun(plans: pd.DataFrame, day: date | None) -> pd.DataFrame:
    if day is None:
        return plans
    begun = plans[pd.to_datetime(plans["first"]) <= pd.Timestamp(day)]
    return plans if begun.empty else begun


def _newest(plans: pd.DataFrame) -> str:
    active = plans[plans["state"] != PlanState.CANCELLED]
    return str((plans if active.empty else active)["plan_id"].iloc[0])
