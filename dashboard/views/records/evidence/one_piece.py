"""One piece: its picture to read, what is known, its custody, and what can be done with it."""

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from dashboard.documents.html import render
from dashboard.i18n.patrol import listed
from dashboard.server.evidence.routes import ORIGINAL, picture_url
from dashboard.ui import browser_component, change, links
from dashboard.ui.frame import Page
from dashboard.views.records.evidence import packs, steps
from data.privacy.blurred_pictures import Rectangle
from governance.access.permissions import Action, may
from governance.records.evidence.views import PieceView

_component = browser_component.declare("evidence_marking", slot="gw-marking-slot")
_KEY: Final = "evidence_marking"


def show(page: Page, number: str) -> None:
    """Draw a piece, or say why it cannot be seen."""
    st.button(page.say("Back to the list"), key="evidence_back", on_click=links.open_here,
              args=("material", None))  # fmt: skip
    change.show_done()
    with page.telling_failures():
        view = page.office.evidence.piece(page.actor, number)
        people = page.office.evidence.people(page.actor)
        left, right = st.columns([6, 5], gap="medium")
        with left:
            _picture(page, view)
            _original(page, view)
        with right:
            _facts(page, view, people)
            steps.show(page, view, people=people)
            if may(page.actor, Action.EXPORT_EVIDENCE):
                packs.offer(page, [number], key="evidence_one_pack")
        page.subheader("Custody")
        _custody(page, view, people)


def _picture(page: Page, view: PieceView) -> None:
    say, facts = page.say, view.facts
    if not view.readable:
        page.info("There is no picture to read of this file. Save it to look at it.")
        return
    if facts["has_minor"] and not facts["blurred"]:
        page.warning(
            "Minors are in it: all is blurred until an officer marks what must stay hidden."
        )
    number = str(facts["evidence_no"])
    adds = may(page.actor, Action.ADD_EVIDENCE)
    marks = adds and (not facts["has_minor"] or may(page.actor, Action.TAKE_OVER_EVIDENCE))
    hidden = facts["has_minor"] or facts["blurred"]
    clear = bool(marks and hidden and st.checkbox(
        say("Show it clear, to mark on it; that is written down"), key="evidence_clear"
    ))  # fmt: skip
    data = _marking_data(page, view, marks=marks, clear=clear)

    def marked() -> None:
        boxes = st.session_state[_KEY]["marked"]["parts"]
        parts = [Rectangle(*map(float, each[:4])) for each in boxes]
        with page.telling_failures():
            page.office.evidence_files.blur(page.actor, number, parts)
            change.announce(say("The blurred copy is kept; the file stays as it came."))

    _component(key=_KEY, data=data, on_marked_change=marked)
    if adds:
        st.button(say("Blur all of it"), key="evidence_blur_all", on_click=change.making(
            page, lambda: page.office.evidence_files.blur(page.actor, number),
            done=say("The blurred copy is kept; the file stays as it came.")))  # fmt: skip


def _marking_data(page: Page, view: PieceView, *, marks: bool, clear: bool) -> dict[str, Any]:
    number = str(view.facts["evidence_no"])
    return {
        **browser_component.files("evidence/marking"),
        "style": browser_component.files("evidence/evidence")["style"],
        "picture": picture_url(number, 0 if clear else view.facts["version"], clear=clear),
        "marks": marks,
        "label": page.say("Picture of {number}, to read", number=number),
        "words": page.say.part("evidence_marking"),
    }  # fmt: skip


def _original(page: Page, view: PieceView) -> None:
    if not view.original:
        page.caption("With minors in it, the file as it came opens for enforcement officers alone.")
        return
    number = str(view.facts["evidence_no"])
    st.html(render("records/save.html", action=ORIGINAL, fields={"number": number},
                   label=page.say("Save the file as it came")))  # fmt: skip
    page.caption("That is written down in the custody.")


def _facts(page: Page, view: PieceView, people: Mapping[str, str]) -> None:
    say, facts = page.say, view.facts

    def named(login: str | None) -> str:
        return people.get(login or "", login or "")

    at = facts["taken_at"]
    every = (
        (say("State"), say.name("evidence_state", facts["state"])),
        (say("Kind"), say.name("evidence_kind", facts["kind"])),
        (say("File"), f"{facts['filename']} · {facts['bytes'] / 1_000:,.0f} KB"),
        ("SHA-256", facts["sha256"]),
        (say("Taken"), f"{at:%Y-%m-%d %H:%M}" if at else ""),
        (say("Place"), facts["place"]), (say("Device"), facts["device"]),
        (say("Taken by"), named(facts["taker_id"])),
        (say("Second person"), named(facts["witness_id"])),
        (say("Origin"), say.name("evidence_origin", facts["origin"])),
        (say("Case"), facts["case_no"] or ""), (say("Note"), facts["note"]),
        (say("In the hands of"), named(facts["holder_id"])),
        (say("On the way to"), named(facts["handed_to"])),
        (say("Taking over asked by"), named(facts["asked_by"])),
        (say("Taken over by"), listed(map(named, facts["officers"]), say=say)),
    )  # fmt: skip
    rows = [(label, value) for label, value in every if value]
    st.html(render("records/facts.html", number=facts["evidence_no"], rows=rows))


def _custody(page: Page, view: PieceView, people: Mapping[str, str]) -> None:
    say = page.say
    lines = []
    for row in view.custody.itertuples():
        facts: Any = row.facts
        more = [
            people.get(str(facts[name]), str(facts[name]))
            for name in ("handed_to", "returned_to", "reason", "purpose", "list")
            if row.action != "added" and facts.get(name)
        ]
        lines.append({
            "at": f"{row.at:%Y-%m-%d %H:%M}", "who": people.get(str(row.actor), str(row.actor)),
            "what": say.name("custody", str(row.action)), "more": " · ".join(more),
        })  # fmt: skip
    st.html(render("records/custody.html", lines=lines))
