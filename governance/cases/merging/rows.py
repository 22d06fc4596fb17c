"""What is compared of leads: place, time, words, who reported, which numbers are named."""

import re
from typing import Final

import numpy as np
import pandas as pd

from geo.addresses.parse import parse_address, room_of
from governance.cases.merging.taught import taught_in

_GATE: Final = re.compile(r"(?:[东西南北正大]门|\d+号)+$")
_AREA: Final = re.compile(r"^辖区|(?:社区|街道)(?:辖区)?[内里]?$")
_NUMBER: Final = re.compile(r"(?<!\d)\d{12,20}(?!\d)")


def rows_of_leads(leads: pd.DataFrame) -> pd.DataFrame:
    """Return what is compared of each lead.

    ``leads``: ``lead_id``, ``case_id``, ``received_at`` (naive), ``title``, ``text``, ``address``,
    ``building_id``, ``caller`` and ``contact`` (keyed hashes), ``ticket_no``, ``related`` (numbers
    of other tickets), ``url``; missing columns and values tell nothing.

    Returns texts, '' where nothing is known, but the time, the ids and ``taught``, ordered by lead:
    ``lead_id``, ``case_id``, ``received_at``, ``text``, ``building_id``, ``caller`` and ``contact``
    as they were; ``place`` is the estate or the road as written, ``beside`` whether only something
    near it is meant, ``house`` place and number of a building, ``room`` stairwell and room,
    ``numbers`` what the lead is known by (ticket, url) and ``named`` the numbers of others that it
    names, each separated by spaces; ``taught`` what the text says is taught.
    """
    told = leads.sort_values("lead_id", ignore_index=True)
    said = _column(told, "address").map(_read_once(_column(told, "address")))
    words = (_column(told, "title") + " " + _column(told, "text")).str.strip()
    rows = pd.DataFrame(
        {
            "lead_id": told["lead_id"],
            "case_id": told["case_id"] if "case_id" in told else told["lead_id"],
            "received_at": told["received_at"].astype("datetime64[us]"),
            "text": words,
            "building_id": _column(told, "building_id"),
            "place": said.str[0],
            "beside": said.str[1].astype(bool),
            "house": said.str[2],
            "room": said.str[3],
            "caller": _column(told, "caller"),
            "contact": _column(told, "contact"),
            "numbers": (_column(told, "ticket_no") + " " + _column(told, "url")).str.strip(),
            "named": _named(words, _column(told, "related")),
            "taught": taught_in(words),
        }
    )
    return _one_name_of_a_building(rows)


def _column(told: pd.DataFrame, name: str) -> pd.Series:
    if name not in told:
        return pd.Series("", index=told.index, dtype="object")
    return told[name].astype("object").where(told[name].notna(), "").astype(str).astype("object")


def _read_once(addresses: pd.Series) -> dict[str, tuple[str, bool, str, str]]:
    """Return place, whether only beside it, house and room of each distinct address."""
    read = {}
    for address in addresses.unique():
        said = parse_address(address)
        place = "" if _AREA.search(said.place) else _GATE.sub("", said.place)
        beside = bool({"relative", "several"} & set(said.doubts)) or place != said.place
        read[address] = (place, beside, said.key if said.names_building else "", room_of(said))
    return read


def _named(words: pd.Series, related: pd.Series) -> pd.Series:
    """Return long numbers that a text names, and those that its row names by a column."""
    has = words.str.contains(_NUMBER)
    named = related.copy()
    found = words[has].map(lambda text: " ".join(_NUMBER.findall(text)))
    named[has] = (related[has] + " " + found).str.strip()
    return named


def _one_name_of_a_building(rows: pd.DataFrame) -> pd.DataFrame:
    """Let leads of one building have one name of the place: the one most often written."""
    placed = rows[(rows["building_id"] != "") & (rows["place"] != "")]
    usual = placed.groupby("building_id")["place"].agg(lambda names: names.value_counts().index[0])
    known = rows["building_id"].map(usual)
    return rows.assign(place=np.where(known.notna(), known, rows["place"]))
