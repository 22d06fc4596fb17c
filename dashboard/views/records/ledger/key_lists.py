"""Key institutions and people: the lists, who is to be looked at when, and the occasions."""

from datetime import timedelta
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.documents.columns import DAY, Column
from dashboard.i18n.markdown import plain
from dashboard.ui import change, pick, table
from dashboard.ui.frame import Page
from data.contracts.ledger_vocabulary import KeyList
from governance.access.permissions import Action, may
from governance.records.ledger.key_lists import NewKeySubject
from governance.records.ledger.rules.occasions import Occasion, OccasionKind

_CHOSEN: Final = "key_chosen"
_ENDED: Final = "key_ended"
COLUMNS: Final = (
    Column("key_list", kind="key_list", header="List"),
    Column("name", header="Name"),
    Column("shown", header="Where"),
    Column("due_on", header="To be looked at from", format=DAY),
    Column("until", header="until", format=DAY),
    Column("occasion", kind="occasion", header="Occasion"),
    Column("last_on", header="Last visit", format=DAY),
    Column("community_name", header="Community"),
    Column("note", header="Note"),
    Column("added_on", header="Added on", format=DAY),
)
OCCASIONS: Final = (
    Column("kind", kind="occasion", header="Occasion"),
    Column("name", header="Called"),
    Column("first", header="First day", format=DAY),
    Column("last", header="Last day", format=DAY),
    Column("own", kind="occasion_own", header="From where"),
)


def show(page: Page) -> None:
    """Show the lists, what can be done with them, and the occasions."""
    say = page.say
    page.caption(
        "Each is looked at once in every occasion: enrolment, holidays, weeks before exams. The "
        "patrol plan takes these visits up as appointments. Pupils are never on a list."
    )
    lists = pick.filters(say("List"), say.names("key_list", KeyList), key="key_lists")
    rows = page.office.key_lists.subjects(page.actor, lists)
    edits = may(page.actor, Action.EDIT_LEDGER)
    if rows.empty:
        page.info("Nobody is on these lists.")
    else:
        _table(page, rows, edits=edits)
    if edits:
        _take_up_again(page)
        _add(page)
    _occasions(page)


def _table(page: Page, rows: pd.DataFrame, *, edits: bool) -> None:
    shown = rows.assign(shown=rows["place"].where(rows["place"] != "", rows["address"]))

    def choose(place: int) -> None:
        st.session_state[_CHOSEN] = int(rows["subject_id"].iloc[place])

    title = page.say("Key institutions and people") if _masked(page) else ""
    table.table(page, shown, COLUMNS, key="key_subjects", pick=choose if edits else None,
                export=title)  # fmt: skip
    chosen = rows[rows["subject_id"] == st.session_state.get(_CHOSEN)]
    if edits and len(chosen):
        _end(page, chosen.iloc[0])


def _masked(page: Page) -> bool:
    """Say whether names reach this person masked, so that the list may leave as it is shown."""
    return not (may(page.actor, Action.SEE_LINKS) or may(page.actor, Action.VERIFY_CASES))


def _end(page: Page, row: pd.Series) -> None:
    """Offer to take the chosen one off its list."""
    say, number = page.say, int(row["subject_id"])

    def end(subject_id: int, reason: str) -> None:
        page.office.key_lists.end(page.actor, subject_id, reason=reason)
        st.session_state[_ENDED] = (subject_id, row["name"])

    with st.form(f"key_end_{number}"):
        st.markdown(f"**{plain(row['name'])}** · {say.name('key_list', row['key_list'])}")
        why = st.text_input(say("Why it needs no follow-up any more"), key=f"key_why_{number}")
        change.tell_hiding(page)
        if st.form_submit_button(say("Take off the list"), key=f"key_off_{number}"):
            done = change.with_hidden(say("Taken off the list."), why, say=say)
            change.make(page, lambda: end(number, why), done=done)


def _take_up_again(page: Page) -> None:
    """Offer the last one who was taken off, while this person is signed in."""
    if (ended := st.session_state.get(_ENDED)) is None:
        return
    subject_id, name = ended

    def take_up() -> None:
        page.office.key_lists.take_up_again(page.actor, subject_id)
        del st.session_state[_ENDED]

    st.button(
        page.in_markdown("Undo: {name} is off the list", name=name), key="key_again",
        type="tertiary", on_click=change.making(page, take_up, done=page.say("Back on the list.")),
    )  # fmt: skip


def _add(page: Page) -> None:
    say = page.say
    with st.expander(say("Put somebody on a list")):
        place = pick.building(page, key="key_new")
        kind = pick.one(say("List"), say.names("key_list", KeyList), key="key_new_list")
        name = st.text_input(say("Name of the institution or person"), key="key_new_name")
        note = st.text_input(say("What is known, and from whom"), key="key_new_note")
        change.tell_hiding(page)

        def add() -> None:
            building = "" if place is None else str(place["unit"])
            new = NewKeySubject(key_list=kind, name=name, note=note, building_id=building)
            page.office.key_lists.add(page.actor, new)

        done = change.with_hidden(say("Put on the list."), name, note, say=say)
        if st.button(say("Put on the list"), key="key_new_add", type="primary"):
            change.make(page, add, done=done)


def _occasions(page: Page) -> None:
    """List the occasions; the office's own are edited by who edits the ledger of the street."""
    page.subheader("Occasions")
    occasions = page.office.key_lists.occasions(page.actor)
    if not occasions:
        page.info(
            "No occasion in the next 60 days. The calendar's terms, breaks and exams give them."
        )
    else:
        rows = pd.DataFrame(
            [[each.kind, each.name, each.first, each.last, "own" if each.own else "calendar"]
             for each in occasions],
            columns=["kind", "name", "first", "last", "own"],
        )  # fmt: skip
        table.table(page, rows, OCCASIONS, key="key_occasions", search=False)
    if may(page.actor, Action.EDIT_LEDGER) and page.actor.scope.street:
        _edit_own(page, [each for each in occasions if each.own])


def _edit_own(page: Page, occasions: list[Occasion]) -> None:
    say, today = page.say, page.office.clock.today()
    with st.expander(say("Add an occasion of the office's own")):
        kind = pick.one(say("Occasion"), say.names("occasion", OccasionKind), key="occasion_kind")
        name = st.text_input(say("Called"), key="occasion_name")
        left, right = st.columns(2)
        first = pick.day(say("First day"), today, key="occasion_first", at=left)
        last = pick.day(say("Last day"), today + timedelta(days=14), key="occasion_last", at=right)

        def add() -> Any:  # noqa: ANN401 -- as the service
            new = Occasion(first=first or today, last=last or today, kind=kind, name=name.strip(),
                           own=True)  # fmt: skip
            return page.office.key_lists.set_occasions(page.actor, [*occasions, new])

        if st.button(say("Add"), key="occasion_add", type="primary"):
            change.make(page, add, done=say("Added."))
    for place, each in enumerate(occasions):
        others = [other for other in occasions if other != each]
        change.removable(
            page, f"{each.name or say.name('occasion', each.kind)} · {each.first} – {each.last}",
            key=f"occasion_off_{place}",
            remove=lambda others=others: page.office.key_lists.set_occasions(page.actor, others),  # type: ignore[misc]
        )  # fmt: skip
