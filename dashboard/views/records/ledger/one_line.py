"""One line of the ledger: what it is, its visits, what can be done now and what was done."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard.documents.html import render
from dashboard.i18n.patrol import listed
from dashboard.ui import change, links, pick
from dashboard.ui.frame import Page
from dashboard.ui.sections import timeline
from data.contracts.ledger_vocabulary import (
    InReason,
    LedgerAction,
    LedgerCadence,
    LedgerTier,
)
from governance.access.permissions import Action, may
from governance.records.ledger.rules.changes import BY_DUTY
from governance.records.ledger.rules.transitions import TYPED, LedgerTransition
from governance.records.ledger.views import LineView

_WORDS: Final = {"tier": ("tier", LedgerTier), "cadence": ("ledger_cadence", LedgerCadence),
                 "in_reason": ("ledger_reason", InReason)}  # fmt: skip
_SHOWN: Final = ("in_reason", "tier", "cadence", "owner_id", "out_reason", "hold_reason")
_FIRST: Final = (LedgerAction.APPROVE_EXIT, LedgerAction.RESUME, LedgerAction.REOPEN)
"""Steps that stand out where they can be taken."""


def show(page: Page, ledger_no: str) -> None:
    """Draw a line, or say why it cannot be seen."""
    st.button(page.say("Back to the list"), key="ledger_back", on_click=links.open_here,
              args=("line", None), shortcut="B")  # fmt: skip
    with page.telling_failures():
        view = page.office.ledger.line(page.actor, ledger_no)
        people = _people(page)
        with st.container(border=True, key="ledger_card"):
            _head(page, view, people)
            _ways(page, view, people)
        page.subheader("History")
        timeline.show(
            page, view.history, "ledger", stage="status", people=people,
            note=lambda _, note: page.say.name("ledger_cause", note),
            facts=partial(_facts, page, people),
        )  # fmt: skip


def _people(page: Page) -> dict[str, str]:
    if not may(page.actor, Action.SEE_CASES):
        return {page.actor.id: page.actor.name}
    return dict(page.office.case_inbox.people(page.actor))


def _head(page: Page, view: LineView, people: Mapping[str, str]) -> None:
    say, known = page.say, view.facts
    today = page.office.clock.today()
    late = known["next_on"] is not None and known["next_on"] < today
    ended = page.office.building_ends.days(page.actor, {known["building_id"]} - {"", None})
    facts = [
        (say("About"), say.name("ledger_kind", known["kind"])),
        (say("Address"), known["address"]),
        *((say("Building"), say("Pulled down since {day}", day=day)) for day in ended.values()),
        (say("On since"), f"{known['in_on']}"),
        (say("Days on the ledger"), f"{known['days_on']}"),
        (say("Reason"), say.name("ledger_reason", known["in_reason"])),
        (say("Tier"), say.name("tier", known["tier"])),
        (say("Visited"), say.name("ledger_cadence", known["cadence"])),
        (say("Who answers"), _owner(page, known, people)),
        (say("Last visit"), f"{known['last_on'] or '–'}"),
        (say("Visited next"), f"{known['next_on'] or '–'}"),
        *_left(page, known, people),
        *_progress(page, known["ledger_no"]),
    ]  # fmt: skip
    st.html(
        render(
            "cases/head.html", case_no=known["ledger_no"], title=known["name"] or known["address"],
            stage=say.name("ledger_status", known["status"]), tone="red" if late else "",
            card=say("visit overdue") if late else "", facts=[each for each in facts if each[1]],
        )
    )  # fmt: skip


def _owner(page: Page, known: Mapping[str, Any], people: Mapping[str, str]) -> str:
    """Say who answers for a line, and where by a duty for the building."""
    owner = str(known["owner_id"] or "")
    if not owner:
        return page.say("not assigned")
    name = people.get(owner, owner)
    return (
        page.say("{name} (by the duty for the building)", name=name) if known["by_duty"] else name
    )


def _left(page: Page, known: Mapping[str, Any], people: Mapping[str, str]) -> list[tuple[str, str]]:
    """Tell of the exit and the hold, where there is one."""
    say = page.say
    approvers = listed((people.get(each, each) for each in known["approvers"]), say=say)
    pairs = [
        (say("Why it leaves"), known["out_reason"] or ""),
        (say("Approved by"), approvers),
        (say("Off since"), f"{known['out_on'] or ''}"),
        (say("Why it is on hold"), known["hold_reason"] or ""),
        (say("Came back"), say("{count} {count:time|times}", count=known["reopened"])
         if known["reopened"] else ""),
    ]  # fmt: skip
    return [each for each in pairs if each[1]]


def _progress(page: Page, ledger_no: str) -> list[tuple[str, str]]:
    done = page.office.ledger.progress(page.actor, ledger_no)
    if done is None:
        return []
    rules = page.office.ledger_rules.current(page.actor)
    text = page.say(
        "{visits} of {need} clean visits, by {people} of {needed} people, over {days} of {long} "
        "days",
        visits=done.visits, need=rules.clean_visits, people=done.people,
        needed=rules.clean_people, days=done.days, long=rules.clean_days,
    )  # fmt: skip
    return [(page.say("On its way out"), text)]


def _ways(page: Page, view: LineView, people: Mapping[str, str]) -> None:
    if not view.ways:
        page.caption("Nothing on this line waits for you.")
        return
    order = sorted(view.ways, key=lambda way: way.action not in _FIRST)
    with st.container(horizontal=True, gap="small", key="ledger_ways"):
        for way in order:
            _offer(page, view.facts, way, people)


def offer_way(page: Page, row: Mapping[Any, Any]) -> None:
    """Offer to approve or decline the exit of a line of the list, and to open it."""
    wanted = (LedgerAction.APPROVE_EXIT, LedgerAction.DECLINE_EXIT)
    with st.container(horizontal=True, gap="small"):
        for way in page.office.ledger.ways(page.actor, str(row["status"])):
            if way.action in wanted:
                _offer(page, row, way, {})
        line = f"?line={row['ledger_no']}&part=lines&lang={page.say.language}"
        st.link_button(page.say("Open the line"), line)


def _offer(
    page: Page, known: Mapping[str, Any], way: LedgerTransition, people: Mapping[str, str]
) -> None:
    """Draw a step as a button that unfolds what it asks for."""
    say, key = page.say, f"ledger_way_{known['ledger_no']}_{way.action}"
    label = say.name("ledger_action", way.action)
    first = way.action in _FIRST
    with st.popover(label, type="primary" if first else "secondary", key=f"{key}_open"):
        if say.knows("ledger_step", way.action):
            st.caption(say.name("ledger_step", way.action))
        with st.form(key, border=False, enter_to_submit=False):
            values = {
                each.name: _ask(page, known, each.name, people, key=f"{key}_{each.name}")
                for each in way.asks
            }
            if TYPED & values.keys():
                change.tell_hiding(page)
            if st.form_submit_button(label, type="primary", key=f"{key}_send"):
                _send(page, known, way, values)


def _ask(
    page: Page, known: Mapping[str, Any], name: str, people: Mapping[str, str], *, key: str
) -> str:
    say = page.say
    label = say.name("ledger_fact", name)
    if name in _WORDS:
        kind, words = _WORDS[name]
        names = say.names(kind, words)
        begun = str(known.get(name, ""))
        index = list(names).index(begun) if begun in names else 0
        return str(pick.one(label, names, key=key, index=index))
    if name == "owner_id":
        choices = {BY_DUTY: say("whoever has the duty for the building"), **people}
        return pick.one_or_none(label, choices, none=say("as it is"), key=key) or ""
    return st.text_input(label, key=key).strip()


def _send(
    page: Page, known: Mapping[str, Any], way: LedgerTransition, values: Mapping[str, str]
) -> None:
    number, version = str(known["ledger_no"]), int(known["version"])
    required = {each.name for each in way.asks if each.required}
    changed = {name: value for name, value in values.items() if name in required
               or (value and value != (known.get(name) or ""))}  # fmt: skip
    if way.action == LedgerAction.NOTE:
        note, facts = changed.pop("note", ""), {}
    else:
        note, facts = "", changed

    def act() -> None:
        page.office.ledger.act(page.actor, number, way.action, facts, note=note, version=version)

    done = page.say("{line}: {action} – saved.", line=number,
                    action=page.say.name("ledger_action", way.action))  # fmt: skip
    typed = [str(value) for name, value in values.items() if name in TYPED]
    change.make(page, act, done=change.with_hidden(done, *typed, say=page.say))


def _facts(
    page: Page, facts: Mapping[str, Any], people: Mapping[str, str]
) -> list[tuple[str, str]]:
    names = [name for name in _SHOWN if facts.get(name)]
    name_of = partial(page.say.name, "ledger_fact")
    return [(name_of(name), _value(page, name, facts[name], people)) for name in names]


def _value(page: Page, name: str, value: Any, people: Mapping[str, str]) -> str:  # noqa: ANN401 -- of any kind
    if name == "owner_id":
        return people.get(str(value), str(value))
    return page.say.name(_WORDS[name][0], str(value)) if name in _WORDS else str(value)
