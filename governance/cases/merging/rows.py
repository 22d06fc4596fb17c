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
    as they were; ``place`` is the estate or the road as written, ``nearby`` whether only something
    near it is meant, ``house`` place and number of a building, ``room`` stairwell and room,
    ``numbers`` what the lead is known by (ticket, url) and ``named`` the numbers of others that it
    names, each separated by spaces; ``taught`` what the text says is taught.
    """
    leads = leads.sort_values("lead_id", ignore_index=True)
    parsed = _column(leads, "address").map(_read_once(_column(leads, "address")))
    words = (_column(leads, "title") + " " + _column(leads, "text")).str.strip()
    rows = pd.DataFrame(
        {
            "lead_id": leads["lead_id"],
            "case_id": leads["case_id"] if "case_id" in leads else leads["lead_id"],
            "received_at": leads["received_at"].astype("datetime64[us]"),
            "text": words,
            "building_id": _column(leads, "building_id"),
            "place": parsed.str[0],
            "nearby": parsed.str[1].astype(bool),
            "house": parsed.str[2],
            "room": parsed.str[3],
            "caller": _column(leads, "caller"),
            "contact": _column(leads, "contact"),
            "numbers": (_column(leads, "ticket_no") + " " + _column(leads, "url")).str.strip(),
            "named": _named(words, _column(leads, "related")),
            "taught": taught_in(words),
        }
    )
    return _one_name_of_a_building(rows)


def _column(leads: pd.DataFrame, name: str) -> pd.Series:
    if name not in leads:
        return pd.Series("", index=leads.index, dtype="object")
    return leads[name].astype("object").where(leads[name].notna(), "").astype(str).astype("object")


def _read_once(addresses: pd.Series) -> dict[str, tuple[str, bool, str, str]]:
    """Return place, whether only beside it, house and room of each distinct address."""
    read = {}
    for address in addresses.unique():
        parsed = parse_address(address)
        place = "" if _AREA.search(parsed.place) else _GATE.sub("", parsed.place)
        nearby = bool({"relative", "several"} & set(parsed.doubts)) or place != parsed.place
        read[address] = (
            place,
            nearby,
            parsed.key if parsed.names_building else "",
            room_of(parsed),
        )
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
    written = placed.groupby(["building_id", "place"], sort=False).size().reset_index(name="n")
    often = written.sort_values("n", ascending=False, kind="stable").drop_duplicates("building_id")
    known = rows["building_id"].map(often.set_index("building_id")["place"])
    return rows.assign(place=np.where(known.notna(), known, rows["place"]))
