"""What of a text may not leave: people, numbers, rooms, and what betrays a reporter or a pupil.

Names are masked in the published style: `雷**`, credit codes `(91430321**************3)`, places by
street and estate. What rules do not know they miss, so that nothing replaces the reviewer's eyes.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from data.contracts.notice_vocabulary import NoticeKind
from data.contracts.screening.spelling import dictionary
from data.privacy.contacts import find_contacts
from data.privacy.export_masks import find_rooms
from data.privacy.pseudonyms import IDENTITY_NUMBER, is_organisation, mask_name
from governance.records.notices.rules.surnames import AFTER_MARK, FREQUENT, SURNAME

_CREDIT_LETTERS: Final = "0-9A-HJ-NPQRTUWXY"
_CREDIT_CODE: Final = re.compile(
    rf"(?<![0-9A-Z])[{_CREDIT_LETTERS}]{{2}}\d{{6}}[{_CREDIT_LETTERS}]{{10}}(?![0-9A-Z])"
)
_IDENTITY: Final = re.compile(IDENTITY_NUMBER)
_DAY: Final = re.compile(r"(?:19|20)\d\d-\d{1,2}-\d{1,2}")
_OWN_NUMBER: Final = re.compile(r"(?:举报|监督|咨询|办公|投诉)电话[:：]?\s*$")
"""What stands before a telephone of the office's own, which is to be read."""
_BUILDING: Final = re.compile(r"[0-9A-Za-z一二三四五六七八九十百]+\s*(?:号楼|栋|幢|单元)")
_END: Final = r"(?=[^一-鿿]|等|$)"
_PARTY: Final = (
    "当事人|负责人|经营者|举办者|法定代表人|责任人|承租人|出租人|房东|户主|被处罚人|教师|老师"
    "|联系人"
)
_MINOR: Final = "学生|学员|孩子|儿童|幼儿|小朋友|同学|家长|监护人"
_GIVEN: Final = "[一-鿿]{1,2}"
_NAMED: Final = re.compile(
    rf"(?:{_PARTY})(?:姓名)?(?:(?:[:：]|为|系|是|叫|名叫)?\s*(?P<name>{SURNAME}{_GIVEN})"
    rf"|(?:[:：]|叫)\s*(?P<marked>{AFTER_MARK}{_GIVEN})){_END}"
)
_TITLED: Final = re.compile(rf"(?P<name>{SURNAME}{_GIVEN})(?P<marked>先生|女士)")
_PUPIL: Final = re.compile(
    rf"(?:{_MINOR})(?:姓名|名叫|叫|[:：])?(?:\s*(?P<name>{SURNAME}{_GIVEN})"
    rf"|(?<=[名叫:：])\s*(?P<marked>{AFTER_MARK}{_GIVEN})){_END}"
)
_CLASS: Final = re.compile(
    r"(?:[一二三四五六七八九\d]年级|[初高][一二三])\s*[（(]?[一二三四五六七八九十\d]+[）)]?\s*班"
)
_REPORTER: Final = re.compile(
    r"(?:举报|投诉|来电|诉求|信访|反映)人|(?:接到?|根据|经|收到|据)[^。；;\n]{0,12}?(?:举报|投诉|来电|信访)"
    r"|工单(?:编?号)?[:：]?\s*\d+|(?:市民|群众|居民|业主|邻居|住户)[^。；;\n]{0,4}(?:举报|投诉|反映)"
)
_SHORTEST_NAME: Final = 2
_WITH_BUILDING: Final = frozenset(
    {NoticeKind.REMINDER, NoticeKind.WEEKLY, NoticeKind.MONTHLY, NoticeKind.CAMPAIGN}
)
"""Kinds that stay inside, or go to who answers for the building: they may say which it is."""


@dataclass(frozen=True, slots=True)
class Unmasked:
    """Something that may not leave: of which sort, and as the text has it."""

    kind: str
    found: str


def find_unmasked(text: str, *, kind: str, names: Collection[str] = ()) -> list[Unmasked]:
    """Return everything in a text that may not leave, each once, in order of its sort.

    ``kind``: one of `NoticeKind`; some may name a building, none a room.
    ``names``: names of people that the office knows.

    Examples
    --------
    >>> [each.found for each in find_unmasked("当事人雷小明，13800005678", kind="典型案例曝光")]
    ['13800005678', '雷小明']
    """
    return list(dict.fromkeys(_found(_DAY.sub("日", text), kind, names)))


def mask_party(name: str) -> str:
    """Return a name in the published style: a person by the first character, a body as it is."""
    return mask_name(name.strip())


def _found(text: str, kind: str, names: Collection[str]) -> Iterator[Unmasked]:
    numbers = [(match.start(2), match.end(), "identity") for match in _IDENTITY.finditer(text)]
    taken = {start for start, _, _ in numbers}
    numbers += [(match.start(), match.end(), "credit_code")
                for match in _CREDIT_CODE.finditer(text) if match.start() not in taken]  # fmt: skip
    yield from (Unmasked(sort, text[start:end]) for start, end, sort in numbers)
    for each in find_contacts(text):
        inside = any(start <= each.start and each.end <= end for start, end, _ in numbers)
        if not inside and not _OWN_NUMBER.search(text[: each.start]):
            yield Unmasked(each.kind, text[each.start : each.end])
    yield from (Unmasked("room", room) for room in find_rooms(text))
    if kind not in _WITH_BUILDING:
        yield from (Unmasked("building", match[0]) for match in _BUILDING.finditer(text))
    for sort, pattern in (("name", _NAMED), ("name", _TITLED), ("pupil", _PUPIL)):
        named = (match.groupdict() for match in pattern.finditer(text))
        found = (each["name"] or each["marked"] for each in named)
        yield from (Unmasked(sort, name) for name in found if _is_name(name))
    for name in sorted(names):
        if len(name) >= _SHORTEST_NAME and name in text and not is_organisation(name):
            yield Unmasked("name", name)
    yield from (Unmasked("pupil", match[0]) for match in _CLASS.finditer(text))
    yield from (Unmasked("reporter", match[0]) for match in _REPORTER.finditer(text))


def _is_name(name: str) -> bool:
    word = not name.startswith(FREQUENT) and name in dictionary()
    return "某" not in name and not is_organisation(name) and not word
