"""What a plan costs and what it is expected to bring, and what it leaves uncovered and why.

Who does not make plans is told what is walked and what is left, but no finds, chances or draws.
"""

from dataclasses import replace
from math import isnan

import streamlit as st

from dashboard.documents import plan_workbook
from dashboard.documents.columns import Column
from dashboard.i18n import Translator
from dashboard.ui import links, parts, pick, table
from dashboard.ui.frame import Page
from dashboard.ui.parts import Figure
from dashboard.views.plan.board import week
from governance.access.permissions import Action, may
from governance.patrols.routing.model.plan import Plan, PlanTotals
from governance.patrols.routing.model.vocabulary import PlanKind, UncoveredReason

_HOUR = 60
_LEAST_MORE = 0.05  # which one place would round to none
_PLANNERS_ONLY = ("rank", "tier", "due_on", "days_late", "find_chance")


def show(page: Page, plan: Plan) -> None:
    """Show the figures with their meaning, then what a planner should know."""
    say, totals = page.say, plan.totals
    plans = may(page.actor, Action.MAKE_PLAN)
    shown = _costs(totals, say=say)
    if plans:
        stops, *others = shown
        shown = [finds(totals, say=say), _with_chance(stops, totals, say=say), *others]
        if totals.one_more_range is not None:  # it was asked for
            shown.append(_one_more(totals.one_more_range, say=say))
    parts.show_figures(shown, key="plan")
    with st.container():  # so that what follows stays where it is when a note comes or goes
        _tell_notes(page, plan)
        if plans:
            _explain(totals, say=say)


def line(totals: PlanTotals, *, say: Translator) -> str:
    """Return in one line what a plan comes to, and whether a shift is over its time."""
    parts = [
        say("{count} stops", count=totals.stops),
        say("{count} shifts", count=totals.shifts),
        week.finds_text(totals.expected_finds, say=say),
        say("{km} km", km=f"{totals.distance_km:,.1f}"),
        say("{hours} hours", hours=f"{totals.minutes / _HOUR:,.1f}"),
        say("⚠ {count} shifts over time", count=totals.over_time) if totals.over_time else "",
    ]
    return " · ".join(part for part in parts if part)


def note_text(note: str, *, say: Translator) -> str:
    """Return the words of a note; a year or a number may stand at its end."""
    code, _, end = note.rpartition("_")
    if code and end.isdigit():
        return say.name("plan_note", code, year=end, count=end)
    return say.name("plan_note", note)


def floor_text(plan: Plan, *, say: Translator) -> str:
    """Say how many buildings are due, how many the plan visits, and how long all take; or "".

    The floor is that every building is visited at least once in so many days, by tier.
    """
    totals = plan.totals
    if totals.floor_due is None or totals.floor_kept is None:
        return ""
    counts = {"due": f"{totals.floor_due:,}", "kept": f"{totals.floor_kept:,}"}
    text = (
        say("Due for a visit: {due} buildings; this campaign visits {kept} of them.", **counts)
        if plan.kind == PlanKind.CAMPAIGN
        else say("Due for a visit: {due} buildings; this week visits {kept} of them.", **counts)
    )
    if totals.floor_kept >= totals.floor_due:
        return text
    return say("{sentence} {next}", sentence=text, next=pace_text(totals.floor_weeks, say=say))


def pace_text(weeks: int | None, *, say: Translator) -> str:
    """Say after how many weeks nothing is due any more, None for never, by the teams' stops."""
    if weeks is None:
        return say(
            "At this rate the teams alone never clear the backlog; wardens' visits come on top."
        )
    return say("At this pace the teams alone need {weeks} weeks.", weeks=weeks)


def show_uncovered(page: Page, plan: Plan) -> None:
    """List what should be on the plan and is not, the highest scores first."""
    say, rows = page.say, plan.uncovered
    page.subheader("Left uncovered ({count})", count=len(rows))
    if rows.empty:
        page.success("Everything that is due is on the plan.")
        return
    counts = rows["reason"].value_counts()
    names: dict[str, str] = {
        code: say("{name} ({more})", name=say.name("uncovered", code), more=f"{counts[code]:,}")
        for code in UncoveredReason
        if code in counts
    }
    reasons = pick.filters(say("Why"), names, key="uncovered_why")
    rows = rows[rows["reason"].isin(reasons)].sort_values("rank", kind="stable", ignore_index=True)
    names_of = page.office.responsibility.communities(page.actor)
    rows["community"] = [names_of.get(code, code) for code in rows["community_code"]]
    columns = tuple(
        Column("community") if each.name == "community_code" else each
        for each in plan_workbook.UNCOVERED
    )
    if not may(page.actor, Action.MAKE_PLAN):
        columns = tuple(column for column in columns if column.name not in _PLANNERS_ONLY)
    table.table(page, rows, columns, key="uncovered", export=say("Left uncovered"), height_px=320,
                pick=links.choose_building(rows, key="uncovered_chosen"))  # fmt: skip
    links.show_building(page, rows, key="uncovered_chosen")


