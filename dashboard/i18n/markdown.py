"""Text that somebody wrote, within what Streamlit reads as Markdown."""

from typing import Final

_SIGNS: Final = r"\`*[]<>~$|"


def plain(text: object) -> str:
    r"""Return text in which no sign makes a link, a picture, a tag, a formula or a style.

    Examples
    --------
    >>> print(plain("雷** [看](http://example.org)"))
    雷\*\* \[看\](http://example.org)
    """
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in str(text))
