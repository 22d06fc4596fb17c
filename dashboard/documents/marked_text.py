"""A text with the words marked by which it tells of hidden tutoring."""

from collections.abc import Iterable
from html import escape

from data.contracts.screening.screen import Mark


def marked_text(text: str, marks: Iterable[Mark]) -> str:
    """Return a text as HTML; of words that overlap the first is marked, the longest of those."""
    parts, at = [], 0
    for mark in sorted(marks, key=lambda mark: (mark.start, mark.start - mark.end)):
        if mark.start < at:
            continue
        kind = "gw-disguised" if mark.disguised else "gw-plain"
        parts.append(escape(text[at : mark.start]))
        seen = escape(text[mark.start : mark.end])
        parts.append(f'<mark class="{kind}" title="{escape(mark.term)}">{seen}</mark>')
        at = mark.end
    html = "".join([*parts, escape(text[at:])]).replace("\n", "<br>")
    return f'<div class="gw-screened">{html}</div>'
