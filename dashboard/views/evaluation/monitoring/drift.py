"""Whether scores and features still look as when they were last judged good."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column
from dashboard.maps.layer_cache import forget_layers
from dashboard.ui import drift_warning, frame, table
from dashboard.ui.frame import Page
from governance.scores.evaluation_tables import minute_text
from governance.scores.monitoring import Drift
from risk.drift import STEADY


def show(page: Page) -> None:
    """Compare the newest snapshot with the pinned one, and let another be pinned."""
    say = page.say
    snapshots = page.office.scores.snapshots(page.actor)
    if snapshots.empty:
        st.info(say("Nothing was scored yet."))
        return
    drift = page.office.monitoring.drift(page.actor)
    if drift is None:
        st.info(
            say(
                "No reference is pinned. Pin a snapshot that you trust; later ones are "
                "compared with it."
            )
        )
    else:
        _show_comparison(page, drift)
    _offer_pin(page, snapshots)


def _show_comparison(page: Page, drift: Drift) -> None:
    say = page.say
    said = drift_warning.sentence(drift, say=say)
    if said:
        st.warning(said)
    elif drift.state == STEADY:
        st.success(say("Nothing has changed notably since the reference."))
    else:
        st.info(say("Not enough data to compare: too few buildings."))
    st.caption(
        say(
            "Newest scores ({now}) beside the reference ({before}), pinned {at}.",
            now=drift.as_of,
            before=drift.reference_as_of,
            at=minute_text(drift.pinned_at, page.office.clock),
        )
    )
    named = drift.columns.assign(
        column=[drift_warning.feature_name(str(name), say=say) for name in drift.columns["column"]]
    )
    columns = (
        Column("column", header=say("What")),
        Column("state", kind="drift", header=say("State")),
        Column("psi", header=say("Stability index (PSI)"), digits=3),
        Column("ks", header=say("Greatest gap (KS)"), digits=3),
        Column("reference_mean", header=say("Mean then"), digits=3),
        Column("mean", header=say("Mean now"), digits=3),
    )
    table.beside_chart(page, named, columns, key="drift", export=say("Change since the reference"))


def _offer_pin(page: Page, snapshots: pd.DataFrame) -> None:
    say = page.say
    days = dict(zip(snapshots["snapshot_id"].astype(str), snapshots["as_of"], strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            say("Snapshot"),
            list(days),
            format_func=lambda name: str(days[name]),
            key="drift_snapshot",
        )
        if st.button(say("Pin as the reference"), key="drift_pin"):
            with frame.telling_failures(say):
                page.office.monitoring.pin_reference(page.actor, str(chosen))
                forget_layers()
                st.rerun()
