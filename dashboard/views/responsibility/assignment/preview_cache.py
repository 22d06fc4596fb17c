"""Proposals that were only looked at, kept for a moment, so that a slider answers at once."""

from dashboard.runtime import context
from dashboard.ui.frame import Page
from data.workspace.cache import Cache
from governance.responsibility.assignment.build_problem import AssignmentOptions
from governance.responsibility.assignment.proposal import Proposal

_previews: Cache[Proposal] = Cache(32, seconds=120.0)


def preview(page: Page, options: AssignmentOptions) -> Proposal:
    """Return what a proposal with these options would be; nothing is stored."""
    key = (id(context.office()), page.actor, repr(options))
    return _previews.get(key, lambda: page.office.assignment.preview(page.actor, options=options))


def forget_previews() -> None:
    """Forget everything after a duty, an absence or a limit was changed."""
    _previews.forget()