def _tell_notes(page: Page, plan: Plan) -> None:
    say, totals = page.say, plan.totals
    if text := floor_text(plan, say=say):
        st.markdown(f"**{text}**")
    if totals.highest:
        text = say(
            "**Of the {count} highest scores, {kept} are on this plan**; why the others are not is "
            "listed under “Left uncovered”.",
            count=totals.highest, kept=totals.highest_kept,
        )  # fmt: skip
        st.markdown(text)
    if text := cost_text(totals, say=say):
        st.markdown(text)
    if totals.over_time:
        page.warning("Shifts over time: {count}. They are shown in red.", count=totals.over_time)
    if plan.notes:
        st.caption("\n".join(f"- {note_text(note, say=say)}" for note in plan.notes))


def cost_text(totals: PlanTotals, *, say: Translator) -> str:
    """Say what floor and company cost in finds, where it was worked out; or ""."""
    likely, expected = totals.likely_finds, totals.expected_finds
    if not likely or isnan(expected):
        return ""
    finds, planned = f"{likely:.1f}", f"{expected:.1f}"
    if expected >= likely or finds == planned:
        return say(
            "The coverage floor and company (so that no visit stands alone) cost this plan "
            "no finds: without them, too, {finds} would be expected.",
            finds=planned,
        )
    return say(
        "Without the coverage floor and without company the same teams would be expected to find "
        "{finds}; this plan {own}, which is {share} of it. The difference is what floor and "
        "company (so that no visit stands alone) cost.",
        finds=finds, own=planned, share=f"{expected / likely:.0%}",
    )  # fmt: skip


def _explain(totals: PlanTotals, *, say: Translator) -> None:
    """Say in plain words how far the figures carry, for whoever opens it."""
    texts = [
        say(
            "A find is a visit at which something is confirmed. How likely that is follows from "
            "what past visits found at such scores: it says how many to expect, not where."
        )
    ]
    if not isnan(totals.expected_low):
        texts.append(say("{low} to {high}: in {level} of weeks like this the number of finds lies "
                         "in between.", **_range(totals)))  # fmt: skip
    if totals.bound_gap is not None:
        texts.append(say("Searched for {seconds} s. Even the best order of visits could not be "
                         "worth more than {gap} above this one by the same rules.",
                         seconds=f"{totals.seconds:.0f}",
                         gap=f"{totals.bound_gap:.0%}"))  # fmt: skip
    with st.expander(say("How these figures come about")):
        for text in texts:
            st.markdown(text)


def _range(totals: PlanTotals) -> dict[str, str]:
    return {"low": f"{totals.expected_low:.0f}", "high": f"{totals.expected_high:.0f}",
            "level": f"{totals.level:.0%}"}  # fmt: skip


def finds(totals: PlanTotals, *, say: Translator) -> Figure:
    """Return how many finds are expected; its note says between which numbers they likely are."""
    known = not isnan(totals.expected_finds)
    note = (
        "—" if isnan(totals.expected_low) else say("{low} to {high} with {level}", **_range(totals))
    )
    meaning = say(
        "How many visits are expected to find something, by the scores of their "
        "buildings and the hours of the visits. A visit counts as a full one, to all flats, "
        "licences and firms of its building; who looks at some of them finds less. A lead, not "
        "a finding."
    )
    value = f"{totals.expected_finds:.1f}" if known else "—"
    return Figure(say("Expected finds"), value, note, meaning)


def _costs(totals: PlanTotals, *, say: Translator) -> list[Figure]:
    return [
        Figure(say("Stops"), f"{totals.stops:,}",
               say("at {count} buildings", count=totals.buildings),
               say("Visits of all shifts together.")),
        Figure(say("Walking (km)"), f"{totals.distance_km:,.1f}",
               say("{count} shifts", count=totals.shifts),
               say("From stop to stop, by walking distances where they were imported.")),
        Figure(say("Hours"), f"{totals.minutes / _HOUR:,.1f}",
               say("{count} minutes", count=totals.minutes),
               say("Of all shifts together, walking included.")),
        Figure(say("Left uncovered"), f"{totals.uncovered:,}", say("listed below"),
               say("Buildings that are due and do not fit in, each with why.")),
    ]  # fmt: skip


def _with_chance(stops: Figure, totals: PlanTotals, *, say: Translator) -> Figure:
    note = say("{random} random, {ordinary} companion stops", random=totals.random_stops,
               ordinary=totals.ordinary_stops)  # fmt: skip
    company = say("Company: ordinary visits nearby, so that a lone visit betrays nobody.")
    return replace(stops, note=note, meaning=f"{stops.meaning} {company}")


def _one_more(between: tuple[float, float], *, say: Translator) -> Figure:
    if between[0] < _LEAST_MORE:
        value = say("hardly more")
    else:
        value = say("{low} to {high} more", low=f"{between[0]:.1f}", high=f"{between[1]:.1f}")
    meaning = say(
        "What a further team on the same days would add. Routes are searched for, never all "
        "compared, so that two searches differ by about so much."
    )
    return Figure(say("One more team"), value, say("expected finds"), meaning)
