"""Resolve addresses to buildings: reviews first, then the matcher, each distinct text once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Self, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.workspace.settings import PlaceSettings
from geo.shapes.projection import distances_m

if TYPE_CHECKING:  # its expressions take long to compile, and whoever reads placed rows needs none
    from geo.addresses.match import AddressMatcher, RegisteredBuilding

SURE_LEVELS = ("room", "building")


@dataclass(frozen=True, slots=True)
class Places:
    """One place per row, as columns; ``building`` is a position in the register, -1 for none.

    Of an address that is not sure of one building ``lon`` and ``lat`` are the centre of a compact
    estate (else NaN), ``community`` and ``grid`` what all candidates share (else None) and
    ``candidates`` their ids joined by ``;``, for a person to choose from. ``cell`` is of H3.
    """

    building: NDArray[np.intp]
    level: NDArray[np.object_]
    score: NDArray[np.float64]
    method: NDArray[np.object_]
    candidates: NDArray[np.object_]
    cell: NDArray[np.object_]
    community: NDArray[np.object_]
    grid: NDArray[np.object_]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]

    @classmethod
    def nowhere(cls, count: int) -> Places:
        """Return `count` rows of which nothing is known."""
        unknown = dict.fromkeys(("candidates", "cell", "community", "grid"))
        texts = unknown | {"level": "none", "method": ""}
        return cls(
            building=np.full(count, -1, dtype=np.intp),
            score=np.zeros(count),
            lon=np.full(count, np.nan),
            lat=np.full(count, np.nan),
            # one text for all rows: of a bare one numpy would make one for each
            **{name: np.full(count, np.array(text, dtype=object)) for name, text in texts.items()},
        )

    def put(
        self,
        where: NDArray[np.bool_],
        *,
        level: str | NDArray[np.object_],
        score: float | NDArray[np.float64],
        method: str | NDArray[np.object_],
    ) -> None:
        """Decide level, score and method of some rows (a value, or one for each of them)."""
        self.level[where], self.score[where], self.method[where] = level, score, method

    def take(self, rows: NDArray[np.intp]) -> Places:
        """Return the places of some rows."""
        return Places(*(getattr(self, name)[rows] for name in self.__slots__))

    def followed_by(self, more: Places) -> Places:
        """Return these places and more."""
        pairs = ((getattr(self, name), getattr(more, name)) for name in self.__slots__)
        return Places(*(np.concatenate(pair) for pair in pairs))


class AddressBook:
    """Answers for a register; asks the matcher about each distinct address once.

    ``register``: as built by `data.derived.placing.building_register`.
    ``decisions``: normalised address → building, or None where a person said that it is no
    building.
    ``settings``: ``min_score`` and ``compact_m`` are used.
    ``community_names``: community code → name, for addresses that say which community they mean.
    """

    def __init__(
        self,
        register: pa.Table,
        decisions: Mapping[str, str | None],
        settings: PlaceSettings,
        *,
        community_names: Mapping[str, str] | None = None,
    ) -> None:
        self._register = register
        self._community_names = community_names or {}
        self._decisions, self._settings = _bykey_of_now(decisions), settings
        self._columns = {
            name: register[name].to_numpy(zero_copy_only=False)
            for name in ("building_id", "lon", "lat", "community_code", "grid_code")
        }
        ids = self._columns["building_id"]
        self._at = {building: position for position, building in enumerate(ids)}
        self._matcher: AddressMatcher | None = None
        self._forget_answers()

    def _forget_answers(self) -> None:
        self._answered = Places.nowhere(1)  # of no address
        self._row_of: dict[str | None, int] = {None: 0}

    def with_decisions(self, decisions: Mapping[str, str | None]) -> Self:
        """Return a book of the same register with other decisions."""
        other = copy(self)
        other._decisions = _bykey_of_now(decisions)  # noqa: SLF001 -- of its own class
        other._forget_answers()  # noqa: SLF001 -- of its own class
        return other

    def answers(self, addresses: pa.Array, *, where: NDArray[np.bool_]) -> Places:
        """Return the answer of each row; rows outside ``where`` are not asked about."""
        texts = pc.if_else(pa.array(where), addresses, pa.scalar(None, addresses.type))
        encoded = texts.dictionary_encode()
        distinct = encoded.dictionary.to_pylist()
        new = [text for text in distinct if text not in self._row_of]
        if new:
            known = len(self._row_of)
            self._row_of.update({text: known + at for at, text in enumerate(new)})
            self._answered = self._answered.followed_by(self._answers_of(new))
        rows = np.array([*(self._row_of[text] for text in distinct), 0], dtype=np.intp)
        return self._answered.take(rows[encoded.indices.fill_null(len(distinct)).to_numpy()])

    def contradicts(self, address: str, building: int) -> bool:
        """Say whether an address names another house number than a building of the register."""
        (text,) = self._in_style([address])
        return self._known_matcher().contradicts(text, self._columns["building_id"][building])

    def _answers_of(self, texts: Sequence[str]) -> Places:
        answers = Places.nowhere(len(texts))
        if self._decisions:
            self._answer_reviewed(texts, answers)
        open_ = np.flatnonzero(answers.method == "")
        if len(open_) and len(self._columns["building_id"]):
            matches = self._matches([texts[int(row)] for row in open_])
            self._answer_matched(open_, matches, answers)
        return answers

    def _answer_reviewed(self, texts: Sequence[str], answers: Places) -> None:
        from geo.addresses.normalise import normalise_address

        for row, text in enumerate(texts):
            key = normalise_address(text)
            if key not in self._decisions:
                continue
            building = self._decisions[key]
            answers.method[row], answers.score[row] = "reviewed", 1.0
            answers.building[row] = -1 if building is None else self._at.get(building, -1)
            if answers.building[row] >= 0:
                answers.level[row] = "building"

    def _answer_matched(
        self, rows: NDArray[np.intp], matches: pd.DataFrame, answers: Places
    ) -> None:
        level = matches["level"].to_numpy(object)
        score = matches["score"].to_numpy(float)
        at = np.array([self._at.get(b, -1) for b in matches["building_id"].to_numpy(object)])
        answers.level[rows], answers.score[rows] = level, score
        answers.method[rows] = matches["method"].to_numpy(object)
        sure = np.isin(level, SURE_LEVELS) & (at >= 0) & (score >= self._settings.min_score)
        answers.building[rows[sure]] = at[sure]
        for row, one, candidates in zip(
            rows[~sure], at[~sure], matches["candidates"].to_numpy(object)[~sure], strict=True
        ):
            known = [self._at[b] for b in candidates if b in self._at] or (
                [one] if one >= 0 else []
            )
            self._answer_unsure(row, np.array(known, dtype=np.intp), answers)

    def _answer_unsure(self, row: int, candidates: NDArray[np.intp], answers: Places) -> None:
        """Say what all candidates share."""
        if not len(candidates):
            answers.level[row] = "none"
            return
        answers.candidates[row] = ";".join(self._columns["building_id"][candidates])
        answers.community[row] = _common(self._columns["community_code"][candidates])
        answers.grid[row] = _common(self._columns["grid_code"][candidates])
        lon, lat = self._columns["lon"][candidates], self._columns["lat"][candidates]
        centre = np.mean(lon), np.mean(lat)
        if np.all(distances_m(lon, lat, *centre) <= self._settings.compact_m):
            answers.lon[row], answers.lat[row] = centre
        if answers.level[row] in SURE_LEVELS:
            answers.level[row] = "estate"

    def _matches(self, texts: Sequence[str]) -> pd.DataFrame:
        matches: pd.DataFrame = self._known_matcher().match(self._in_style(texts))
        return matches

    def _in_style(self, texts: Sequence[str]) -> list[str]:
        """Return addresses as Japanese ones where most of the register's are."""
        from geo.addresses.spelling.japanese import in_japanese

        return [in_japanese(text) for text in texts] if self._is_japanese else list(texts)

    @cached_property
    def _is_japanese(self) -> bool:
        from geo.addresses.spelling.japanese import are_japanese

        return are_japanese(self._register["std_address"].drop_null().to_pylist())

    def _known_matcher(self) -> AddressMatcher:
        from geo.addresses.dialect import selected_dialect

        if self._matcher is None:
            registered = _registered(self._register, self._community_names)
            addresses = self._in_style([each.std_address for each in registered])
            buildings = (
                replace(each, std_address=address)
                for each, address in zip(registered, addresses, strict=True)
            )
            self._matcher = _matcher_of(tuple(buildings), cast("Hashable", selected_dialect()))
        return self._matcher


