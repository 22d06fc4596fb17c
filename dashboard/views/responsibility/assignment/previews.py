"""Proposals that are only looked at: worked out beside the page, the usual one ahead."""

from collections.abc import Iterator
from contextlib import suppress

from dashboard.runtime import context
from dashboard.ui.frame import Page
from dashboard.ui.task_panel import answer_in_background
from geo.errors import GridwardenError
from governance.office import Office
from governance.responsibility.assignment.build_problem import AssignmentOptions
from governance.responsibility.assignment.proposal import Proposal


def preview(page: Page, options: AssignmentOptions) -> Proposal | None:
    """Return what a proposal with these options would be; nothing is stored.

    None while it is worked out, which is shown.
    """
    office, actor = page.office, page.actor
    return answer_in_background(
        page,
        ("preview", id(office), actor, repr(options)),
        lambda _tell: office.assignment.preview(actor, options=options),
        text=page.say("Working out how the work could be shared out …"),
    )


def make_ahead(office: Office) -> Iterator[None]:
    """Work out what the page shows before anybody chose anything, for whoever acts."""
    with suppress(GridwardenError):  # no staff, or no buildings yet
        usual = AssignmentOptions(valid_from=office.clock.today(), curve=False)
        office.assignment.preview(context.actor(), options=usual)
        yield
