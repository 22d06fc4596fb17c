"""Personal data: what is held about a person, what was kept long enough, and erasing it."""

import streamlit as st

from dashboard.ui import change
from dashboard.ui.frame import Page
from governance.access.permissions import Action, may


def show(page: Page) -> None:
    """Answer a person who asks what is held, and erase, as far as somebody may."""
    say = page.say
    phone = st.text_input(say("Telephone number"), key="personal_phone", max_chars=40)
    if may(page.actor, Action.ANSWER_SUBJECTS):
        _report(page, phone)
    if may(page.actor, Action.ERASE_PERSONAL):
        _erase(page, phone)
        _retention(page)


def _report(page: Page, phone: str) -> None:
    say = page.say
    st.caption(
        say("Shows where something is held, never what. Each look-up is written down first.")
    )
    if st.button(say("What is held about this person?"), disabled=not phone, key="personal_ask"):
        held = page.office.personal_data.report(page.actor, phone)
        if held.empty:
            page.info("Nothing is held about this person.")
            return
        held["data"] = [say.name("personal_data", each) for each in held["data"]]
        held["held"] = [say.name("personal_held", each) for each in held["held"]]
        labels = {"data": say("Data"), "number": say("Number"), "held": say("Held as")}
        st.dataframe(held.rename(columns=labels), hide_index=True, width="stretch")


def _erase(page: Page, phone: str) -> None:
    say = page.say
    page.caption(
        "To erase somebody's name and number, give the number and why. What they reported stays."
    )
    reason = st.text_input(say("Why it is erased"), key="personal_reason", max_chars=200)
    if phone and reason:
        change.confirm(
            page, say("Erase names and numbers"),
            explained=say("Name and number are erased for good. What was reported stays."),
            yes=say("Erase"), key="personal_erase",
            change=lambda: page.office.personal_data.erase(page.actor, phone, reason=reason),
            done=say("Erased. The next backup holds them no more."),
        )  # fmt: skip


def _retention(page: Page) -> None:
    say, service = page.say, page.office.personal_data
    due = service.retention(page.actor)
    page.heading(say("Kept names and numbers"))
    shown = due.assign(
        data=[say.name("personal_data", each) for each in due["data"]],
        keep_days=[
            say("{days} days", days=days) if days else say.name("personal_kept", data)
            for data, days in zip(due["data"], due["keep_days"], strict=True)
        ],
    )
    labels = {"data": say("Data"), "keep_days": say("Kept for"), "held": say("Held"),
              "past": say("Kept long enough")}  # fmt: skip
    st.dataframe(shown.rename(columns=labels), hide_index=True, width="stretch")
    if due["past"].any():
        change.confirm(
            page, say("Erase what was kept long enough"),
            explained=say(
                "Names and numbers, rows of imports that were taken back and photos that nothing "
                "shows any more are erased for good. What was reported stays."
            ),
            yes=say("Erase"), key="personal_retention",
            change=lambda: service.apply_retention(page.actor),
            done=say("Erased. The next backup holds them no more."),
        )  # fmt: skip
