"""Publishing a plan, after what matters was read, and taking it back."""

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.patrol import listed, shift_text, team_text
from dashboard.ui import change
from dashboard.ui.frame import Page
from dashboard.views.plan import plan_picker
from geo.addresses.lexicon import natural_key
from governance.patrols.routing.model.plan import Plan
from governance.patrols.routing.model.vocabulary import PlanKind, PlanNote, PlanState


def show(page: Page, plan: Plan) -> None:
    """Offer to publish a draft, and to cancel what is not cancelled."""
    say, plans = page.say, page.office.plans

    def cancelled(_plan: Plan) -> str:
        plan_picker.choose(plan.plan_id)  # or the page would go on to another one
        return say("Cancelled. No team sees it any more.")

    with st.container(horizontal=True, vertical_alignment="center", key="plan_state"):
        if plan.state == PlanState.DRAFT:
            _offer_publishing(page, plan)
        if plan.state != PlanState.CANCELLED:
            change.confirm(
                page,
                say("Cancel this plan"),
                explained=say("The teams no longer see it. It stays here to be read."),
                yes=say("Yes, cancel it"),
                key=f"plan_cancel_{plan.plan_id}",
                change=lambda: plans.cancel(page.actor, plan.plan_id, version=plan.version),
                done=cancelled,
            )


def _offer_publishing(page: Page, plan: Plan) -> None:
    say, plans = page.say, page.office.plans

    def done(published: Plan) -> str:
        text = say("Published. Each team sees its route now.")
        replaced = PlanNote.REPLACED_PLAN in published.notes
        return f"{text} {say.name('plan_note', PlanNote.REPLACED_PLAN)}" if replaced else text

    over = plan.totals.over_time > 0
    change.confirm(
        page,
        say("Publish"),
        explained=_what_matters(page, plan),
        yes=say("Publish although shifts are over time") if over else say("Yes, publish"),
        key="plan_publish",
        change=lambda: plans.publish(
            page.actor, plan.plan_id, version=plan.version, over_time=over
        ),
        done=done,
        kind="primary",
    )


def _what_matters(page: Page, plan: Plan) -> str:
    """Return, as a list, what a person should know before a plan is published."""
    say, totals = page.say, plan.totals
    lines = [
        say("{stops} stops in {shifts} shifts.", stops=totals.stops, shifts=totals.shifts),
        say("From then on each team sees its route under “My buildings”."),
    ]
    taken = page.office.plans.taken_shifts(page.actor, plan.plan_id)
    if over := _shifts(plan.shifts[plan.shifts["over_minutes"] > 0], say=say):
        lines.append(say("⚠ Over time: {shifts}.", shifts=over))
    if twice := _shifts(plan.shifts[plan.shifts["shift_id"].isin(taken)], say=say):
        lines.append(
            say("⚠ Sent elsewhere by another published plan at the same hours: {shifts}. "
                "The team would have both routes.", shifts=twice)
        )  # fmt: skip
    if ended := _ended(page, plan):
        lines.append(
            say("⚠ Pulled down by then: {buildings}. No team is sent there. "
                "Take the stops out, and the time is free for others.",
                buildings=listed(ended, say=say))
        )  # fmt: skip
    if alone := _teams_of_nobody(page, plan):
        lines.append(say("⚠ Nobody is in {teams}: no one would see the route.",
                         teams=listed(alone, say=say)))  # fmt: skip
    if plan.last < page.office.clock.today():
        lines.append(say("⚠ These days are over."))
    if free := totals.stops - len(plan.locked):
        lines.append(say("{count} stops are not locked: planning anew would move them.",
                         count=free))  # fmt: skip
    if _has_another(page, plan):
        lines.append(say("The plan published for this week until now is cancelled."))
    return "\n".join(f"- {line}" for line in lines)


def _shifts(rows: pd.DataFrame, *, say: Translator) -> str:
    return listed([shift_text(each, say=say) for each in rows.itertuples(index=False)], say=say)


def _ended(page: Page, plan: Plan) -> list[str]:
    """Name the buildings with a stop on a day on which they no longer stand."""
    ended = page.office.building_ends.days(page.actor, set(plan.stops["building_id"]))
    stops = plan.stops.merge(plan.shifts[["shift_id", "day"]], on="shift_id")
    late = pd.to_datetime(stops["building_id"].map(ended)) <= stops["day"]
    return sorted(set(stops.loc[late, "name"]), key=natural_key)


def _teams_of_nobody(page: Page, plan: Plan) -> list[str]:
    """Name the teams that go out and have no member now."""
    manned = {each.team_id for each in page.office.teams.all(page.actor) if each.members}
    going = set(plan.shifts.loc[plan.shifts["stops"] > 0, "team_id"]) - manned
    return [team_text(each.name, say=page.say) for each in plan.teams if each.team_id in going]


def _has_another(page: Page, plan: Plan) -> bool:
    every = page.office.plans.all(page.actor)
    same = (every["kind"] == PlanKind.WEEK) & (every["state"] == PlanState.PUBLISHED)
    overlap = (every["first"] <= plan.last) & (every["last"] >= plan.first)
    return plan.kind == PlanKind.WEEK and bool((same & overlap).any())
