"""Setting and ending a duty by hand, and taking a change back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.staff import people_names
from dashboard.ui import chain_cards, frame
from dashboard.ui.frame import Page
from data.workspace.clock import Clock
from governance.access.permissions import Action, may
from governance.responsibility.resolve import DUTIES

_TOLD = "duty_told"
_MOST_CHANGES = 20


def show(page: Page, unit: str) -> None:
    """Offer to set one of a building's duties, or to end one that was set."""
    say = page.say
    if message := st.session_state.pop(_TOLD, None):
        st.success(message)
    with st.expander(say("Set or end a duty")):
        left, right = st.columns(2, gap="medium")
        with left:
            _show_setting(page, unit)
        with right:
            _show_ending(page, unit)


def _show_setting(page: Page, unit: str) -> None:
    say = page.say
    staff = page.office.responsibility.staff(page.actor)
    names = people_names(staff, say=say)
    with st.form("duty_set", border=False):
        st.markdown(f"**{say('Set a duty')}**")
        duty = st.selectbox(
            say("Duty"), [duty.value for duty in DUTIES], format_func=lambda d: say.name("duty", d)
        )
        person = st.selectbox(
            say("Person"), list(names), index=None, format_func=names.__getitem__,
            placeholder=say("choose"),
        )  # fmt: skip
        org = st.text_input(say("Or an organisation"))
        since = st.date_input(say("Valid from"), value="today", format="YYYY-MM-DD")
        pledge = st.date_input(
            say("Pledge signed on (owner, manager of the house)"), value=None, format="YYYY-MM-DD"
        )
        reason = st.text_input(say("Reason"))
        if not st.form_submit_button(say("Set the duty"), type="primary"):
            return
    if not person and not org.strip():
        st.warning(say("Choose a person or name an organisation."))
        return
    with frame.telling_failures(say):
        page.office.duties.set_duty(
            page.actor, target_kind="building", target_id=unit, duty=duty, person_id=person,
            org=org.strip() or None, valid_from=since, pledge_on=pledge, reason=reason.strip(),
        )  # fmt: skip
        who = names[person] if person else org
        _tell(say("Set: {duty} is {who}.", duty=say.name("duty", duty), who=who))


def _show_ending(page: Page, unit: str) -> None:
    say = page.say
    chain = page.office.responsibility.chain(page.actor, unit)
    holder = chain_cards.holder
    ending = {
        link.duty_id: f"{say.name('duty', link.duty)} · {holder(link, say=say)}"
        for link in chain.links
        if link.duty_id is not None
    }
    st.markdown(f"**{say('End a duty')}**")
    if not ending:
        st.caption(say("No duty of this building was set here: what comes from imported tables "
                       "is corrected there, or overruled by setting a duty."))  # fmt: skip
        return
    with st.form("duty_end", border=False):
        chosen = st.selectbox(say("Duty"), list(ending), format_func=ending.__getitem__)
        last = st.date_input(say("Last day"), value="today", format="YYYY-MM-DD")
        reason = st.text_input(say("Reason"))
        if not st.form_submit_button(say("End the duty")):
            return
    with frame.telling_failures(say):
        first_without = last + timedelta(days=1)
        page.office.duties.end(page.actor, chosen, on=first_without, reason=reason.strip())
        _tell(say("Ended: {duty}.", duty=ending[chosen]))


def show_changes(page: Page) -> None:
    """List the latest changes of duties, for who may make and take back any."""
    say = page.say
    if not may(page.actor, Action.EDIT_RESPONSIBILITY):
        return
    changes = page.office.duties.changes(page.actor)
    if changes.empty:
        return
    st.subheader(say("Latest changes"))
    for row in changes.head(_MOST_CHANGES).itertuples(index=False):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_change_text(row, clock=page.office.clock, say=say), width="stretch")
            if row.undone:
                st.caption(say("undone"), width="content")
            elif _is_single(row):
                st.button(
                    say("Take back"), key=f"change_{row.change_id}",
                    on_click=_take_back, args=(page, row.change_id),
                )  # fmt: skip


def _change_text(row: Any, *, clock: Clock, say: Translator) -> str:  # noqa: ANN401 -- a row of itertuples
    text = say(
        "{at} · {kind} · {rows} buildings or places · {by}",
        at=f"{clock.to_local(row.at):%Y-%m-%d %H:%M}",
        kind=say.name("duty_change", str(row.kind)), rows=row.rows, by=row.by,
    )  # fmt: skip
    return f"{text} · {row.reason}" if row.reason else text


def _is_single(row: Any) -> bool:  # noqa: ANN401 -- as above
    """Say whether a change stands alone; an approved assignment is undone where it was approved."""
    return row.proposal_id is None or row.proposal_id != row.proposal_id


def _take_back(page: Page, change_id: int) -> None:
    with frame.telling_failures(page.say):
        page.office.duties.undo(page.actor, int(change_id))
        st.session_state[_TOLD] = page.say("Taken back.")


def _tell(text: str) -> None:
    st.session_state[_TOLD] = text
    st.rerun()
