"""What a row's text tells where it has no cell for it: an address, a contact, an outcome."""

import re
from collections.abc import Callable, Mapping
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import TableContract
from data.privacy.contacts import contact_in, hide_contacts
from geo.addresses.lexicon import HAN
from geo.addresses.parse import parse_address

_CLAUSE: Final = re.compile(r"[,，。;；!！?？\n|、~～]+|\s{2,}")
_LEAD: Final = re.compile(
    r"(?:地址|地点|位置|坐标|位于|家住|住|设|开|就|单间|合租|整租|转租|出租|招租|次卧|主卧|(?<![现存所内])[在到])"
    r"[\s:：是为在】\])）]*"
)
_ESTATE: Final = re.compile(
    rf"[{HAN}]{{2,8}}?(?:花园|家园|小区|新村|公寓|宿舍|家属院|花苑|新城|山庄|名都|嘉园|佳苑|华庭|豪庭|学府|[苑府湾轩庭]"
    rf"(?![{HAN}]))"
)
_NO_NAME: Final = re.compile(
    r"^(?:本|我们?|咱们?|同|附近|周边|各|该|每个|多个|所有|几个|某|老|新|高档|大|在|一个|同一个|隔壁)+的?"
    r"(?:小区|公寓|宿舍|新村|家园|花园|家属院)"
)
_LONGEST: Final = 40


def address_in(text: str) -> str | None:
    """Return the clause of a text that names a building, else the first that names an estate.

    Examples
    --------
    >>> address_in("初中数学小班，地址：示例花园12号楼3单元，价格私聊")
    '示例花园12号楼3单元'
    """
    estate = None
    for clause in map(str.strip, _CLAUSE.split(hide_contacts(text))):
        place = _place_of(clause)
        if not place or len(place) > _LONGEST:
            continue
        named = _ESTATE.search(place)
        generic = named is not None and _NO_NAME.match(named[0]) is not None
        if not generic and parse_address(place).names_building:
            return place
        if estate is None and named and not generic:
            estate = place
    return estate


def _place_of(clause: str) -> str:
    """Return a clause without what stands around its place: 上课地点:, 就在, 次卧."""
    leads = [lead.end() for lead in _LEAD.finditer(clause)]
    for start in (*reversed(leads), 0):
        place = clause[start:]
        if _ESTATE.search(place) or parse_address(place).names_building:
            break
    parts = place.split()
    while len(parts) > 1 and not re.search(r"[0-9一二三四五六七八九十]", parts[-1]):
        parts.pop()
    return " ".join(parts)


_READ: Final[Mapping[str, Callable[[str], str | None]]] = {
    "raw_address": address_in,
    "contact": contact_in,
}


def fill_from_texts(contract: TableContract, values: dict[str, pa.Array]) -> None:
    """Fill empty cells of a contract's fields from the texts that the contract names.

    A contact's own cell is read in the same way, so that one account is one spelling.

    ``values``: columns by field as they were read, not masked; changed in place.
    """
    for field in contract.fields:
        of_sentence = field.vocabulary.sentence if field.vocabulary else None
        read = of_sentence or _READ.get(field.name, str)
        if field.taken_from and field.name == "contact":
            cells = values[field.name]
            values[field.name] = pc.coalesce(_extracted(cells, cells.is_valid(), read), cells)
        for name in field.taken_from:
            cells, texts = values[field.name], values[name]
            wanted = pc.and_(cells.is_null(), texts.is_valid())
            values[field.name] = pc.coalesce(cells, _extracted(texts, wanted, read))


def _extracted(texts: pa.Array, wanted: pa.Array, read: Callable[[str], str | None]) -> pa.Array:
    """Return what is read of the wanted texts, each distinct one once, null elsewhere."""
    coded = pc.if_else(wanted, texts, None).dictionary_encode()
    extracted = [None if text is None else read(text) for text in coded.dictionary.to_pylist()]
    return pa.array(extracted, pa.large_string()).take(coded.indices)
