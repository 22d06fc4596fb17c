"""From when a building no longer stands, and who may say it or take it back."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from dashboard.i18n.markdown import plain
from dashboard.ui import change, pick
from dashboard.ui.frame import Page
from governance.access.permissions import Action, may
from governance.importing.building_ends import RegisteredBuilding

_CHANGED = "building_end_changed"
"""The building that was changed last, whether it stands since, and what is said of that."""


def show(page: Page, known: RegisteredBuilding, *, heading: str) -> None:
    """Say from when it no longer stands, if it does not, and whether a score has it.

    ``heading``: what it is called, where no score says it below; else "".
    """
    if heading:
        page.header(plain(heading))
    if known.ended_on is not None:
        _show_end(page, known, known.ended_on)
        if heading:
            page.caption("It is in no score of this day; an earlier day's score has it.")
    elif heading:
        page.caption("It is in no score of this day; the next score has it.")


def _show_end(page: Page, ended: RegisteredBuilding, ended_on: date) -> None:
    """Say from when it no longer stands, to its managers also why and who said it."""
    say, day = page.say, f"{ended_on:%Y-%m-%d}"
    texts = [
        f"**{say('Pulled down since {day}', day=day)}**",
        say("It is on no plan, no day's list and in no later score; what there is of it stays."),
    ]
    if ended.reason:
        texts.append(plain(say("{name}: {reason}", name=ended.by, reason=ended.reason)))
    st.warning("  \n".join(texts))


def offer(page: Page, unit: str, known: RegisteredBuilding | None) -> None:
    """Let who may say so say that it no longer stands, or take it back; say what was done."""
    if not (may(page.actor, Action.END_BUILDINGS) and page.actor.scope.street):
        return
    stands = known is None or known.ended_on is None
    changed, text = st.session_state.get(_CHANGED, ((), ""))
    if changed == (unit, stands):
        st.success(plain(text))
    if known is None or known.ended_on is None:
        _ask(page, unit)
    elif known.said_here:
        _take_back(page, unit)
    else:
        page.caption("The imported table of buildings says so: correct it there.")


def _take_back(page: Page, unit: str) -> None:
    say, ends = page.say, page.office.building_ends
    change.confirm(
        page, say("It still stands"), key=f"building_stands_{unit}", yes=say("Take it back"),
        explained=say("From now on it is on plans and lists again, and in the next score."),
        change=_noting(
            (unit, True), lambda: ends.take_back(page.actor, [unit]),
            say("Taken back: the building stands. It is on plans and lists again, and in the newer "
                "score that follows by itself. Was it pulled down after all? Say so below."),
        ),
    )  # fmt: skip


def _ask(page: Page, unit: str) -> None:
    say, ends = page.say, page.office.building_ends
    folded = st.container(key="building_end").expander(say("Was it pulled down?"))
    with folded, st.form(f"building_end_{unit}", border=False):
        day = pick.day(say("First day without it"), page.office.clock.today(),
                       key=f"building_end_day_{unit}")  # fmt: skip
        why = st.text_input(say("Reason"), key=f"building_end_why_{unit}")
        change.tell_hiding(page)
        if st.form_submit_button(say("It no longer stands")) and day is not None:
            text = say("Noted: pulled down since {day}. It is on no plan and no day's list any "
                       "more; a newer score of today follows by itself, without it. A mistake? "
                       "Take it back below.", day=day)  # fmt: skip
            change.make(
                page,
                _noting(
                    (unit, False), lambda: ends.end(page.actor, [unit], ended_on=day, reason=why),
                    change.with_hidden(text, why, say=say),
                ),
            )  # fmt: skip


def _noting(state: tuple[str, bool], make: Callable[[], None], text: str) -> Callable[[], None]:
    """Return what makes a change and has a sentence said of it where it was made.

    ``state``: the building, and whether it stands then.
    """

    def made() -> None:
        make()
        st.session_state[_CHANGED] = state, text

    return made
