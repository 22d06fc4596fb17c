"""Who did what: the log, whether it is whole, and a file of it."""

import json
from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.columns import MINUTE, Column, sheet
from dashboard.documents.workbook import workbook
from dashboard.i18n import Translator
from dashboard.i18n.markdown import plain
from dashboard.ui import frame, pick, table
from dashboard.ui.frame import Page
from dashboard.ui.task_panel import answer_in_background
from dashboard.views.people.accounts import scope_in_words
from data.export.writers import as_bytes
from governance.access.permissions import Scope
from governance.security.compliance.audit import AuditFilter

_MOST = 1_000
COLUMNS = (
    Column("number", header="No."),
    Column("at", header="When", format=MINUTE),
    Column("person", header="Who"),
    Column("action", kind="action", header="Action"),
    Column("facts", header="Facts"),
)


def show(page: Page) -> None:
    """Show the state of the log, then the events of a person, an action, a span of days."""
    say = page.say
    _show_state(page)
    names = _names(page)
    only = _choose_filters(page, names)
    events = page.office.audit.log(page.actor, only, limit=_MOST)
    if events.empty:
        page.info("Nothing was done that is like this.")
        return
    rows = _in_words(events, names, say=say)
    table.table(page, rows, COLUMNS, key="audit_table", search=False, height_px=640)
    if len(events) >= _MOST:
        page.caption("The newest {n} are shown; the file has all.", n=_MOST)
    with st.container(horizontal=True):
        workbook_name = f"{say('Audit log')}.xlsx"
        st.download_button(
            say("Download as Excel"), data=partial(_workbook, page, workbook_name, only, names),
            file_name=workbook_name, on_click="ignore", key="audit_xlsx",
        )  # fmt: skip
        st.download_button(
            say("Download as {kind}", kind="CSV"), data=partial(_export, page, "audit.csv", only),
            file_name="audit.csv", on_click="ignore", key="audit_csv",
            help=say("As it is kept, in codes, for another program."),
        )  # fmt: skip


def _in_words(events: pd.DataFrame, names: Mapping[str, str], *, say: Translator) -> pd.DataFrame:
    return events.assign(
        person=[_named(str(each), names, say=say) for each in events["person"]],
        facts=[facts_text(each, say=say) for each in events["facts"]],
    )


def _workbook(page: Page, name: str, only: AuditFilter, names: Mapping[str, str]) -> bytes:
    """Return the log as a workbook in the words of the page."""
    say = page.say
    events = _in_words(page.office.audit.log_for_file(page.actor, name, only), names, say=say)
    return workbook([sheet(say("Audit log"), events, COLUMNS, say=say)])


def _show_state(page: Page) -> None:
    say, office, actor = page.say, page.office, page.actor
    state = answer_in_background(
        page, ("audit", id(office), actor), lambda _tell: office.audit.state(actor, anew=False),
        text=say("Reading the whole log …"),
    )  # fmt: skip
    if state is None:
        return
    if state.unbroken:
        page.success(
            "The log is whole: {events} events, each sealed with the one before.",
            events=state.events,
        )
    else:
        st.error(
            say("The log was changed. Run “gridwarden verify” and keep the workspace as it is.")
        )
        for problem in state.problems:
            text = f"{say.name('problem', problem.code)}: {dict(problem.facts)}"
            st.markdown(f"- {plain(text)}")
    facts = [say("read whole at {time}", time=f"{state.walked:%H:%M}")]
    if state.first is not None:
        facts.append(say("since {day}", day=f"{state.first:%Y-%m-%d}"))
    if state.pruned:
        facts.append(say("{n} older ones were taken out when due", n=state.pruned))
    if state.seal:
        facts.append(say("newest seal {seal}", seal=str(state.seal)[:16]))
    st.caption(" · ".join(facts))


def _names(page: Page) -> dict[str, str]:
    """Return login → name of the accounts; the log itself names logins, which never change."""
    accounts = page.office.accounts.all(page.actor)
    return dict(zip(accounts["login"], accounts["name"], strict=True))


