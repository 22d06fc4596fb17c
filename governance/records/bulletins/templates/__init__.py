"""The Word templates of bulletins that are shipped, and what a template may ask for."""

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
ONE_PAGE, FULL, SUMMARY = FORMS = ("one_page", "full", "summary")
"""One page for a leader, the bulletin of a period in full, what a campaign came to."""
LANGUAGES: Final = ("zh", "en")
PLACEHOLDERS: Final = (
    "title", "period", "span", "office", "day", "headline", "map", "chart", "figures", "changes",
    "overdue", "waiting", "rest", "chance", "communities", "definitions", "notes",
)  # fmt: skip
"""What a template may ask for."""


def template_name(form: str, language: str) -> str:
    """Return the name of the template of a form in a language."""
    return f"bulletin_{form}_{language}"


NAMES: Final = tuple(template_name(form, each) for form in FORMS for each in LANGUAGES)
