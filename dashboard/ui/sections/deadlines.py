"""A table of deadlines, each with its source; a chosen or a new one is written for the office."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column
from dashboard.ui import change, pick, table
from dashboard.ui.frame import Page
from governance.cases.rules.deadlines import TimeLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineForm:
    """What is asked of a deadline."""

    key: str
    """Begins the keys of what is asked."""
    fields: Mapping[str, tuple[str, Mapping[str, str] | None]]
    """Field → label, and its choices (of a number: None); laid out in as many columns as there are
    fields that say which deadline it is.
    """
    save: Callable[[dict[str, Any]], object]
    """Writes the deadline of some fields down."""


def show(
    page: Page, rows: Sequence[TimeLimit], columns: Sequence[Column], *, title: str,
    form: DeadlineForm | None, key: str,
) -> None:  # fmt: skip
    """List the deadlines that hold; with a form a chosen one, or a new one, is written down."""
    shown = pd.DataFrame([asdict(each) for each in rows])
    shown["own"] = shown["own"].map({True: "own", False: "shipped"})
    chosen = f"{key}_chosen"

    def choose(place: int) -> None:
        st.session_state[chosen] = rows[place]

    table.table(page, shown, columns, key=key, search=False, pick=choose if form else None,
                export=title)  # fmt: skip
    if form:
        page.subheader("Change or add a deadline")
        page.caption("Choose a line to begin from it.")
        _ask(page, st.session_state.get(chosen, rows[0]), form)


def _ask(page: Page, begun: TimeLimit, form: DeadlineForm) -> None:
    """Ask for a deadline; it replaces the one that is the same but for its days."""
    say = page.say
    same = [name for name in form.fields if name in begun.KEY]
    key = "_".join([form.key, *(str(getattr(begun, name)) for name in same)])
    with st.form(f"form_{key}"):
        values: dict[str, Any] = {}
        fields, places = iter(form.fields.items()), len(same)
        while row := list(islice(fields, places)):  # columns for each row: phones keep the order
            for place, (name, (label, choices)) in zip(st.columns(places), row, strict=False):
                values[name] = _one(label, choices, begun, name, place, key)
        values["source"] = st.text_input(say("Who says so"), begun.source, key=f"{key}_source")
        values["since"] = page.office.clock.today().isoformat()
        if st.form_submit_button(say("Save this deadline"), type="primary", key=f"{key}_save"):
            change.make(
                page, lambda: form.save(values),
                done=say("The deadline is saved; clocks that begin from now on go by it."),
            )  # fmt: skip


def _one(
    label: str, choices: Mapping[str, str] | None, begun: TimeLimit, name: str, at: Any, key: str  # noqa: ANN401 -- a column
) -> Any:  # noqa: ANN401 -- a number or a word  # fmt: skip
    """Ask for a number, or for one of several, beginning with what it was."""
    held = getattr(begun, name)
    if choices is None:
        return at.number_input(label, 0, begun.MOST, held, key=f"{key}_{name}")
    index = list(choices).index(held) if held in choices else 0
    return pick.one(label, choices, key=f"{key}_{label}", at=at, index=index)
