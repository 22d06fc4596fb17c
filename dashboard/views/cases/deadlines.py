"""The table of deadlines: by channel and nature, each with its source, changed by who may."""

from typing import Final

from dashboard.documents.columns import Column
from dashboard.ui.frame import Page
from dashboard.ui.sections import deadlines
from dashboard.ui.sections.deadlines import DeadlineForm
from data.contracts.case_vocabulary import Channel, ClockKind
from governance.cases.rules.deadlines import UNITS, Deadline

NATURES: Final = ("咨询", "求助", "投诉", "举报", "建议")
COLUMNS: Final = (
    Column("clock", kind="case_clock", header="Clock"),
    Column("channel", kind="lead_channel", header="Channel", empty="any"),
    Column("nature", kind="lead_nature", header="Nature", empty="any"),
    Column("days", header="Within"),
    Column("unit", kind="deadline_unit", header="Days of"),
    Column("extend_days", header="Extended by at most"),
    Column("source", header="Who says so"),
    Column("own", kind="deadline_own", header="Of this office"),
)


def show(page: Page) -> None:
    """List the deadlines that hold; a chosen one, or a new one, is written down for this office."""
    page.caption(
        "Of several that fit a lead the most special one holds. A change counts for clocks that "
        "begin after it; those that run keep their end."
    )
    rows = page.office.cases.deadlines(page.actor)
    deadlines.show(
        page, rows, COLUMNS, title=page.say("Deadlines of cases"), form=_form(page), key="deadlines"
    )


def _form(page: Page) -> DeadlineForm:
    say = page.say
    return DeadlineForm(
        key="deadline",
        fields={
            "clock": (say("Clock"), say.names("case_clock", ClockKind)),
            "channel": (say("Channel"), {"": say("any"), **say.names("lead_channel", Channel)}),
            "nature": (say("Nature"), {"": say("any"), **say.names("lead_nature", NATURES)}),
            "days": (say("Within"), None),
            "unit": (say("Days of"), say.names("deadline_unit", UNITS)),
            "extend_days": (say("Extended by at most"), None),
        },
        save=lambda values: page.office.cases.set_deadline(page.actor, Deadline(**values)),
    )
