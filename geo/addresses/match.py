"""Match addresses to the buildings of a register: unique or not at all."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, Literal, NamedTuple

import pandas as pd

from geo.addresses.buildings import split_building
from geo.addresses.lexicon import HAN
from geo.addresses.names import NameIndex, budget
from geo.addresses.parse import ParsedAddress, parse_address
from geo.addresses.register import (
    RegisteredBuilding,
    RegisterIndex,
    Table,
    area_stem,
    short_number,
)
from geo.addresses.western_match import WesternIndex

__all__ = ["AddressMatcher", "Level", "Match", "RegisteredBuilding"]

Level = Literal["room", "building", "estate", "community", "none"]

_TABLE_SCORES: Final[dict[Table, float]] = {
    "exact": 1.0,
    "alias": 0.97,
    "gate": 0.95,
    "part": 0.92,
    "short": 0.9,
}
_FUZZY_SCORE: Final = 0.94
_FUZZY_LOSS: Final = 0.06
_MARGIN: Final = 0.25
_CONTEXT_BONUS: Final = 0.3
_TWO_PART_SCORE: Final = 0.97
_ESTATE_SCORE: Final = 0.6
_NEAR_SCORE: Final = 0.3
_COMMUNITY_SCORE: Final = 0.2
_AREA_END: Final = re.compile(r"[省市区县镇乡村路街道巷社办院号里旁]$")
_LOOSE_END: Final = re.compile(r"(?:小区|社区|院内|里面|内|里)$")


class Match(NamedTuple):
    """Hold what one address means; the fields are the columns of ``AddressMatcher.match``."""

    level: Level
    building_id: str
    score: float
    method: str
    candidates: list[str]
    room: str
    estate_key: str


class _Found(NamedTuple):
    """Hold the rows a place and number may mean."""

    rows: list[int]
    sure: bool
    score: float
    method: str
    estate: str


_NOTHING: Final = _Found([], sure=False, score=0.0, method="none", estate="")


class AddressMatcher:
    """Find the registered building that an address means.

    The name is looked up as written, as an alias, as the gate of an estate, without its 东区 or 2期,
    without its 花园, and last as a misspelling; the number must be in the register. A name that
    two places share needs a street or community beside it. Whatever is not unique is matched at
    the level of the estate, with the buildings it may be.

    Parameters
    ----------
    register
        The buildings; order decides the order of candidates only.
    """

    def __init__(self, register: Iterable[RegisteredBuilding]) -> None:
        self._index = RegisterIndex(register)
        self._western = WesternIndex(self._index.western)
        self._names = NameIndex(
            name for table in ("exact", "alias") for name in self._index.tables[table]
        )

    def match(
        self, addresses: Sequence[str | None], *, communities: Sequence[str | None] | None = None
    ) -> pd.DataFrame:
        """Match each address.

        Parameters
        ----------
        addresses
            Texts as they came; None and '' give level ``none``.
        communities
            The community each row is known to be in, name or code; None or '' where unknown. It
            tells places of one name apart and never contradicts the text.

        Returns
        -------
        pandas.DataFrame
            One row per address, in order: ``level`` (room, building, estate, community, none),
            ``building_id`` ('' unless the level is room or building), ``score`` 0–1 (a building
            scores 0.85 or more, an estate less), ``method``, ``candidates`` (list of building
            ids), ``room`` and ``estate_key`` (canonical name of the estate or street, '' unknown).
        """
        beside = communities if communities is not None else [None] * len(addresses)
        answers: dict[tuple[str, str], Match] = {}
        rows: list[Match] = []
        for address, community in zip(addresses, beside, strict=True):
            key = (_text(address), _text(community))
            if key not in answers:
                answers[key] = self.match_one(key[0], community=key[1])
            rows.append(answers[key])
        return pd.DataFrame(
            {name: pd.Series(values) for name, values in _columns(rows).items()},
            columns=list(Match._fields),
        )

    def match_one(self, text: str, *, community: str = "") -> Match:
        """Match a single address; see ``match``."""
        parsed = parse_address(text)
        if parsed.script == "none":
            return self._at_community(parsed, community)
        if parsed.script == "western":
            return self._match_western(text, parsed)
        if not parsed.others:
            return self._match_parsed(parsed, community)
        every = [self._match_parsed(one, community) for one in (parsed, *parsed.others)]
        placed = [match for match in every if match.candidates]
        named = sum(bool(one.building_no) for one in (parsed, *parsed.others))
        if len({match.building_id for match in placed}) == 1 and len(placed) >= named:
            return placed[0]
        candidates = sorted({c for m in placed for c in (m.candidates or [m.building_id])})
        estates = {match.estate_key for match in placed}
        return Match(
            "estate" if candidates else "none",
            "",
            _NEAR_SCORE if candidates else 0.0,
            "several",
            candidates,
            "",
            estates.pop() if len(estates) == 1 else "",
        )

    def _match_western(self, text: str, parsed: ParsedAddress) -> Match:
        answer = self._western.find(text)
        ids = [self._index.ids[row] for row in answer.rows]
        room = ",".join(parsed.rooms)
        if len(ids) == 1:
            return Match("building", ids[0], answer.score, answer.method, ids, room, parsed.place)
        level: Level = "estate" if ids else "none"
        return Match(
            level, "", _ESTATE_SCORE if ids else 0.0, answer.method, ids, room, parsed.place
        )

    def _match_parsed(self, parsed: ParsedAddress, community: str) -> Match:
        context = _context(parsed, community)
        if "relative" in parsed.doubts:
            return self._near(parsed, context, community)
        found = self._find(parsed, context)
        if not found.sure and parsed.rest:
            named = self._find_named_behind(parsed, context)
            parsed, found = named if named is not None else (parsed, found)
        if not found.rows:
            return self._at_community(parsed, community)
        ids = [self._index.ids[row] for row in found.rows]
        if not found.sure:
            return Match("estate", "", found.score, found.method, ids, "", found.estate)
        room = ",".join(parsed.rooms or split_building(parsed.rest).rooms)
        score = found.score * (_TWO_PART_SCORE if "two_part_dash" in parsed.doubts else 1.0)
        level: Level = "room" if room else "building"
        return Match(level, ids[0], round(score, 4), found.method, ids, room, found.estate)

    def _find_named_behind(
        self, parsed: ParsedAddress, context: frozenset[str]
    ) -> tuple[ParsedAddress, _Found] | None:
        """Read the name behind a door number: 迎宾路18号泰山大厦5层."""
        inside = split_building(parsed.rest)
        behind = replace(
            parsed,
            place=inside.place,
            building_no=inside.building_no,
            rooms=inside.rooms,
            rest="",
            road=parsed.place,
            road_number=parsed.building_no,
            doubts=inside.doubts,
        )
        if not any(inside.place in self._index.tables[table] for table in ("exact", "alias")):
            return None
        found = self._find(behind, context)
        return (behind, found) if found.sure else None

    def _near(self, parsed: ParsedAddress, context: frozenset[str], community: str) -> Match:
        """Say beside what a relative place lies; never that it is there."""
        landmark = split_building(parsed.place)
        known = self._find(
            ParsedAddress(
                text=parsed.text,
                script="chinese",
                areas=parsed.areas,
                place=landmark.place,
                building_no=landmark.building_no,
            ),
            context,
        )
        if not known.rows:
            return self._at_community(parsed, community)
        ids = [self._index.ids[row] for row in known.rows]
        return Match("estate", "", _NEAR_SCORE, "relative", ids, "", known.estate)

    def _at_community(self, parsed: ParsedAddress, community: str) -> Match:
        stem = area_stem(parsed.areas.community) or area_stem(community)
        if stem and stem in self._index.communities:
            return Match("community", "", _COMMUNITY_SCORE, "community", [], "", "")
        return Match("none", "", 0.0, "none", [], "", "")

    def _find(self, parsed: ParsedAddress, context: frozenset[str]) -> _Found:
        number = short_number(parsed.building_no)
        best = _NOTHING
        for name in _readings(parsed, self._index):
            found = self._look_up(name, number, parsed, context)
            if found.sure:
                return found
            if found.rows and not best.rows:
                best = found
        if best.rows:
            return best
        by_door = self._by_door(parsed, number)
        if by_door.rows:
            return by_door
        return self._guess(parsed, number, context)

    def _look_up(
        self, name: str, number: str, parsed: ParsedAddress, context: frozenset[str]
    ) -> _Found:
        """Look a name up in each table; the first that knows it decides."""
        for table, score in _TABLE_SCORES.items():
            if name not in self._index.tables[table]:
                continue
            rows = self._index.rows(table, name, number)
            if rows and not ("several" in parsed.doubts and table != "exact"):
                return self._decide(table, name, rows, parsed, context, score)
            every = self._index.all_rows(table, name)
            if not number and len(every) == 1 and self._index.has_no_number(every[0]):
                return self._decide(table, name, every, parsed, context, score)
            return _Found(every, sure=False, score=_ESTATE_SCORE, method=table, estate=name)
        return _NOTHING

    def _decide(
        self,
        table: Table,
        name: str,
        rows: list[int],
        parsed: ParsedAddress,
        context: frozenset[str],
        score: float,
    ) -> _Found:
        """Take the one row that the context allows, or none."""
        where = [self._index.locations[row] for row in rows]
        supported = [row for row, at in zip(rows, where, strict=True) if at.stems & context]
        kept = supported or rows
        estate = where[0].home if len({at.home for at in where}) == 1 else name
        shared = self._index.is_shared(table, name)
        unique = len(kept) == 1 and (bool(supported) or not shared)
        if unique and not self._contradicts(kept[0], parsed):
            return _Found(kept, sure=True, score=score, method=table, estate=estate)
        return _Found(kept, sure=False, score=_ESTATE_SCORE, method=table, estate=estate)

    def _contradicts(self, row: int, parsed: ParsedAddress) -> bool:
        """Tell whether the text says another district, street or unknown community."""
        at, areas = self._index.locations[row], parsed.areas
        for said, known in ((areas.district, at.district), (areas.street, at.street)):
            if said and known and area_stem(said) != known:
                return True
        said = area_stem(areas.community)
        named = re.search(f"[{HAN}]", at.community) is not None
        return bool(said) and named and said != at.community and said not in self._index.communities

    def _by_door(self, parsed: ParsedAddress, number: str) -> _Found:
        """Use road and door number where the name is unknown."""
        if parsed.road_number:
            gate = (parsed.road + parsed.road_number).removesuffix("院")
            rows = self._index.rows("gate", gate, number) or self._index.gates.get(gate, [])
            return _Found(rows, sure=False, score=_ESTATE_SCORE, method="gate", estate="")
        rows = self._index.gates.get(parsed.place + parsed.building_no.removesuffix("院"), [])
        sure = len(rows) == 1 and parsed.building_no.endswith("号")
        return _Found(rows, sure=sure, score=_TABLE_SCORES["gate"], method="gate", estate="")

    def _guess(self, parsed: ParsedAddress, number: str, context: frozenset[str]) -> _Found:
        """Take the name for misspelt, if one name alone is near enough and has the number."""
        for name in _readings(parsed, self._index)[:2]:
            guesses = self._names.search(name)
            if not guesses:
                continue
            best = guesses[0]
            table: Table = "exact" if best.name in self._index.tables["exact"] else "alias"
            every = self._index.all_rows(table, best.name)
            supported = any(self._index.locations[row].stems & context for row in every)
            if best.cost > budget(best.name) + (_CONTEXT_BONUS if supported else 0.0):
                continue
            homes = {self._index.locations[row].home for row in every}
            rivals = [g for g in guesses[1:] if g.cost < best.cost + _MARGIN]
            if any(not self._homes(rival.name) <= homes for rival in rivals):
                return _Found(every, sure=False, score=_NEAR_SCORE, method="fuzzy", estate="")
            return self._decide_guess(table, best.name, number, best.cost, parsed, context)
        return _NOTHING

    def _homes(self, name: str) -> set[str]:
        table: Table = "exact" if name in self._index.tables["exact"] else "alias"
        rows = self._index.all_rows(table, name)
        return {self._index.locations[row].home for row in rows}

    def _decide_guess(
        self,
        table: Table,
        name: str,
        number: str,
        cost: float,
        parsed: ParsedAddress,
        context: frozenset[str],
    ) -> _Found:
        score = round(_FUZZY_SCORE - _FUZZY_LOSS * cost, 4)
        rows = self._index.rows(table, name, number)
        if not rows or "several" in parsed.doubts:
            every = self._index.all_rows(table, name)
            if not number and len(every) == 1 and self._index.has_no_number(every[0]):
                return self._decide(table, name, every, parsed, context, score)
            return _Found(every, sure=False, score=_NEAR_SCORE, method="fuzzy", estate=name)
        return self._decide(table, name, rows, parsed, context, score)._replace(method="fuzzy")


def _text(value: str | None) -> str:
    return value if isinstance(value, str) else ""


def _columns(rows: Sequence[Match]) -> dict[str, list[object]]:
    if not rows:
        return {name: [] for name in Match._fields}
    return dict(
        zip(Match._fields, (list(column) for column in zip(*rows, strict=True)), strict=True)
    )


def _context(parsed: ParsedAddress, community: str) -> frozenset[str]:
    """Return what the text and the row say about where the place is."""
    areas = parsed.areas
    said = (areas.street, areas.community, community)
    return frozenset({*map(area_stem, said), parsed.road} - {""})


def _readings(parsed: ParsedAddress, index: RegisterIndex) -> list[str]:
    """Return the names that the place may be: as read, without a loose ending, without an area."""
    place = parsed.place
    names = [place]
    loose = _LOOSE_END.sub("", place)
    if loose != place and (loose in index.tables["exact"] or loose in index.tables["alias"]):
        names.append(loose)
    for start in range(2, len(place) - 1):
        before = place[:start]
        if _AREA_END.search(before) or before in index.streets or before in index.communities:
            names.append(place[start:])
    return names
