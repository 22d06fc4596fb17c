"""The cases of a building on one line through time, to who may see cases."""

from collections.abc import Iterator, Sequence
from typing import Any

import streamlit as st

from dashboard.documents.html import render
from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.ui import links
from dashboard.ui.frame import Page
from governance.cases.views import CaseView


def show(page: Page, unit: str) -> None:
    """Lead to the building's cases, and tell when each came to which stage."""
    found = page.office.case_desk.at_building(page.actor, unit)
    if not found:
        return
    page.subheader("Cases of this building ({count})", count=len(found))
    for view in found:
        links.show(page, "cases", _label(view, say=page.say), case=str(view.facts["case_no"]))
    steps = sorted(_steps(found, say=page.say), key=lambda step: step["at"], reverse=True)
    st.html(render("cases/history.html", label=page.say("Cases of this building"), steps=steps))


def _label(view: CaseView, *, say: Translator) -> str:
    known = view.facts
    title = plain(known["title"]) or say.name("lead_channel", str(known["channel"]))
    return f"**{known['case_no']}** {say.name('case_stage', known['stage'])} · {title}"


def _steps(found: Sequence[CaseView], *, say: Translator) -> Iterator[dict[str, Any]]:
    """Yield what came to another stage, of all the cases."""
    for view in found:
        for event in view.history.itertuples():
            if str(event.from_stage) != str(event.to_stage):
                yield {
                    "at": f"{event.at:%Y-%m-%d %H:%M}",
                    "stage": event.to_stage,
                    "action": say.name("case_done", str(event.action)),
                    "moved": say.name("case_stage", str(event.to_stage)),
                    "who": view.facts["case_no"],
                    "facts": [],
                    "note": "",
                }
