"""The history of a case, a notice or a line of the ledger, as a line through time."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import pandas as pd
import streamlit as st

from dashboard.documents.html import render
from dashboard.ui.frame import Page


def show(
    page: Page, history: pd.DataFrame, kind: Literal["case", "notice", "ledger"], *,
    people: Mapping[str, str], note: Callable[[str, str], str],
    facts: Callable[[Mapping[str, Any]], list[tuple[str, str]]],
    stage: Literal["stage", "status"] = "stage",
) -> None:  # fmt: skip
    """Draw a history, the newest first.

    ``history``: as `governance.cases.rules.workflow.views.HISTORY`, the oldest first.
    ``note``: words the note of an action; ``facts`` what the facts of an event are called and say.
    """
    say = page.say
    steps = [
        {
            "at": f"{event['at']:%Y-%m-%d %H:%M}",
            "stage": (now := event[f"to_{stage}"]),
            "action": say.name(f"{kind}_done", event["action"]),
            "moved": say.name(f"{kind}_{stage}", now) if event[f"from_{stage}"] != now else "",
            "who": people.get(event["actor"]) or say.name("audit_person", event["actor"]),
            "note": note(event["action"], event["note"]),
            "facts": facts(event["facts"]),
        }
        for event in history.iloc[::-1].to_dict("records")
    ]
    st.html(render("cases/history.html", label=say("History, the newest first"), steps=steps))