def _named(login: str, names: Mapping[str, str], *, say: Translator) -> str:
    name = names.get(login)
    if name and name != login:
        return say("{name} ({more})", name=name, more=login)
    return say.name("audit_person", login)


def _choose_filters(page: Page, names: Mapping[str, str]) -> AuditFilter:
    """Ask whose, which and when; what is offered is not only of the newest, for the log is long."""
    say = page.say
    events = page.office.audit.log(page.actor, limit=_MOST)
    logins = sorted({*names, *say.all_names("audit_person"), *events["person"].astype(str)})
    people = {login: _named(login, names, say=say) for login in logins}
    actions = say.all_names("action")
    who, what, when, within = st.columns(4)
    person = pick.one(
        say("Who"), {"": say("everybody")} | people, at=who, key=frame.translated("audit_person")
    )
    action = pick.one(
        say("Action"),
        {"": say("everything")} | actions,
        at=what,
        key=frame.translated("audit_action"),
    )
    since, until = _span(when.date_input(say("From – to"), value=[], key="audit_days"))
    text = within.text_input(
        say("Search the facts"), key="audit_text", placeholder=say("a case, a file, a login")
    )
    return AuditFilter(
        person=person or None, action=action or None, since=since, until=until, text=text or None
    )


def _span(days: Any) -> tuple[date | None, date | None]:  # noqa: ANN401 -- one day, two or none
    chosen = tuple(days) if isinstance(days, tuple | list) else (days,)
    return (chosen[0] if chosen else None, chosen[-1] if chosen else None)


def _export(page: Page, name: str, only: AuditFilter) -> bytes:
    return as_bytes(name, lambda path: page.office.audit.export(page.actor, path, only))


_SHORT = 12
_OF_THE_CODE = frozenset({"service", "target"})
"""Facts that name parts of the code; the exported log has them, a page says what was asked for."""
_HASHES = frozenset({"photo", "seal", "sha256", "version"})
_LONG_HASH = 16
_NAMED = {
    "table": ("table",),
    "asked": ("action",),
    "roles": ("role",),
    "kind": ("account_kind", "evidence_kind", "duty_change"),
    "by": ("sign_in_by",),
    "reason": ("audit_reason",),
    "change": ("audit_change", "case_action", "plan_change"),
    "event": ("event",),
    "among": ("among",),
    "unit": ("level_unit",),
    "to": ("case_stage",),
    "deadline": ("case_clock", "notice_clock"),
    "stage": ("notice_stage",),
    "notice_kind": ("notice_kind",),
    "template": ("notice_template",),
    "counted_in": ("deadline_unit",),
    "way": ("report_way",),
    "duty": ("duty",),
    "telephones_of": ("level_unit",),
}
"""Fact → the kinds of codes that it may hold; what is none of them was typed by somebody."""


def facts_text(facts: str, *, say: Translator) -> str:
    """Return an event's facts (a JSON object) as one line: name and value of each.

    ``facts``: as `governance.security.compliance.audit.AuditService.log` tells them.
    """
    values = json.loads(facts)
    shown = {key: values[key] for key in values if key not in _OF_THE_CODE}
    return " · ".join(
        f"{say.name('fact', key)} {_value(key, value, say=say)}" for key, value in shown.items()
    )


def _value(key: str, value: Any, *, say: Translator) -> str:  # noqa: ANN401 -- whatever JSON holds
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return say("yes") if value else say("no")
    if key == "scope" and isinstance(value, Mapping):
        return scope_in_words(Scope.of_mapping(value), say=say)
    if isinstance(value, Mapping):
        parts = (f"{say.name('fact', str(k))} {_value(str(k), v, say=say)}"
                 for k, v in value.items())  # fmt: skip
        return say("({text})", text=say("; ").join(parts))
    if isinstance(value, list):
        return say(", ").join(_value(key, each, say=say) for each in value) or "–"
    code = str(value)
    kinds = (kind for kind in _NAMED.get(key, ()) if say.knows(kind, code))
    text = next((say.name(kind, code) for kind in kinds), code)
    return text[:_SHORT] if key in _HASHES and len(text) >= _LONG_HASH else text
