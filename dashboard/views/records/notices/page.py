"""通报: what waits for review, exposures, what is handed over, bulletins, templates, deadlines."""

import streamlit as st

from dashboard.ui import links, parts
from dashboard.ui.frame import Page
from dashboard.ui.parts import Part
from dashboard.views.records.notices import (
    bulletins,
    deadlines,
    exposure,
    one_notice,
    papers,
    templates,
)
from governance.access.permissions import Action, may
from governance.overview.approvals import NOTICES


def show(page: Page) -> None:
    """Show an open notice, or the parts of the page."""
    say = page.say
    st.title(say.name("page", "bulletins"))
    with page.telling_failures():
        page.office.notices.catch_up(page.actor)
    if number := links.opened("notice"):
        one_notice.show(page, number)
        return
    drafts = may(page.actor, Action.DRAFT_NOTICES)
    shown = parts.show_parts(
        page,
        [
            Part("bulletins", say("Bulletins of a period"), bulletins.show),
            Part("notices", say("Notices and reminders"), papers.show),
            Part("exposure", say("Quarterly exposure"), exposure.show),
            Part("blacklist", say("Blacklist hand-over"), exposure.show_handovers),
            Part("templates", say("Templates"), templates.show, allowed=drafts),
            Part("deadlines", say("Deadlines of notices"), deadlines.show),
        ],
        key="notices_parts",
        first="notices" if page.approvals.get(NOTICES) else "",
    )
    if not shown:
        page.info("Notices are seen by who drafts them and who reviews them.")
