"""A warning where scores stand, when they no longer look as when they were judged good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.maps.layer_cache import cached
from dashboard.views.evaluation.monitoring import drift as monitoring_drift
from governance.access.permissions import Action, may
from risk.drift import DRIFTED

if TYPE_CHECKING:
    from dashboard.ui.frame import Page


def show(page: Page) -> None:
    """Warn when the newest snapshot has drifted from the pinned one; else say nothing."""
    if not may(page.actor, Action.SEE_REASONS):
        return
    drift = cached("drift", lambda: page.office.monitoring.drift(page.actor))
    if drift is not None and drift.state == DRIFTED:
        st.warning(monitoring_drift.warning(drift, say=page.say))
