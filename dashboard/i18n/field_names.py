"""What the fields of tables are called on pages: templates and exports keep the Chinese headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.i18n import Translator
    from data.contracts.model import Field


def name_of(field: Field, say: Translator) -> str:
    """Return what a field is called in the page's language."""
    return field.header if say.language == "zh" else field.header_en


def label_of(field: Field, say: Translator) -> str:
    """Return the same as Markdown, in English with the header that files have for it."""
    if say.language == "zh":
        return field.header
    return f"{field.header_en} :gray[:small[{field.header}]]"
