"""What a plan costs and what it is expected to bring, and what it leaves uncovered and why."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import plan_books
from dashboard.components import responsibility_table
from governance.patrols.plans import WHY_UNCOVERED

if TYPE_CHECKING:
    from dashboard.components.frame import Page
    from dashboard.words import Words
    from governance.patrols.plans import Plan, PlanTotals

_HOUR = 60


def show(page: Page, plan: Plan) -> None:
    """Show six figures with their meaning, then what a planner should know."""
    say, totals = page.say, plan.totals
    with st.container(key="figures_plan"):
        columns = st.columns(6)
    for column, (name, value, told, explained) in zip(
        columns, _figures(totals, say=say), strict=True
    ):
        column.metric(name, value, help=explained)
        column.caption(told)
    with st.container():  # so that what follows stays where it is when a note comes or goes
        _tell_notes(plan, say=say)


def _tell_notes(plan: Plan, *, say: Words) -> None:
    totals = plan.totals
    if totals.bound > 0 and totals.objective > 0:
        st.caption(
            say("Reaches {share} of a bound that no plan can exceed; worked out in {seconds} s.",
                share=f"{min(1.0, totals.objective / totals.bound):.0%}",
                seconds=f"{totals.seconds:.0f}")
        )  # fmt: skip
    if totals.over_time:
        st.warning(say("Shifts over time: {count}. They are shown in red.", count=totals.over_time))
    for note in plan.notes:
        st.caption("• " + note_text(note, say=say))


def note_text(note: str, *, say: Words) -> str:
    """Return the words of a note; a year or a number may stand at its end."""
    code, _, end = note.rpartition("_")
    if code and end.isdigit():
        return say.name("plan_note", code).format(year=end, count=end)
    return say.name("plan_note", note)


def show_uncovered(page: Page, plan: Plan) -> None:
    """List what should be on the plan and is not, by reason."""
    say, rows = page.say, plan.uncovered
    st.subheader(say("Left uncovered ({count})", count=len(rows)))
    if rows.empty:
        st.success(say("Everything that is due is on the plan."))
        return
    kinds = [code for code in WHY_UNCOVERED if (rows["reason"] == code).any()]
    counts = rows["reason"].value_counts()
    some = st.pills(
        say("Why"), kinds, selection_mode="multi", key="uncovered_why",
        format_func=lambda code: f"{say.name('uncovered', code)} ({counts[code]})",
    )  # fmt: skip
    rows = rows[rows["reason"].isin(list(some) or kinds)].reset_index(drop=True)
    table = plan_books.uncovered_table(rows, say=say)
    responsibility_table.show(
        page, table, key="uncovered", title=say("Left uncovered"),
        formats={"find_chance": "percent"}, height_px=320,
    )  # fmt: skip


def _figures(totals: PlanTotals, *, say: Words) -> list[tuple[str, str, str, str]]:
    more = totals.one_more_finds
    return [
        (say("Expected finds"), f"{totals.expected_finds:.1f}",
         "—" if isnan(totals.expected_low) else say(
             "{low} to {high} with {level}", low=f"{totals.expected_low:.0f}",
             high=f"{totals.expected_high:.0f}", level=f"{totals.level:.0%}"),
         say("How many visits are expected to find something, by what past visits found at such "
             "scores. A lead, not a finding.")),
        (say("Stops"), f"{totals.stops:,}",
         say("{random} by chance, {ordinary} as company", random=totals.random_stops,
             ordinary=totals.ordinary_stops),
         say("Company: ordinary visits nearby, so that a lone visit betrays nobody.")),
        (say("On foot (km)"), f"{totals.distance_km:,.1f}",
         say("{count} shifts", count=totals.shifts),
         say("From stop to stop, by walking distances where they were imported.")),
        (say("Hours"), f"{totals.minutes / _HOUR:,.1f}",
         say("{count} minutes", count=f"{totals.minutes:,}"),
         say("Of all shifts together, walking included.")),
        (say("Left uncovered"), f"{totals.uncovered:,}",
         say("listed below"), say("Buildings that are due and do not fit in, each with why.")),
        (say("One more team"), "—" if more is None else f"{more:+.1f}",
         say("expected finds"), say("What a further team on the same days would add.")),
    ]  # fmt: skip
