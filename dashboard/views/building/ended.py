"""From when a building no longer stands, and who may say it or take it back."""

import streamlit as st

from dashboard.i18n.markdown import plain
from dashboard.ui import change, pick
from dashboard.ui.frame import Page
from governance.access.permissions import Action, may
from governance.importing.building_ends import EndedBuilding


def show(page: Page, ended: EndedBuilding, *, heading: str) -> None:
    """Say from when it no longer stands, to its managers also why and who said it.

    ``heading``: what it is called, where no score says it below; else "".
    """
    if heading:
        st.header(plain(heading))
    say, day = page.say, f"{ended.ended_on:%Y-%m-%d}"
    texts = [
        f"**{say('Pulled down since {day}', day=day)}**",
        say("It is on no plan, no day's list and in no later score; what there is of it stays."),
    ]
    if ended.reason:
        texts.append(plain(say("{name}: {reason}", name=ended.by, reason=ended.reason)))
    st.warning("  \n".join(texts))


def offer(page: Page, unit: str, ended: EndedBuilding | None) -> None:
    """Let who may say so say that it no longer stands, or take it back."""
    if not (may(page.actor, Action.END_BUILDINGS) and page.actor.scope.street):
        return
    if ended is None:
        _ask(page, unit)
    elif ended.said_here:
        take_back(page, unit)
    else:
        page.caption("The imported table of buildings says so: correct it there.")


def take_back(page: Page, unit: str) -> None:
    """Offer to take back what was said of a building."""
    say = page.say
    change.confirm(
        page, say("It still stands"), key=f"building_stands_{unit}", yes=say("Take it back"),
        explained=say("From now on it is on plans and lists again, and in the next score."),
        change=lambda: page.office.building_ends.take_back(page.actor, [unit]),
        done=say("Taken back: the building stands."),
    )  # fmt: skip


def _ask(page: Page, unit: str) -> None:
    say = page.say
    with st.expander(say("Was it pulled down?")), st.form(f"building_end_{unit}", border=False):
        day = pick.day(say("First day without it"), page.office.clock.today(),
                       key=f"building_end_day_{unit}")  # fmt: skip
        why = st.text_input(say("Reason"), key=f"building_end_why_{unit}")
        change.tell_hiding(page)
        if st.form_submit_button(say("It no longer stands")) and day is not None:
            done = say("Noted. A newer score of today follows by itself.")
            change.make(
                page,
                lambda: page.office.building_ends.end(page.actor, [unit], ended_on=day, reason=why),
                done=change.with_hidden(done, why, say=say),
            )
