"""The table of the deadlines of notices, each with its source, changed by who may."""

from typing import Final

from dashboard.documents.columns import Column
from dashboard.ui.frame import Page
from dashboard.ui.sections import deadlines
from dashboard.ui.sections.deadlines import DeadlineForm
from data.contracts.notice_vocabulary import NoticeClock, NoticeKind
from governance.access.permissions import Action, may
from governance.records.notices.rules.deadlines import UNITS, NoticeDeadline

COLUMNS: Final = (
    Column("clock", kind="notice_clock", header="Clock"),
    Column("kind", kind="notice_kind", header="Kind", empty="any"),
    Column("days", header="Within"),
    Column("unit", kind="deadline_unit", header="Days of"),
    Column("source", header="Who says so"),
    Column("since", header="Since"),
    Column("own", kind="deadline_own", header="Of this office"),
)


def show(page: Page) -> None:
    """List the deadlines that hold; a chosen one, or a new one, is written down for this office."""
    page.caption(
        "Of two that fit a notice the one of its kind holds. A change counts for clocks that begin "
        "after it; those that run keep their end."
    )
    form = _form(page) if may(page.actor, Action.APPROVE_NOTICES) else None
    rows = page.office.notice_desk.deadlines(page.actor)
    deadlines.show(
        page,
        rows,
        COLUMNS,
        title=page.say("Deadlines of notices"),
        form=form,
        key="notice_deadlines",
    )


def _form(page: Page) -> DeadlineForm:
    say = page.say
    return DeadlineForm(
        key="notice_deadline",
        fields={
            "clock": (say("Clock"), say.names("notice_clock", NoticeClock)),
            "kind": (say("Kind"), {"": say("any"), **say.names("notice_kind", NoticeKind)}),
            "days": (say("Within"), None),
            "unit": (say("Days of"), say.names("deadline_unit", UNITS)),
        },
        save=lambda told: page.office.notice_desk.set_deadline(page.actor, NoticeDeadline(**told)),
    )
