"""The list of the inbox: a case a line, walked by keyboard, ticked and opened."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.i18n import Translator
from dashboard.i18n.clock import clock_card
from dashboard.ui import browser_component, links
from dashboard.ui.frame import Page

_component = browser_component.declare("cases_inbox", slot="gw-inbox-slot")
_KEY, _TICKED = "cases_inbox", "cases_ticked"


def show(
    page: Page, rows: pd.DataFrame, *, people: Mapping[str, str], turn: str, many: bool
) -> list[str]:
    """Draw the list and return the numbers of the cases that are ticked in it.

    ``rows``: as `governance.cases.desk.CaseDeskService.inbox` gives them.
    ``people``: account or person → name.
    ``turn``: which rows these are: what was ticked among others is forgotten.
    ``many``: whether rows can be ticked.
    """
    kept = st.session_state.get(_TICKED) or {}
    ticked = kept.get("cases", []) if many and kept.get("turn") == turn else []
    chosen = [case for case in ticked if case in set(rows["case_no"])]
    data: dict[str, Any] = {
        **browser_component.files("cases/inbox"),
        "rows": [row_data(row, people=people, say=page.say) for row in rows.itertuples()],
        "open": links.opened("case"),
        "turn": turn,
        "ticked": chosen,
        "many": many,
        "label": page.say("Cases, what is overdue first"),
        "words": page.say.part("cases_inbox"),
    }

    def hand_over() -> None:
        links.open_here("case", str(st.session_state[_KEY]["opened"]["case"]))

    def tick() -> None:
        st.session_state[_TICKED] = st.session_state[_KEY]["ticked"]

    _component(key=_KEY, data=data, on_opened_change=hand_over, on_ticked_change=tick)
    return chosen


def row_data(row: Any, *, people: Mapping[str, str], say: Translator) -> dict[str, Any]:  # noqa: ANN401 -- a row of itertuples
    """Return what the browser draws of a row of the inbox."""
    card = clock_card(row.card, row.days_left, row.overdue_days, say=say)
    leads = say("{count} leads", count=row.leads) if row.leads > 1 else ""
    place = row.place or row.address or say("no building yet")
    return {
        "id": row.case_no,
        "tone": card.tone,
        "chips": [{"text": card.text, "tone": card.tone}] if card.text else [],
        "title": row.title or place,
        "stage": say.name("case_stage", row.stage),
        "channel": say.name("lead_channel", row.channel),
        "nature": " · ".join(
            filter(None, (say.name("lead_nature", row.nature) if row.nature else "", leads))
        ),
        "place": " ".join(filter(None, (row.community_name, place))),
        "holder": people.get(row.holder_id or "", row.holder_id) or say("nobody holds it"),
    }
