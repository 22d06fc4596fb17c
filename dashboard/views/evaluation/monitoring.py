"""What else watches over the score: reporting by community, drift, and times of finds."""

from collections.abc import Iterator
from contextlib import suppress

import pandas as pd
import streamlit as st

from dashboard.charts import evaluation as charts_evaluation
from dashboard.documents.columns import Column
from dashboard.maps.layer_cache import cached, forget_answers
from dashboard.runtime import context
from dashboard.ui import change, chart, pick, table
from dashboard.ui.frame import Page
from dashboard.ui.sections.score import drift_warning
from geo.errors import GridwardenError
from governance.office import Office
from governance.scores.evaluation_tables import minute_text
from governance.scores.monitoring import Drift
from risk.models.time_factors import LEARNT
from risk.monitoring.drift import STEADY
from risk.monitoring.under_reporting import FAR_LESS, NOT_ENOUGH

_MOST_DRAWN = 25
REPORTING = (
    Column("community", header="Community"),
    Column("state", kind="reporting", header="State"),
    Column("events", header="Confirmed events"),
    Column("further_reports", header="Further reports"),
    Column("rate_raw", header="As counted", digits=2),
    Column("rate", header="Smoothed", digits=2),
    Column("low", header="From", digits=2),
    Column("high", header="To", digits=2),
    Column("similar_rate", header="Similar communities", digits=2),
    Column("ratio", header="Ratio to them", digits=2),
)
DRIFT = (
    Column("column", header="What"),
    Column("state", kind="drift", header="State"),
    Column("psi", header="Stability index (PSI)", digits=3),
    Column("ks", header="Greatest gap (KS)", digits=3),
    Column("reference_mean", header="Mean then", digits=3),
    Column("mean", header="Mean now", digits=3),
)
TIMES = (
    Column("time", kind="time", header="Time"),
    Column("count", header="Count", digits=2),
    Column("exposure", header="Visits or days", digits=2),
    Column("ratio", header="Factor", digits=2),
    Column("low", header="From", digits=2),
    Column("high", header="To", digits=2),
    Column("state", kind="time_state", header="State"),
)


def make_ahead(office: Office) -> Iterator[None]:
    """Work out what does not depend on who asks, for whoever acts."""
    with suppress(GridwardenError):  # nothing imported yet
        office.monitoring.reporting(context.actor())
        yield
        office.monitoring.time_factors(context.actor())
        yield


def show(page: Page) -> None:
    """Show one tab for each service."""
    say = page.say
    page.header(say("Watching over the score"))
    names = [say("Reporting by community"), say("Change since the reference"), say("Times")]
    for tab, part in zip(st.tabs(names), (_show_reporting, _show_drift, _show_times), strict=True):
        with tab, page.telling_failures():
            part(page)


def _show_reporting(page: Page) -> None:
    """Show each community's rate of reporting, those far below similar ones marked."""
    say = page.say
    page.caption(
        "How often a confirmed place is reported again, per 30 days. Silence is not "
        "the same as nothing to report: where few speak up, look without being "
        "told."
    )
    reporting = cached("reporting", lambda: page.office.monitoring.reporting(page.actor))
    known = reporting[reporting["state"] != NOT_ENOUGH]
    quiet = reporting[reporting["state"] == FAR_LESS]
    if known.empty:
        page.info("Not enough data: too few confirmed events with reports in any community.")
    elif quiet.empty:
        page.success("No community reports far less than similar ones.")
    else:
        names = page.say(", ").join(quiet["community"].astype(str))
        page.warning("Far less than similar communities: {names}.", names=names)
    if len(known):
        rows = _rates(known.head(_MOST_DRAWN), name="community", value="rate")
        drawn = charts_evaluation.intervals(rows, title=say("Reports per 30 days"), middle=None)
        chart.show(drawn, key="reporting_chart")
    if len(reporting):
        title = say("Reporting by community")
        table.below_chart(page, reporting, REPORTING, key="reporting", export=title)


