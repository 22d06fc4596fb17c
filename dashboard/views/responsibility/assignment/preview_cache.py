"""Proposals that were only looked at, kept for a while, so that a slider answers at once."""

from dashboard.ui.frame import Page
from dashboard.ui.task_panel import answer_beside
from data.workspace.cache import Cache
from governance.responsibility.assignment.build_problem import AssignmentOptions
from governance.responsibility.assignment.proposal import Proposal

_previews: Cache[Proposal] = Cache(32, seconds=600.0)


def preview(page: Page, options: AssignmentOptions) -> Proposal | None:
    """Return what a proposal with these options would be; nothing is stored.

    None while it is worked out, which is shown. Made anew after a duty, an absence or a limit was
    changed, and answers were forgotten.
    """
    office, actor = page.office, page.actor
    key = (id(office), office.operations.answers_state(), actor, repr(options))
    return answer_beside(
        page,
        ("preview", *key),
        lambda _tell: _previews.get(key, lambda: office.assignment.preview(actor, options=options)),
        text=page.say("Working out how the work could be shared out …"),
    )
