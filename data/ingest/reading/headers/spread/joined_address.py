"""Join an address that a sender spreads over several columns."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import TableContract
from data.ingest.batches import SourceBatch
from data.ingest.reading.cell_text import plain_names
from data.ingest.reading.headers.address_columns import (
    PARTS,
    address_part,
    is_named_address,
    last_level,
)
from data.ingest.reading.headers.cell_matches import ADDRESS_FIELDS
from data.ingest.reading.headers.header_match import match_header
from data.ingest.reading.headers.names import normalise_header

_ESTATE, _DOOR = "estate", "door"
_NUMBERED, _STREET, _TOWN = "number", "street", "town"
_REGISTERED, _WITHIN = "std_address", frozenset({"unit", "room"})
_ENOUGH: Final = {
    "raw_address": ({"estate", "building"}, {"road", "door"}),
    _REGISTERED: ({"road", "door"},),
}
"""Field of an address → which parts make one; a register has fields of its own for the others."""
_WESTERN_PARTS: Final = {
    _NUMBERED: "num housenumber houseno streetnumber streetno buildingnumber building hausnummer "
    "hausnr numéro numérodevoie número numvial numvia",
    _STREET: "street streetname straße strasse straßenname rue voie calle descvial "
    "nombrevial nombrevia nomvia",
    _TOWN: "borough boro city town ort stadt ville commune municipality municipio localidad",
}
"""Number and street make an address where its words are parted by blanks; a town is added."""
_OF_ADDRESS: Final = re.compile(r"^addr(?:ess)?[:.]?(?=.)")
"""What OpenStreetMap, and who exports it, writes before a part: addr:street, addr_housenumber."""
_BLANK, _COMMA = " ", ", "
_NOTHING: Final = r"^(?:无|[-/\\—–]+|(?i:null|none))$"
_NUMBER: Final = r"^(?:[A-Za-z]?[0-9]+[A-Za-z]?|[一二三四五六七八九十]{1,3}|[甲乙丙丁])$"
_LOOKED_AT: Final = 1_000
_HALF: Final = 0.5
_HAN, _OPEN_NUMBER, _DOOR_SIGN = r"[\x{4e00}-\x{9fff}]", r"[0-9][A-Za-z]?$", "号"
_HOUSE: Final = r"[0-9０-９]|[一二三四五六七八九十甲乙丙][号栋幢座单]"
_ROLES: Final = {
    normalise_header(name): role for role, names in _WESTERN_PARTS.items() for name in names.split()
}

Known = Mapping[str, tuple[str, str]]


def address_parts(batch: SourceBatch, contract: TableContract, known: Known) -> dict[str, str]:
    """Return column → word behind its numbers, in the order of an address; {} for no parts.

    A column that is the address by its name is the estate where the house stands in others.
    """
    of_address = next((field.name for field in contract.fields if field.name in _ENOUGH), None)
    if of_address is None:
        return {}
    places = [name for name in batch.columns if _is_address(name, known)]
    spelt = {last_level(column): column for column in reversed(batch.columns)}
    rows = batch.rows.slice(0, _LOOKED_AT)
    if len(places) > 1 or _name_houses(rows, places):
        inside = of_address != _REGISTERED and len(places) == 1
        return _rooms_behind(rows, places[0], spelt, known) if inside else {}
    found = {
        role: column
        for role, names, _ in PARTS
        if (column := next((spelt[name] for name in names.split() if name in spelt), None))
    }
    if places:
        found = {_ESTATE: places[0]} | {r: c for r, c in found.items() if r != _ESTATE}
    if _DOOR in found and "road" not in found and "room" not in found and "building" in found:
        found["room"] = found.pop(_DOOR)  # 门牌 501 behind 3号楼
    if of_address == _REGISTERED:
        found = {role: column for role, column in found.items() if role not in _WITHIN}
    if any(needed <= found.keys() for needed in _ENOUGH[of_address]):
        return {found[role]: word for role, _, word in PARTS if role in found}
    return {} if places else _western_parts(spelt)


def _name_houses(rows: pa.Table, places: Sequence[str]) -> bool:
    """Say whether a cell of columns names a house, not only an estate or a road."""
    return any(
        pc.any(pc.match_substring_regex(rows[name], _HOUSE)).as_py()
        or rows[name].null_count == len(rows)
        for name in places
    )


def _rooms_behind(
    rows: pa.Table, place: str, spelt: Mapping[str, str], known: Known
) -> dict[str, str]:
    """Return an address and the columns of entrance and room it lacks; {} where it has them."""
    words = {
        column: word
        for role, names, word in PARTS
        if role in _WITHIN
        and (column := next((spelt[name] for name in names.split() if name in spelt), None))
        and match_header(column, known) is None
    }
    address = rows[place].combine_chunks()
    for column in words:
        parts = _plain(rows[column].combine_chunks())
        named = [
            re.search(rf"(?<![0-9]){re.escape(part)}(?![0-9])", text or "") is not None
            for text, part in zip(address.to_pylist(), parts.to_pylist(), strict=True)
            if part
        ]
        if sum(named) > len(named) * _HALF:
            return {}
    return {place: "", **words} if words else {}


def _western_parts(spelt: Mapping[str, str]) -> dict[str, str]:
    """Return number, street and town, each with what parts it from those before; or {}."""
    tagged = {name: column for name, column in spelt.items() if _OF_ADDRESS.match(name)}
    for columns in (tagged, spelt):  # building=yes is no number beside addr:housenumber
        roles = {column: role for column in columns.values() if (role := _role(column))}
        first = {role: column for column, role in roles.items()}  # from the last to the first
        if {_NUMBERED, _STREET} <= first.keys():
            house = sorted((first[_NUMBERED], first[_STREET]), key=list(roles).index, reverse=True)
            return dict.fromkeys(house, _BLANK) | ({first[_TOWN]: _COMMA} if _TOWN in first else {})
    return {}


def _role(column: str) -> str | None:
    return _ROLES.get(_OF_ADDRESS.sub("", last_level(column)))


def _is_address(column: str, known: Known) -> bool:
    if address_part(column):  # 地址/小区, of a header of two levels
        return False
    match = match_header(column, known)
    return match.field in ADDRESS_FIELDS if match else is_named_address(column)


def with_address(rows: pa.Table, parts: dict[str, str], known: Known) -> pa.Table:
    """Return the rows with the parts as one address, in a column in front that says so.

    A column of estates that is called an address itself is left out, for it is no longer one.
    """
    cells = {column: _plain(rows[column].combine_chunks()) for column in parts}
    if set(parts.values()) <= {_BLANK, _COMMA}:
        text = _western_address(cells, parts)
    else:
        numbered = [_with_sign(cells[column], _NUMBER, word) for column, word in parts.items()]
        text = joined_texts(numbered, "")
    address = pc.if_else(pc.equal(text, ""), _text(None), text)
    rows = rows.drop_columns([column for column in parts if _is_address(column, known)])
    return rows.add_column(0, f"地址（{'、'.join(parts)}）", address)


def _western_address(cells: Mapping[str, pa.Array], parts: Mapping[str, str]) -> pa.Array:
    """Return town, street and number as each row's language has them: 世纪大道100号."""
    first, *others = cells
    behind = [pc.binary_join_element_wise(_text(parts[c]), cells[c], _text("")) for c in others]
    spelt = joined_texts([cells[first], *behind], "")
    of = {_role(column): cell for column, cell in cells.items()}
    numbers = _with_sign(of[_NUMBERED], _OPEN_NUMBER, _DOOR_SIGN)
    towns = [of[_TOWN]] if _TOWN in of else []
    is_han = pc.fill_null(pc.match_substring_regex(of[_STREET], _HAN), fill_value=False)
    return pc.if_else(is_han, joined_texts([*towns, of[_STREET], numbers], ""), spelt)


def _plain(cells: pa.Array) -> pa.Array:
    plain = plain_names(pc.utf8_trim_whitespace(cells))
    return pc.if_else(pc.match_substring_regex(plain, _NOTHING), _text(None), plain)


def _with_sign(cells: pa.Array, numbers: str, sign: str) -> pa.Array:
    signed = pc.binary_join_element_wise(cells, _text(sign), _text(""))
    return pc.if_else(pc.match_substring_regex(cells, numbers), signed, cells)


def joined_texts(cells: list[pa.Array], between: str) -> pa.Array:
    """Return the texts joined, blank ones left out; '' where all are."""
    # not null_handling="skip": it drops rows of which every cell is null
    filled = [pc.fill_null(each, "") for each in cells]
    return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*filled, _text(between)))


def _text(value: str | None) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())
