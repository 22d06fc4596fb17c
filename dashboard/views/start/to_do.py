"""What asks for attention, a line each, that leads to where it is dealt with."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.i18n import Translator
from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.views.start import overdue as start_overdue
from governance.overview.facts import StartFacts, StartLine

VISITS_DUE = "visits_due"
# Kind of line → page and what is chosen there.
LEADS_TO: dict[str, tuple[str, dict[str, str]]] = {
    "visits_due": ("my_buildings", {}),
    "retries_due": ("my_buildings", {}),
    "suspected": ("my_buildings", {}),
    "duty_gap": ("responsibility", {"part": "work"}),
    "duty_overlap": ("responsibility", {"part": "work"}),
    "duty_left": ("responsibility", {"part": "work"}),
    "duty_no_pledge": ("responsibility", {"part": "work"}),
    "proposals": ("responsibility", {"part": "assign"}),
    "quarantine": ("importing", {"part": "list"}),
    "addresses": ("importing", {"part": "addresses"}),
    "old_import": ("importing", {}),
    "score_old": ("importing", {"part": "score"}),
    "drift": ("evaluation", {}),
    "plan_missing": ("plan", {"part": "make"}),
    "plan_draft": ("plan", {"part": "board"}),
    "plan_published": ("plan", {"part": "board"}),
}


def show(page: Page, facts: StartFacts) -> None:
    """Show what is overdue, what is missing in responsibility, and what is wrong with the data."""
    say = page.say
    if facts.plan is not None:
        _show_group(page, say("Next week"), [facts.plan], "")
    _show_group(page, say("Overdue"), facts.overdue, say("Nothing is overdue."))
    if any(line.kind == VISITS_DUE for line in facts.overdue):
        start_overdue.show(page)
    _show_group(
        page, say("Gaps in responsibility"), facts.duties,
        say("Every building has everybody it needs."),
    )  # fmt: skip
    _show_group(page, say("Data"), facts.warnings, say("The data are up to date."))


def _show_group(page: Page, title: str, lines: Sequence[StartLine], nothing: str) -> None:
    st.subheader(title)
    if not lines:
        st.caption(nothing)
        return
    mine = frame.pages(page)
    language = {"lang": page.say.language}
    for number, line in enumerate(lines):
        text = sentence(line, say=page.say)
        name, query = LEADS_TO[line.kind]
        if name in mine:
            with st.container(key=f"start_line_{line.kind}_{number}"):
                st.page_link(mine[name], label=text, query_params={**language, **query})
        else:
            st.markdown(text)


def sentence(line: StartLine, *, say: Translator) -> str:
    """Return what a line says: the count first, in bold."""
    facts = dict(line.facts)
    if "table" in facts:
        facts["table"] = say.name("table", str(facts["table"]))
    return say.name("start_line", line.kind, count=f"{line.count:,}", **facts)
