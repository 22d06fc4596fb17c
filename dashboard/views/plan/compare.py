"""Two drafts beside each other, before one of them is published."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard.documents.columns import NEAR_DAY, Column
from dashboard.documents.html import render
from dashboard.i18n import Translator
from dashboard.ui import pick, table
from dashboard.ui.frame import Page
from dashboard.views.plan import plan_picker
from dashboard.views.plan.board import figures
from governance.patrols.results.drafts import ComparedDraft

_HOUR = 60
_BUILDINGS = (
    Column("tier", kind="tier"),
    Column("name"),
    Column("day", format=NEAR_DAY),
    Column("kind", source="building_kind", kind="building_kind"),
)


def show(page: Page, *, opened: Callable[[], None]) -> None:
    """Ask for two drafts and show their figures, and the buildings of one of them alone.

    ``opened``: called after one of them was chosen to go on with.
    """
    drafts = page.office.drafts.drafts(page.actor)
    if len(drafts) < 2:  # noqa: PLR2004 -- one is beside nothing
        page.info("Two drafts are compared here before one is published; drafts now: {count}. "
                  "Every plan made under “Make a plan” is a draft until it is published.",
                  count=len(drafts))  # fmt: skip
        return
    one, other = _choose(page, drafts)
    compared = page.office.drafts.compare(page.actor, one, other)
    rows = [[(name, False), *((text, False) for text in texts)]
            for name, *texts in _figures(compared, say=page.say)]  # fmt: skip
    heads = [page.say("What"), *(_head(page, n, each) for n, each in enumerate(compared, 1))]
    title = page.say("Two drafts beside each other")
    st.html(render("pages/table.html", title=title, heads=heads, rows=rows, named=True))
    for number, each in enumerate(compared, 1):
        _show_alone(page, number, each, opened=opened)


def _choose(page: Page, drafts: pd.DataFrame) -> tuple[str, str]:
    """Ask for two drafts: at first the last one and the last other one of its days."""
    rows = {str(row.plan_id): row for row in drafts.itertuples(index=False)}
    names = {plan_id: plan_picker.label(row, say=page.say) for plan_id, row in rows.items()}
    left, right = st.columns(2)
    one = pick.one(page.say("Draft {n}", n=1), names, key="compare_one", at=left)
    others = {plan_id: name for plan_id, name in names.items() if plan_id != one}
    span = rows[one].first, rows[one].last
    same = [place for place, plan_id in enumerate(others)
            if (rows[plan_id].first, rows[plan_id].last) == span]  # fmt: skip
    index = same[0] if same else 0
    other = pick.one(
        page.say("Draft {n}", n=2), others, key=f"compare_other_{one}", at=right, index=index
    )
    return one, other


def _head(page: Page, number: int, draft: ComparedDraft) -> str:
    at = "" if draft.plan.made_at is None else f"{draft.plan.made_at:%m-%d %H:%M}"
    return page.say("Draft {n} · {at}", n=number, at=at)


def _figures(
    compared: tuple[ComparedDraft, ComparedDraft], *, say: Translator
) -> list[tuple[str, ...]]:
    """Return name and value in each draft of every figure."""
    totals = [each.plan.totals for each in compared]
    finds = [figures.finds(each, say=say) for each in totals]
    named = (
        (say("Expected finds"), [f"{each.value} · {each.note}" for each in finds]),
        (say("Stops"), [f"{each.stops:,}" for each in totals]),
        (say("Buildings"), [f"{each.buildings:,}" for each in totals]),
        (say("Hours"), [f"{each.minutes / _HOUR:,.1f}" for each in totals]),
        (say("Walking (km)"), [f"{each.distance_km:,.1f}" for each in totals]),
        (say("Teams that go out"), [f"{each.teams:,}" for each in compared]),
        (say("Shifts over time"), [f"{each.over_time:,}" for each in totals]),
        (say("Red buildings visited"), [f"{each.red_served:,}" for each in compared]),
        (say("Red buildings left"), [f"{each.red_left:,}" for each in compared]),
        (say("Left uncovered"), [f"{each.uncovered:,}" for each in totals]),
    )
    return [(name, *values) for name, values in named]


def _show_alone(
    page: Page, number: int, draft: ComparedDraft, *, opened: Callable[[], None]
) -> None:
    """List the buildings that a draft alone visits, and let it be gone on with."""

    def go_on() -> None:
        plan_picker.choose(draft.plan.plan_id)
        opened()

    page.subheader("Only in draft {n} ({count})", n=number, count=len(draft.alone))
    if draft.alone.empty:
        page.caption("Every building of this draft is in the other one too.")
    else:
        table.of_buildings(page, draft.alone, _BUILDINGS, unit="building_id",
                           key=f"compare_alone_{number}", height_px=280)  # fmt: skip
    st.button(page.say("Go on with draft {n}", n=number), key=f"compare_go_{number}",
              on_click=go_on)  # fmt: skip
