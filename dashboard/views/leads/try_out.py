"""Try a text, or many: the forms that it tells of, each word highlighted with its rule."""

import pandas as pd
import streamlit as st

from dashboard.documents.columns import Column
from dashboard.documents.marked_text import marked_text
from dashboard.ui import table
from dashboard.ui.frame import Page
from data.contracts.screening.screen import Mark, Screened
from governance.importing.screening import TriedText

_MARKS = (
    Column("seen", header="In the text"),
    Column("term", header="Word of the list"),
    Column("why", kind="term_part", header="Counts as"),
    Column("disguised", kind="disguised", header="How it stands there"),
)
_MANY = (
    Column("text", header="Text"),
    Column("about", kind="screened", header="About tutoring"),
    Column("forms", header="Forms"),
)


def show(page: Page) -> None:
    """Ask for a text; show its forms, the text with its words marked, and each word's rule."""
    say = page.say
    text = st.text_area(
        say("Text of an advert or a complaint"),
        key="leads_text",
        height=140,
        placeholder=say("For example: ①对① maths for grade 8, in the estate, price in private"),
    )
    if not text.strip():
        page.info("Paste a text to see what it tells of, and by which words.")
        return
    tried = page.office.screening.try_out(page.actor, text)
    _show_forms(page, tried.screened)
    st.html(marked_text(text, tried.marks))
    if tried.marks:
        table.table(page, _rules(text, tried), _MARKS, key="leads_marks", search=False)


def show_many(page: Page) -> None:
    """Ask for a text a line; show what each tells of, as a table and a file."""
    say = page.say
    texts = st.text_area(say("One text a line"), key="leads_texts", height=220)
    lines = [line.strip() for line in texts.splitlines() if line.strip()]
    if not lines:
        page.info("Paste the lines of a list: each is screened by itself.")
        return
    found = page.office.screening.screen(page.actor, lines)
    tutoring = [each.tutoring for each in found]
    forms = ["、".join(each.forms) for each in found]
    rows = worded(page, pd.DataFrame({"text": lines, "tutoring": tutoring, "forms": forms}))
    page.caption("Tutoring in {n} of {all}.", n=sum(tutoring), all=len(lines))
    table.table(page, rows, _MANY, key="leads_many", export=say("Screened texts"))


def worded(page: Page, found: pd.DataFrame) -> pd.DataFrame:
    """Return what screening found with ``about`` and the names of ``forms`` in words."""
    say = page.say
    forms = [
        say(", ").join(say.name("term_part", form) for form in forms.split("、") if form)
        for forms in found["forms"]
    ]
    return found.assign(about=found["tutoring"].map({True: "yes", False: "no"}), forms=forms)


def _show_forms(page: Page, screened: Screened) -> None:
    say = page.say
    if screened.forms:
        names = say(", ").join(say.name("term_part", form) for form in screened.forms)
        page.warning("Forms of the policy: {forms}", forms=names)
    elif screened.tutoring:
        page.warning("Tutoring in school subjects, in none of the policy's forms.")
    else:
        page.info("Nothing in this text tells of tutoring in school subjects.")


def _rules(text: str, tried: TriedText) -> pd.DataFrame:
    def row(mark: Mark) -> tuple[str, str, str, str]:
        seen = text[mark.start : mark.end]
        return seen, mark.term, mark.why, "disguised" if mark.disguised else "plain"

    return pd.DataFrame([row(mark) for mark in tried.marks], columns=[c.name for c in _MARKS])
