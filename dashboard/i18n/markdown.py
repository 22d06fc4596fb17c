"""Text that somebody wrote, within what Streamlit reads as Markdown."""

from collections.abc import Mapping
from typing import Final

from dashboard.i18n import Translator
from geo.errors import GridwardenError

_SIGNS: Final = r"\`*[]<>~$|"


def plain(text: object) -> str:
    r"""Return text in which no sign makes a link, a picture, a tag, a formula or a style.

    Examples
    --------
    >>> print(plain("雷** [看](http://example.org)"))
    雷\*\* \[看\](http://example.org)
    """
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in str(text))


def plain_facts(facts: Mapping[str, object]) -> dict[str, object]:
    """Return what is filled into a sentence, with nothing of its texts read as Markdown."""
    return {name: plain(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}


def failure(say: Translator, error: GridwardenError) -> str:
    """Word a failure for what reads Markdown; nothing in it is any."""
    return plain(say.error(error))
