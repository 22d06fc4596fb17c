"""People and audit: accounts and their rights, exports that wait for a second person, the log."""

import streamlit as st

from dashboard.ui import parts
from dashboard.ui.frame import Page
from dashboard.ui.parts import Part
from dashboard.views.people import (
    accounts,
    audit_log,
    export_requests,
    new_account,
    one_time_password,
    personal_data,
)
from governance.access.permissions import Action, may
from governance.overview.approvals import EXPORTS

_ACCOUNTS = (Action.MANAGE_ACCOUNTS, Action.GRANT_ROLES, Action.READ_AUDIT)
_PERSONAL = (Action.ANSWER_SUBJECTS, Action.ERASE_PERSONAL)
_EXPORTS = (Action.APPROVE_UNMASKED, Action.EXPORT_UNMASKED)


def show(page: Page) -> None:
    """Show what this person may do with accounts, exports and the log, each under its name."""
    say = page.say
    st.title(say.name("page", "people"))
    one_time_password.show(page)

    def any_of(*actions: Action) -> bool:
        return any(may(page.actor, action) for action in actions)

    shown = (
        Part("log", say("Audit log"), audit_log.show, any_of(Action.READ_AUDIT)),
        Part("accounts", say("Accounts"), accounts.show, any_of(*_ACCOUNTS)),
        Part("new", say("New account"), new_account.show, any_of(Action.MANAGE_ACCOUNTS)),
        Part("exports", say("Exports"), export_requests.show, any_of(*_EXPORTS)),
        Part(
            "personal",
            say("Personal data"),
            personal_data.show,
            page.actor.scope.street and any_of(*_PERSONAL),
        ),
    )
    first = "exports" if page.approvals.get(EXPORTS) else ""
    parts.show_parts(page, shown, key="people_tabs", first=first)
