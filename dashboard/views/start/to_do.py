"""What asks for attention, a line each, that leads to where it is dealt with."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.documents.columns import DAY, MINUTE, Column
from dashboard.i18n import Translator
from dashboard.i18n.patrol import listed
from dashboard.ui import links, table
from dashboard.ui.frame import Page
from dashboard.ui.sections import suspicions
from governance.access.permissions import Action, may
from governance.overview.approvals import ASSIGNMENTS, EXITS, EXPORTS, NOTICES
from governance.overview.facts import LATE, SUSPECTED, StartFacts, StartLine
from governance.responsibility.resolve import PROBLEMS

VISITS_DUE = "visits_due"
LISTED = (VISITS_DUE, LATE, SUSPECTED)
"""Lines that open the list of what they count on this page."""
# Kind of line → page and what is chosen there.
LEADS_TO: dict[str, tuple[str, dict[str, str]]] = {
    **{f"duty_{kind}": ("responsibility", {"part": "work", "kind": kind}) for kind in PROBLEMS},
    "proposals": ("responsibility", {"part": "assign"}),
    EXPORTS: ("people", {"part": "exports"}),
    ASSIGNMENTS: ("responsibility", {"part": "assign"}),
    EXITS: ("ledger", {"part": "decide"}),
    NOTICES: ("bulletins", {"part": "notices"}),
    "quarantine": ("importing", {"part": "list", "show": "quarantined"}),
    "addresses": ("importing", {"part": "addresses"}),
    "later_rows": ("importing", {"part": "ended"}),
    "lost_buildings": ("importing", {"part": "list"}),
    "old_import": ("importing", {}),
    "score_old": ("importing", {"part": "score"}),
    "drift": ("evaluation", {}),
    "plan_missing": ("plan", {"part": "make"}),
    "plan_draft": ("plan", {"part": "board"}),
    "plan_changed": ("plan", {"part": "publish"}),
    "plan_published": ("plan", {"part": "board"}),
    "cases_red": ("cases", {"show": "open", "clock": "red"}),
    "cases_yellow": ("cases", {"show": "open", "clock": "yellow"}),
    "cases_mine": ("cases", {"show": "mine"}),
    "cases_unassigned": ("cases", {"show": "open", "stage": "assigned", "holder": "nobody"}),
}
DUE = (
    Column("name"),
    Column("tier", kind="tier"),
    Column("due_on", format=DAY),
    Column("days_late"),
    Column("last_visit_at", source="last_at", format=DAY),
    Column("last_result", kind="visit_result", empty="never visited"),
    Column("building_id"),
)
WAITING = (
    Column("name"),
    Column("retry_at", format=MINUTE),
    Column("last_result", source="result", kind="visit_result"),
    Column("last_visit_at", source="at", format=MINUTE),
    Column("door", source="unit"),
    Column("photos_taken", source="photos_taken", digits=0),
    Column("building_id"),
)


def show_first(page: Page) -> None:
    """Show what waits for the person: approvals, cases, and suspicions that a chief settles."""
    say = page.say
    groups: list[tuple[str, Mapping[str, int]]] = [
        (say("Waiting for your approval"), page.approvals)
    ]
    if may(page.actor, Action.SEE_CASES):
        found = page.office.case_inbox.waiting(page.actor)
        cases = {f"cases_{name}": n for name, n in found.items()}
        groups.append((say("Cases whose time runs out, or that wait"), cases))
    groups = [(title, counts) for title, counts in groups if counts]
    for column, (title, counts) in zip(
        st.columns([len(counts) for _, counts in groups] or 1), groups, strict=False
    ):
        with column:
            lines = [StartLine(kind=kind, count=n, facts={}) for kind, n in counts.items()]
            _show_group(page, title, lines, "", across=True)
    if may(page.actor, Action.RECORD_VISIT):
        waiting = page.office.suspicions.waiting(page.actor)
        if not waiting.empty:
            page.subheader("Suspicions to check ({count})", count=len(waiting))
        suspicions.show(page, waiting, key="start_first")


def show(page: Page, facts: StartFacts) -> None:
    """Show what is overdue, what is missing in responsibility, and what is wrong with the data."""
    say = page.say
    if facts.plan is not None:
        _show_group(page, say("Next week"), [facts.plan], "")
    page.heading(say("Overdue"))
    if not facts.overdue:
        page.caption("Nothing is overdue.")
    for line in facts.overdue:
        _show_listed(page, line)
    nothing = say("Every building has everybody it needs.")
    _show_group(page, say("Gaps in responsibility"), facts.duties, nothing)
    _show_group(page, say("Data"), facts.warnings, say("The data are up to date."))


def sentence(line: StartLine, *, say: Translator) -> str:
    """Return what a line says: the count first, in bold."""
    facts = dict(line.facts)
    if "table" in facts:
        facts["table"] = say.name("table", str(facts["table"]))
    return say.name("start_line", line.kind, count=line.count, **facts)


def _show_group(
    page: Page, title: str, lines: Sequence[StartLine], nothing: str, *, across: bool = False
) -> None:
    """Show lines below a title, or beside each other, so that they leave room for what follows."""
    page.heading(title)
    if not lines:
        st.caption(nothing)
        return
    with st.container(horizontal=across, gap="small"):
        for number, line in enumerate(lines):
            text = sentence(line, say=page.say)
            to, query = LEADS_TO[line.kind]
            with st.container(
                key=f"start_line_{line.kind}_{number}", width="content" if across else "stretch"
            ):
                if not links.show(page, to, text, **query):
                    st.markdown(text)


def _show_listed(page: Page, line: StartLine) -> None:
    """Offer the list of what a line counts; worked out only once it is opened."""
    say = page.say
    key = f"start_{line.kind}"
    folded = st.expander(sentence(line, say=say), key=f"{key}_list", on_change="rerun")
    if not folded.open:
        return
    title = say.name("start_list", line.kind)
    with folded:
        if line.kind == SUSPECTED:
            waiting = page.office.suspicions.waiting(page.actor)
            suspicions.show(page, waiting, key=key)
            suspicions.offer_workbook(page, waiting, key=f"{key}_excel")
            return
        page.caption("Choose a row to open the building.")
        if line.kind == VISITS_DUE:
            _show_cadence(page)
            rows, columns = page.office.coverage.breaches(page.actor), DUE
        else:
            waiting = page.office.suspicions.late_appointments(page.actor)
            rows = waiting.assign(photos_taken=waiting["photos"].map(len))
            columns = WAITING
        table.of_buildings(
            page, rows, columns, unit="building_id", key=key, export=title, search=True
        )


def _show_cadence(page: Page) -> None:
    """Where the cadence asks for more than is done, say which one could be kept."""
    say, found = page.say, page.office.coverage.cadence(page.actor)
    if not found.is_needed:
        return
    days = [
        say("{tier} {days} days (now {now})", tier=say.name("tier", tier), days=each,
            now=found.days[tier])
        for tier, each in found.proposed.items()
    ]  # fmt: skip
    page.info(
        "The cadence asks for {asked} visits a week; {made} a week were made in the last eight. "
        "With as many as were made, these could be kept: {days}. The office decides, in "
        "gridwarden.toml under [visits.cadence].",
        asked=f"{found.required:,.0f}", made=f"{found.made:,.0f}", days=listed(days, say=say),
    )  # fmt: skip
