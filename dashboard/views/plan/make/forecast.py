"""What a campaign would come to, told before its plan is made, and what would fit instead."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import streamlit as st

from dashboard.i18n.patrol import day_text, listed
from dashboard.ui.frame import Page
from dashboard.ui.task_panel import answer_in_background
from dashboard.views.plan.board.figures import pace_text
from governance.patrols.routing.model.forecast import NarrowerPlan, PlanForecast
from governance.patrols.routing.model.plan import PlanOptions

_FULL_FLOOR = 80  # percent of the stops
_MOST_NAMED = 4
_LEAST_SHARE = 0.01


def show(page: Page, options: PlanOptions, *, fill: Callable[..., None]) -> None:
    """Say how much of what is due can be kept and what is expected to be found.

    ``options``: as they are chosen now.
    ``fill``: called with what of the form is to be filled in: ``floor_days``, ``last``, ``kinds``,
    ``communities``, ``floor_share``.
    """
    say = page.say
    found = _forecast(page, options)
    if found is None:
        return
    kept = say(
        "**{due} buildings are due; {shifts} shifts have time for about {stops} stops, which is "
        "enough for {kept} of them ({share}).**", due=found.due,
        shifts=found.shifts, stops=found.stops, kept=found.kept,
        share="<1%" if 0 < found.share < _LEAST_SHARE else f"{found.share:.0%}",
    )  # fmt: skip
    finds = say(
        "About {finds} finds are expected; the same teams on the same days would find about "
        "{usual} by ordinary weekly plans.",
        finds=f"{found.finds:.1f}", usual=f"{found.usual_finds:.1f}",
    )  # fmt: skip
    if found.kept >= found.due:
        st.success(f"{kept}  \n{finds}")
        return
    pace = pace_text(found.weeks, say=say)
    st.warning(f"{kept}  \n{pace}  \n{finds}")
    if found.narrower is not None:
        _offer(page, options, found, found.narrower, fill)


def _forecast(page: Page, options: PlanOptions) -> PlanForecast | None:
    """Return the forecast of these options; None while it is worked out, which is shown."""
    office, actor = page.office, page.actor
    return answer_in_background(
        page,
        ("forecast", id(office), actor, options.content()),
        lambda tell: office.plans.forecast(actor, options, progress=tell),
        text=page.say("Working out what these choices come to …"),
    )


def _offer(
    page: Page,
    options: PlanOptions,
    found: PlanForecast,
    narrower: NarrowerPlan,
    fill: Callable[..., None],
) -> None:
    """Offer what would fit, each by one press, and say how many teams all of it takes."""
    say = page.say
    communities = page.office.responsibility.communities(page.actor)
    offers: list[tuple[str, dict[str, Any]]] = []
    if days := narrower.period_days:
        label = say("At least once in {days} days", days=days)
        offers.append((label, {"floor_days": days}))
    if codes := narrower.communities:
        names = _first_names((communities.get(code, code) for code in codes), page)
        offers.append((say("Only {places}", places=names), {"communities": [*codes]}))
    if kinds := narrower.kinds:
        names = _first_names((say.name("building_kind", kind) for kind in kinds), page)
        offers.append((say("Only {places}", places=names), {"kinds": [*kinds]}))
    if narrower.pair is not None:
        code, kind = narrower.pair
        label = say("Only {kind} in {place}", kind=say.name("building_kind", kind),
                    place=communities.get(code, code))  # fmt: skip
        offers.append((label, {"communities": [code], "kinds": [kind]}))
    if narrower.weeks:
        last = options.first + timedelta(weeks=narrower.weeks, days=-1)
        offers.append((say("Until {day}", day=day_text(last, say=say)), {"last": last}))
    if offers:
        page.caption("What could be kept; one press fills it in:")
    with st.container(horizontal=True, key="campaign_offers"):
        for number, (label, changed) in enumerate(offers):
            st.button(label, key=f"campaign_offer_{number}", on_click=fill,
                      kwargs={"floor_share": _FULL_FLOOR, **changed})  # fmt: skip
    page.caption(
        "For all of it about {teams} such teams would be needed; {now} go out.",
        teams=narrower.teams, now=found.teams,
    )  # fmt: skip


def _first_names(names: Any, page: Page) -> str:  # noqa: ANN401 -- any texts
    every = list(names)
    text = listed(every[:_MOST_NAMED], say=page.say)
    return page.say("{places} and more", places=text) if len(every) > _MOST_NAMED else text
