"""People and audit: accounts and their rights, exports that wait for a second person, the log."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.ui import frame
from dashboard.ui.frame import Page
from dashboard.views.people import accounts as people_accounts
from dashboard.views.people import audit_log, export_requests, new_account, one_time_password
from governance.access.permissions import Action, may

_ACCOUNTS = (Action.MANAGE_ACCOUNTS, Action.GRANT_ROLES, Action.READ_AUDIT)
_EXPORTS = (Action.APPROVE_UNMASKED, Action.EXPORT_UNMASKED)


def show(page: Page) -> None:
    """Show what this person may do with accounts, exports and the log, each under its name."""
    say, actor = page.say, page.actor
    st.title(say.name("page", "people"))
    one_time_password.show(say)
    parts: dict[str, Callable[[Page], None]] = {}
    if may(actor, Action.READ_AUDIT):
        parts[say("Audit log")] = audit_log.show
    if any(may(actor, action) for action in _ACCOUNTS):
        parts[say("Accounts")] = people_accounts.show
    if may(actor, Action.MANAGE_ACCOUNTS):
        parts[say("New account")] = new_account.show
    if any(may(actor, action) for action in _EXPORTS):
        parts[say("Unmasked exports")] = export_requests.show
    tabs = st.tabs(list(parts), key="people_tabs", on_change="rerun")
    for tab, part in zip(tabs, parts.values(), strict=True):
        if tab.open:
            with tab, frame.telling_failures(say):
                part(page)
