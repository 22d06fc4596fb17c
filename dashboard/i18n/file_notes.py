"""What a reader should know of a file, in words: sheets and cells as the file names them."""

from collections.abc import Sequence

from dashboard.i18n import Translator


def note_text(code: str, about: Sequence[str], say: Translator) -> str:
    """Return a note about a file with what it is about, such as the sheets that were not read."""
    text = say.name("note", code)
    if not about:
        return text
    return say("{note} ({details})", note=text, details=say(", ").join(about))
