"""Join an address that a sender spreads over several columns."""

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

_ENOUGH: Final = ({"estate", "building"}, {"road", "door"})
_WESTERN_PARTS: Final = {
    "number": "num housenumber houseno streetnumber streetno buildingnumber building hausnummer "
    "hausnr numéro numérodevoie número numvial numvia",
    "street": "street streetname straße strasse straßenname rue voie calle descvial "
    "nombrevial nombrevia nomvia",
    "town": "borough boro city town ort stadt ville commune municipality municipio localidad",
}
"""Number and street make an address where its words are parted by blanks; a town is added."""
_BLANK, _COMMA = " ", ", "
_NOTHING: Final = r"^(?:无|[-/\\—–]+|(?i:null|none))$"
_NUMBER: Final = r"^(?:[A-Za-z]?[0-9]+[A-Za-z]?|[一二三四五六七八九十]{1,3}|[甲乙丙丁])$"
_LOOKED_AT: Final = 1_000
_ESTATE, _DOOR = "estate", "door"
_HOUSE: Final = r"[0-9０-９]|[一二三四五六七八九十甲乙丙][号栋幢座单]"
_ROLES: Final = {
    normalise_header(name): role for role, names in _WESTERN_PARTS.items() for name in names.split()
}

Known = Mapping[str, tuple[str, str]]


def address_parts(batch: SourceBatch, contract: TableContract, known: Known) -> dict[str, str]:
    """Return column → word behind its numbers, in the order of an address; {} for no parts.

    A column that is the address by its name is the estate where the house stands in others.
    """
    if all(field.name != "raw_address" for field in contract.fields):
        return {}
    places = [name for name in batch.columns if _is_address(name, known)]
    if len(places) > 1 or _name_houses(batch.rows.slice(0, _LOOKED_AT), places):
        return {}
    spelt = {last_level(column): column for column in reversed(batch.columns)}
    found = {
        role: column
        for role, names, _ in PARTS
        if (column := next((spelt[name] for name in names.split() if name in spelt), None))
    }
    if places:
        found = {_ESTATE: places[0]} | {r: c for r, c in found.items() if r != _ESTATE}
    if _DOOR in found and "road" not in found and "room" not in found and "building" in found:
        found["room"] = found.pop(_DOOR)  # 门牌 501 behind 3号楼
    if any(needed <= found.keys() for needed in _ENOUGH):
        return {found[role]: word for role, _, word in PARTS if role in found}
    return {} if places else _western_parts(spelt)


def _name_houses(rows: pa.Table, places: Sequence[str]) -> bool:
    """Say whether a cell of columns names a house, not only an estate or a road."""
    return any(
        pc.any(pc.match_substring_regex(rows[name], _HOUSE)).as_py()
        or rows[name].null_count == len(rows)
        for name in places
    )


def _western_parts(spelt: Mapping[str, str]) -> dict[str, str]:
    """Return number, street and town, each with what parts it from those before; or {}."""
    found = {spelt[name]: _ROLES[name] for name in spelt if name in _ROLES}
    first = {role: column for column, role in found.items()}  # from the last to the first
    if not {"number", "street"} <= first.keys():
        return {}
    house = sorted((first["number"], first["street"]), key=list(found).index, reverse=True)
    parts = dict.fromkeys(house, _BLANK)
    return parts | ({first["town"]: _COMMA} if "town" in first else {})


def _is_address(column: str, known: Known) -> bool:
    if address_part(column):  # 地址/小区, of a header of two levels
        return False
    match = match_header(column, known)
    return match.field in ADDRESS_FIELDS if match else is_named_address(column)


def with_address(rows: pa.Table, parts: dict[str, str], known: Known) -> pa.Table:
    """Return the rows with the parts as one address, in a column in front that says so.

    A column of estates that is called an address itself is left out, for it is no longer one.
    """
    cells: list[pa.Array] = []
    for column, word in parts.items():
        plain = plain_names(pc.utf8_trim_whitespace(rows[column].combine_chunks()))
        plain = pc.if_else(pc.match_substring_regex(plain, _NOTHING), _text(None), plain)
        if word in (_BLANK, _COMMA):
            behind = pc.binary_join_element_wise(_text(word if cells else ""), plain, _text(""))
            cells.append(behind)
            continue
        numbered = pc.binary_join_element_wise(plain, _text(word), _text(""))
        cells.append(pc.if_else(pc.match_substring_regex(plain, _NUMBER), numbered, plain))
    text = joined_texts(cells, "")
    address = pc.if_else(pc.equal(text, ""), _text(None), text)
    rows = rows.drop_columns([column for column in parts if _is_address(column, known)])
    return rows.add_column(0, f"地址（{'、'.join(parts)}）", address)


def joined_texts(cells: list[pa.Array], between: str) -> pa.Array:
    """Return the texts joined, blank ones left out; '' where all are."""
    # not null_handling="skip": it drops rows of which every cell is null
    filled = [pc.fill_null(each, "") for each in cells]
    return pc.utf8_trim_whitespace(pc.binary_join_element_wise(*filled, _text(between)))


def _text(value: str | None) -> pa.Scalar:
    return pa.scalar(value, pa.large_string())