def _rates(
    known: pd.DataFrame, *, name: str, value: str, sign: str = ""
) -> list[dict[str, object]]:
    """Return what `charts.evaluation.intervals` draws of rows with ``low`` and ``high``."""
    return [
        {
            "name": str(row[name]),
            "value": row[value],
            "low": row["low"],
            "high": row["high"],
            "text": f"{sign}{row[value]:.2f} [{row['low']:.2f}, {row['high']:.2f}]",
            "kind": "flagged" if row["state"] == FAR_LESS else "plain",
        }
        for row in known.to_dict("records")
    ]


def _show_drift(page: Page) -> None:
    """Compare the newest snapshot with the pinned one, and let another be pinned."""
    say = page.say
    snapshots = page.office.scores.snapshots(page.actor)
    if snapshots.empty:
        page.info("Nothing was scored yet.")
        return
    drift = page.office.monitoring.drift(page.actor)
    if drift is None:
        page.info(
            "No reference is pinned. Pin a snapshot that you trust; later ones are "
            "compared with it."
        )
    else:
        _show_comparison(page, drift)
    days = snapshots["as_of"].astype(str)
    names = dict(zip(snapshots["snapshot_id"].astype(str), days, strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = pick.one(say("Snapshot"), names, key="drift_snapshot")
        if st.button(say("Pin as the reference"), key="drift_pin"):
            change.make(page, lambda: _pin(page, chosen))


def _pin(page: Page, snapshot_id: str) -> None:
    page.office.monitoring.pin_reference(page.actor, snapshot_id)
    forget_answers()


def _show_comparison(page: Page, drift: Drift) -> None:
    say = page.say
    if text := drift_warning.sentence(drift, say=say):
        st.warning(text)
    elif drift.state == STEADY:
        page.success("Nothing has changed notably since the reference.")
    else:
        page.info("Not enough data to compare: too few buildings.")
    page.caption(
        "Newest scores ({now}) beside the reference ({before}), pinned {at}.",
        now=drift.as_of,
        before=drift.reference_as_of,
        at=minute_text(drift.pinned_at, page.office.clock),
    )
    names = [drift_warning.feature_name(str(name), say=say) for name in drift.columns["column"]]
    title = say("Change since the reference")
    table.below_chart(page, drift.columns.assign(column=names), DRIFT, key="drift", export=title)


def _show_times(page: Page) -> None:
    """Show the factors of finds and of complaints side by side."""
    say = page.say
    factors = cached("time_factors", lambda: page.office.monitoring.time_factors(page.actor))
    finds, complaints = st.columns(2, gap="medium")
    with finds:
        st.markdown(f"**{say('Finds per visit')}**")
        title = say("Times the usual finds per visit")
        _show_factors(page, factors.visits, key="time_finds", title=title)
    with complaints:
        st.markdown(f"**{say('Complaints per day')}**")
        title = say("Times the usual complaints per day")
        _show_factors(page, factors.complaints, key="time_complaints", title=title)
    if factors.unknown_years:
        years = page.say(", ").join(str(year) for year in factors.unknown_years)
        page.caption(
            "Holidays not announced yet, or not entered: {years}. Those days are left out.",
            years=years,
        )


def _show_factors(page: Page, factors: pd.DataFrame, *, key: str, title: str) -> None:
    """Show the factors that are known as a chart, all of them as a table."""
    factors = factors.assign(time=factors["kind"].astype(str) + "." + factors["level"].astype(str))
    known = factors[factors["state"] == LEARNT]
    if known.empty:
        page.info("Not enough data to tell times apart.")
    else:
        named = known.assign(name=[page.say.name("time", code) for code in known["time"]])
        rows = _rates(named, name="name", value="ratio", sign="×")
        chart.show(charts_evaluation.intervals(rows, title=title, middle=1.0), key=key)
    if not factors.empty:
        table.below_chart(page, factors, TIMES, key=key, export=title)
