"""Proposals that were only looked at, kept for a moment, so that a slider answers at once."""

from dashboard.ui.frame import Page
from data.workspace.cache import Cache
from governance.responsibility.assignment.build_problem import AssignmentOptions
from governance.responsibility.assignment.proposal import Proposal

_previews: Cache[Proposal] = Cache(32, seconds=120.0)


def preview(page: Page, options: AssignmentOptions) -> Proposal:
    """Return what a proposal with these options would be; nothing is stored.

    Made anew after a duty, an absence or a limit was changed, and answers were forgotten.
    """
    state = page.office.operations.answers_state()
    key = (id(page.office), state, page.actor, repr(options))
    return _previews.get(key, lambda: page.office.assignment.preview(page.actor, options=options))