@lru_cache(maxsize=65_536)
def key_of_now(address: str) -> str:
    """Return the key that an address has now."""
    from geo.addresses.normalise import normalise_address

    return normalise_address(address)


def _bykey_of_now(decisions: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return decisions by the keys that addresses have now: some were kept under older ones."""
    return {key_of_now(address): building for address, building in decisions.items()}


@lru_cache(maxsize=1)
def _matcher_of(buildings: tuple[RegisteredBuilding, ...], _dialect: Hashable) -> AddressMatcher:
    """Return the matcher of a register; the newest is kept, for files often come in a row."""
    from geo.addresses.match import AddressMatcher

    return AddressMatcher(buildings)


def _registered(register: pa.Table, community_names: Mapping[str, str]) -> list[RegisteredBuilding]:
    from geo.addresses.match import RegisteredBuilding

    names = ("building_id", "estate", "building_no", "std_address", "aliases", "community_code")
    columns = (register[name].to_pylist() for name in names)
    return [
        RegisteredBuilding(
            building_id=building,
            estate=estate or "",
            building_no=number or "",
            std_address=address or "",
            aliases=tuple(a.strip() for a in (aliases or "").split(";") if a.strip()),
            street="",
            community=f"{community_names.get(community or '', '')};{community or ''}".strip(";"),
        )
        for building, estate, number, address, aliases, community in zip(*columns, strict=True)
    ]


def _common(values: NDArray[np.object_]) -> object:
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None
