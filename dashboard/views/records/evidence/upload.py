"""Where files are taken in: what is said of all of them, then the files, in pieces that go on."""

from typing import Final

import streamlit as st

from dashboard.i18n.markdown import plain
from dashboard.i18n.patrol import listed
from dashboard.ui import browser_component, change, frame, links, pick
from dashboard.ui.frame import Page
from data.contracts.evidence_vocabulary import EvidenceKind, Origin
from governance.records.evidence.description import YES

_component = browser_component.declare("evidence_upload", slot="gw-evidence-slot")
_KEY: Final = "evidence_upload"
_ADDED_TO: Final = "evidence_added_to"
"""The case of the files that were taken in last."""


def show(page: Page) -> None:
    """Ask what holds for the files that come next, and take them in."""
    zone = st.container()
    told = _told(page)
    rules = page.office.evidence_intake.rules(page.actor)
    data = {
        **browser_component.files("evidence/upload"),
        "style": browser_component.files("evidence/evidence")["style"],
        "told": told, "language": page.say.language, "words": page.say.part("evidence_upload"),
        "megabytes": rules.largest_megabytes,
    }  # fmt: skip

    case_no = told.get("case_no", "")

    def added() -> None:
        st.session_state[_ADDED_TO] = case_no
        numbers = st.session_state[_KEY]["added"]["numbers"]
        change.announce(
            page.say("Taken in: {numbers}", numbers=listed(map(str, numbers), say=page.say))
        )

    with zone:
        _component(key=_KEY, data=data, on_added_change=added)
        if case_no in {st.query_params.get("case"), st.session_state.get(_ADDED_TO)}:
            _lead_back(page, case_no)
        _unfinished(page)


def _lead_back(page: Page, case_no: str) -> None:
    """Lead to the case that material is for, to who may see it."""
    if case_no:
        label = page.say("Back to case {case_no}", case_no=plain(case_no))
        links.show(page, "cases", label, case=case_no)


def _told(page: Page) -> dict[str, str]:
    say = page.say
    people = page.office.evidence.people(page.actor)
    others = {login: name for login, name in people.items() if login != page.actor.id}
    with st.expander(say("What holds for these files"), expanded=True):
        left, middle, right = st.columns(3)
        kinds = say.names("evidence_kind", EvidenceKind)
        kind = pick.one_or_none(say("Kind"), kinds, at=left, none=say("by the file"),
                                key=frame.translated("evidence_kind"))  # fmt: skip
        origin = pick.one(say("Origin"), say.names("evidence_origin", Origin), at=middle,
                          key=frame.translated("evidence_origin"))  # fmt: skip
        place = right.text_input(say("Place"), key="evidence_place", max_chars=200)
        case_no = left.text_input(say("Case"), key="evidence_for_case",
                                  value=st.query_params.get("case", ""),
                                  placeholder="XS-2026-0001")  # fmt: skip
        witness = pick.one_or_none(say("Second person"), others, at=middle, none=say("nobody"),
                                   key="evidence_witness")  # fmt: skip
        device = right.text_input(
            say("Device"), key="evidence_device", max_chars=100,
            placeholder=say("read from the photo where it says so"),
        )  # fmt: skip
        note = st.text_input(say("Note"), key="evidence_note", max_chars=500)
        minors = st.checkbox(say("Minors can be seen or heard"), key="evidence_minors")
        page.caption("Taken by {name}; the time is read from the file.", name=page.actor.name)
    said = {"kind": kind or "", "origin": origin, "place": place, "case_no": case_no.strip(),
            "witness_id": witness or "", "device": device, "note": note,
            "has_minor": YES if minors else ""}  # fmt: skip
    return {name: value for name, value in said.items() if value}


def _unfinished(page: Page) -> None:
    """List what is not finished, with the way to give it up."""
    left = page.office.evidence_intake.unfinished(page.actor)
    if not left:
        return
    page.subheader("Not finished")
    for each in left:
        share = f"{100 * each.received / each.bytes:.0f}"
        text = page.say("{name}: {percent} % has come", name=each.filename, percent=share)

        def drop(upload: str = each.upload) -> None:
            page.office.evidence_intake.drop(page.actor, upload)

        change.removable(page, text, key=f"evidence_drop_{each.upload}", remove=drop)
