"""Setting and ending a duty by hand, and taking a change back."""

from datetime import timedelta
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.staff import people_names
from dashboard.ui import change, pick
from dashboard.ui.frame import Page
from dashboard.ui.sections import chain_cards
from data.workspace.clock import Clock
from governance.responsibility.resolve import DUTIES

_MOST_CHANGES = 20


def show(page: Page, unit: str) -> None:
    """Offer to set one of a building's duties, or to end one that was set."""
    with st.expander(page.say("Set or end a duty")):
        left, right = st.columns(2, gap="medium")
        with left:
            _show_setting(page, unit)
        with right:
            _show_ending(page, unit)


def _show_setting(page: Page, unit: str) -> None:
    say = page.say
    staff = people_names(page.office.responsibility.staff(page.actor), say=say)
    duties = say.names("duty", [duty.value for duty in DUTIES])
    with st.form("duty_set", border=False):
        st.markdown(f"**{say('Set a duty')}**")
        duty = pick.one(say("Duty"), duties)
        person = pick.one_or_none(say("Person"), staff, none=say("choose"))
        org = st.text_input(say("Or an organisation")).strip()
        since = pick.day(say("Valid from"), page.office.clock.today())
        pledge = pick.day(say("Pledge signed on (owner, manager of the house)"), None)
        reason = st.text_input(say("Reason")).strip()
        if not st.form_submit_button(say("Set the duty"), type="primary"):
            return
    if not person and not org:
        page.warning("Choose a person or name an organisation.")
        return
    change.make(
        page,
        lambda: page.office.duties.set_duty(
            page.actor, target_kind="building", target_id=unit, duty=duty, person_id=person,
            org=org or None, valid_from=since or page.office.clock.today(), pledge_on=pledge,
            reason=reason,
        ),
        done=say("Set: {duty} is {who}.", duty=duties[duty], who=staff[person] if person else org),
    )  # fmt: skip


def _show_ending(page: Page, unit: str) -> None:
    say = page.say
    ending = {
        link.duty_id: f"{say.name('duty', link.duty)} · {chain_cards.holder(link, say=say)}"
        for link in page.office.responsibility.chain(page.actor, unit).links
        if link.duty_id is not None
    }
    st.markdown(f"**{say('End a duty')}**")
    if not ending:
        page.caption(
            "No duty of this building was set here: what comes from imported tables "
            "is corrected there, or overruled by setting a duty."
        )
        return
    with st.form("duty_end", border=False):
        duty_id = pick.one(say("Duty"), ending)
        last = pick.day(say("Last day"), page.office.clock.today())
        reason = st.text_input(say("Reason")).strip()
        if not st.form_submit_button(say("End the duty")) or last is None:
            return
    first_without = last + timedelta(days=1)
    change.make(
        page,
        lambda: page.office.duties.end(page.actor, duty_id, on=first_without, reason=reason),
        done=say("Ended: {duty}.", duty=ending[duty_id]),
    )


def show_changes(page: Page) -> None:
    """List the latest changes of duties; each that stands alone can be taken back."""
    say = page.say
    changes = page.office.duties.changes(page.actor)
    if changes.empty:
        return
    page.subheader("Latest changes")
    rows: list[Any] = list(changes.head(_MOST_CHANGES).itertuples(index=False))
    for row in rows:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_change_text(row, clock=page.office.clock, say=say), width="stretch")
            if row.undone:
                st.caption(say("undone"), width="content")
            elif pd.isna(row.proposal_id):  # an approved assignment is undone where it was approved
                undo = change.making(
                    page, partial(_undo, page, int(row.change_id)), done=say("Taken back.")
                )
                st.button(say("Take back"), key=f"change_{row.change_id}", on_click=undo)


def _undo(page: Page, change_id: int) -> None:
    page.office.duties.undo(page.actor, change_id)


def _change_text(row: Any, *, clock: Clock, say: Translator) -> str:  # noqa: ANN401 -- a row of itertuples
    text = say(
        "{at} · {kind} · {rows} buildings or places · {by}",
        at=f"{clock.to_local(row.at):%Y-%m-%d %H:%M}",
        kind=say.name("duty_change", str(row.kind)),
        rows=row.rows,
        by=row.by,
    )
    return f"{text} · {row.reason}" if row.reason else text
