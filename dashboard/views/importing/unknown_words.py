"""Words of a file that no list has: what each means is said here, as ``--value`` says it."""

from collections.abc import Mapping

import streamlit as st

from dashboard.i18n.field_names import label_of
from dashboard.ui import pick
from dashboard.ui.frame import Page
from data.contracts.model import Field
from data.contracts.registry import TABLES
from data.ingest.preview.preview import ImportPreview

_COLUMNS = 3


def choose(
    page: Page, table: str, preview: ImportPreview, *, key: str
) -> dict[str, dict[str, str]]:
    """Ask what each unknown word means and return field → word → value, of those that were said.

    Words of a closed list stand open, since their rows cannot be used; those of an open list are
    kept as sent unless somebody says what they mean. Where no value is required, a word may mean
    none.
    """
    fields = {field.name: field for field in TABLES[table].fields}
    closed = {n: w for n, w in preview.unknown_words.items() if not _is_open(fields[n])}
    kept = {n: w for n, w in preview.unknown_words.items() if _is_open(fields[n])}
    meant: dict[str, dict[str, str]] = {}
    if closed:
        page.warning("These words are in no list; their rows wait to be corrected unless you say "
                     "what each means.")  # fmt: skip
        for name, words in closed.items():
            meant |= _ask(page, fields[name], words, key=key, none=page.say("not said"))
    if kept:
        count = sum(map(len, kept.values()))
        with st.expander(page.say("Words kept as sent, though in no list: {count}", count=count)):
            for name, words in kept.items():
                meant |= _ask(page, fields[name], words, key=key, none=page.say("as sent"))
    return meant


def _is_open(field: Field) -> bool:
    return field.vocabulary is not None and field.vocabulary.open


def _ask(
    page: Page, field: Field, words: Mapping[str, int], *, key: str, none: str
) -> dict[str, dict[str, str]]:
    values = {value: value for value in (field.vocabulary.values if field.vocabulary else ())}
    if not field.required:
        values[""] = page.say("nothing: leave it empty")
    meanings: dict[str, str] = {}
    columns = st.columns(_COLUMNS)
    for place, (word, rows) in enumerate(words.items()):
        label = page.say(
            "{field}: “{word}”, {rows} rows means",
            field=label_of(field, page.say), word=word, rows=rows,
        )  # fmt: skip
        chosen = pick.one_or_none(
            label,
            values,
            none=none,
            key=f"{key}_{field.name}_{place}",
            at=columns[place % _COLUMNS],
        )
        if chosen is not None:
            meanings[word] = chosen
    return {field.name: meanings} if meanings else {}
