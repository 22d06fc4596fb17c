"""Which rows of which table are to leave, and what of them is in clear, before anybody asks."""

from dataclasses import replace
from datetime import date
from typing import NamedTuple

import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.field_names import label_of
from dashboard.i18n.markdown import plain
from dashboard.maps.layer_cache import LayerChoice, map_layer
from dashboard.ui import frame, pick
from dashboard.ui.frame import Page
from data.contracts.registry import TABLES, contract_of
from governance.access.permissions import Action, may
from governance.security.compliance.export_requests import ExportContents
from governance.security.compliance.export_selection import TABLES_OF_CASES, ExportSelection

_ALL, _BUILDING, _COMMUNITY, _CASE = "all", "building", "community", "case"
_DATED = frozenset(name for name in TABLES if contract_of(name).event_fields)


class Choice(NamedTuple):
    """A table, and which of its rows; None while a building, community or case is to be named."""

    table: str
    selection: ExportSelection | None


def ask(page: Page) -> Choice:
    """Ask for a table and for which of its rows."""
    say = page.say
    allowed = [
        name for name in TABLES if name != "complaints" or may(page.actor, Action.SEE_COMPLAINTS)
    ]
    where, what = st.columns(2)
    table = pick.one(
        say("Table"), say.names("table", allowed), key=frame.translated("ask_table"), at=where
    )
    ways = {_ALL: say("All that I may see"), _BUILDING: say("One building"),
            _COMMUNITY: say("One community")}  # fmt: skip
    if table in TABLES_OF_CASES and may(page.actor, Action.SEE_CASES):
        ways[_CASE] = say("One case")
    way = pick.one(say("Which rows"), ways, key=frame.translated("ask_rows"), at=what)
    selection = _ask_where(page, way, table)
    since, until = _ask_days(say) if table in _DATED else (None, None)
    return Choice(table, selection and replace(selection, since=since, until=until))


def _ask_where(page: Page, way: str, table: str) -> ExportSelection | None:
    """Ask for the building, community or case; None until one is named."""
    say = page.say
    if way == _BUILDING:
        found = pick.building(page, key="ask_building")
        return None if found is None else ExportSelection(building_id=str(found["unit"]))
    if way == _COMMUNITY:
        names = communities(page)
        code = pick.one_or_none(say("Community"), names, none=say("choose"), key="ask_community")
        return ExportSelection(community_code=code) if code else None
    if way == _CASE:
        label, example = say("Number of the case"), "XS-2026-0001"
        number = st.text_input(label, key="ask_case", placeholder=example).strip()
        if not number:
            return None
        case = page.office.cases.case(page.actor, number)
        return ExportSelection.of_case(number, case.leads, table)
    return ExportSelection()


def communities(page: Page) -> dict[str, str]:
    """Return the name of each community that the person may see, by code."""
    snapshots = page.office.scores.snapshots(page.actor)
    if snapshots.empty:
        return {}
    known = map_layer(LayerChoice("community", str(snapshots["snapshot_id"].iloc[0])))
    known = known.sort_values("unit")
    return dict(zip(known["unit"], known["name"].fillna(""), strict=True))


def show_contents(contents: ExportContents, *, say: Translator) -> None:
    """Say how many rows there are, which columns are in clear, and which stay masked and why."""
    between = say(", ")
    labels = {each.header: label_of(each, say) for each in contract_of(contents.table).fields}
    clear = between.join(labels[each] for each in contents.clear)
    case_no = contents.selection.case_no
    case = say("case {number}", number=case_no) if case_no else ""
    about = [plain(each) for each in (contents.place, case, *_days_text(contents, say=say)) if each]
    lines = [
        say(
            "Which: **{which}**",
            which=" · ".join(about) or say("all that the asker may see"),
        ),
        say("Rows: **{count}**", count=contents.rows),
        say("In clear: **{columns}**", columns=clear or say("none")),
    ]
    for why in ("door", "complainant"):
        names = [name for name, reason in contents.masked.items() if reason == why]
        if names:
            columns = between.join(labels[each] for each in names)
            lines.append(say.name("stays_masked", why, columns=columns))
    st.markdown("\n".join(f"- {line}" for line in lines))


def _ask_days(say: Translator) -> tuple[date | None, date | None]:
    first, last = st.columns(2)
    return (
        pick.day(say("Events from"), None, key="ask_since", at=first),
        pick.day(say("Events until"), None, key="ask_until", at=last),
    )


def _days_text(contents: ExportContents, *, say: Translator) -> list[str]:
    chosen = contents.selection
    if not (chosen.since or chosen.until):
        return []
    return [say("{since} to {until}", since=chosen.since or "…", until=chosen.until or "…")]
