"""Listings in text that somebody pasted, and the rows of the table adverts that they make."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from data.ingest.text_extraction import address_in
from data.privacy.contacts import contact_in, hide_contacts

Apart = Literal["blank", "line"]
"""What stands between listings: blank lines (or lines of signs), or every line is one."""
_BLANK: Final = re.compile(
    r"\n[ \t\u3000]*(?:[-=*—_#~]{3,}[ \t]*)?(?:\n|$)|(?:^|\n)[-=*—_#~]{3,}[ \t]*\n"
)
_NUMBER: Final = re.compile(r"^\s*(?:\d{1,3}[.、)）]|[（(]\d{1,3}[)）]|[-•*·]\s)\s*")
_LONGEST_TITLE: Final = 40


@dataclass(frozen=True, slots=True)
class Listing:
    """One listing as it was pasted.

    ``title``: its first line where that is short and more follows; else empty.
    """

    title: str
    content: str

    @property
    def text(self) -> str:
        """Title and content."""
        return f"{self.title}\n{self.content}" if self.title else self.content

    @property
    def shown(self) -> str:
        """Title and content with every contact hidden."""
        return hide_contacts(self.text)

    @property
    def address(self) -> str:
        """What it says of its place; empty where it says nothing."""
        return address_in(self.content) or address_in(self.title) or ""

    @property
    def contact(self) -> str:
        """How it says that its author is reached, hidden; empty where it does not."""
        contact = contact_in(self.content) or contact_in(self.title)
        return f"{contact[:3]}****{contact[-2:]}" if contact else ""

    @property
    def number(self) -> str:
        """Its key: the same text is the same advert, whenever it is pasted."""
        return "ZT-" + hashlib.sha256(self.text.encode()).hexdigest()[:16]


def listings_in(text: str, *, apart: Apart) -> list[Listing]:
    r"""Return the listings of a text, each once, in their order.

    Examples
    --------
    >>> [each.content for each in listings_in("1. 数学小班\n2. 旧书", apart="line")]
    ['数学小班', '旧书']
    """
    parts = text.splitlines() if apart == "line" else _BLANK.split(text.replace("\r\n", "\n"))
    cleaned = (_NUMBER.sub("", part.strip()).strip() for part in parts)
    return list(dict.fromkeys(_listing(part) for part in cleaned if part))


def rows_of(listings: Sequence[Listing], *, kind: str, site: str) -> Iterator[dict[str, str]]:
    """Yield the cells of each listing, by the Chinese headers of the table adverts."""
    for each in listings:
        yield {
            "广告编号": each.number,
            "发布平台": site,
            "广告类型": kind,
            "广告标题": each.title,
            "广告内容": each.content,
        }


def _listing(text: str) -> Listing:
    first, _, rest = text.partition("\n")
    if rest.strip() and len(first.strip()) <= _LONGEST_TITLE:
        return Listing(first.strip(), rest.strip())
    return Listing("", text)
