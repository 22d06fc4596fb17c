"""Visits and complaints with integer codes, sliced as of any cut."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from risk import schema as c
from risk.arrays import UNKNOWN, Bools, Codes, code_texts, is_blank, rows_of, take_rows
from risk.config.find_rate import OUTCOME_LEVELS, OUTCOMES, ModelConfig
from risk.design.availability import is_available
from risk.design.kernel import cell_positions_m, gaussian_kernels
from risk.events.known_from import is_before, rows_before
from risk.events.purposes import fill_in_purposes, first_stated
from risk.events.repeats import COPY_OF, GOING, are_empty_repeats, once_per_going, without_copies

CELL: Final = "cell"
WORDS: Final = "words"
"""Keys of the words of an operator's name, separated by spaces (`data.privacy.name_words`)."""
DOOR: Final = "door"
PURPOSE: Final = "purpose_code"
"""Column of visits: the number of their purpose among `risk.config.words.PURPOSES`; `NOT_STATED` of
those that were just read and state none."""
NUMBER: Final = "building_number"
"""Column of visits that were just fetched: from 0, equal where their buildings are."""
BY_DOOR: Final = "by_door."
BY_BUILDING: Final = "by_building."
"""Begin the names of what a visit's unit is, counted by the door it names or by its building."""


_PLACES: Final = ("building", "unit")


def code_column(level: str) -> str:
    """Name the column of whole numbers that stands for the texts of a level; -1 is unknown."""
    return f"{level}_code"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of visits and complaints."""

    visits: pd.DataFrame
    """One row per row read (`risk.design.read.read_visit_facts`) in order of time, with ``unit``,
    ``kind_class``, ``purpose_code`` and ``<level>_code`` of each level and ``cell``.
    """
    complaints: pd.DataFrame
    """``building_code``, ``cell_code``, ``day``, ``learnt``."""
    names: Mapping[str, pd.Index[Any]]
    """What the codes of each level, of ``words`` and of ``cell`` stand for, in order."""
    kernels: Mapping[float, csr_matrix]
    """Weights between cells by bandwidth in metres."""
    known_cells: Bools | None = None
    """Which of the cells are known at the cut, shape (cells,); all of them where None."""
    keys: Callable[[], pd.DataFrame] | None = None
    """Reads ``row_key`` of every row and where it stands (`risk.events.repeats.POSITION`), by the
    index of the visits, where these lack it: it is a third of what a visit takes, and a score does
    not ask for it.
    """
    stated_from: int = 0
    """Day from which on visits known at the cut state what they were for; of those before it some
    are taken for revisits (`risk.events.purposes.fill_in_purposes`).
    """

    @property
    def guesses_purposes(self) -> bool:
        """Whether there are visits of before the first that states what it was for."""
        return bool((self.visits[c.DAY] < self.stated_from).any())

    @property
    def sizes(self) -> Mapping[str, int]:
        """Number of codes of each level and of ``cell``."""
        return {level: len(index) for level, index in self.names.items()}

    def with_keys(self, visits: pd.DataFrame) -> pd.DataFrame:
        """Return some of the visits with their ``row_key``; all are read anew if none is kept."""
        if self.keys is None:
            return visits.assign(**{c.ROW_KEY: self.visits.loc[visits.index, c.ROW_KEY]})
        return c.with_columns(visits, dict(self.keys().take(visits.index.to_numpy())))

    def before(self, cut: int, held: Bools | None = None) -> Facts:
        """Return what had happened and was known on the day before ``cut``, one row per visit.

        ``held``: which versions of the visits held then, shape (visits,); all of them where None.
        """
        named, before = self._units_as_of(cut, held)
        if COPY_OF in named:
            named = without_copies(named if before.all() else named[before])
            before = np.ones(len(named), dtype=bool)
        # Rows are left out once: to copy all columns of the rest costs more than all else here.
        going = named[[*GOING, "found"]]
        going = going if before.all() else going[before]
        stated_from = first_stated(going[PURPOSE].to_numpy(), going[c.DAY].to_numpy())
        purposes = fill_in_purposes(going, stated_from=stated_from)
        once = ~are_empty_repeats(going.assign(**{PURPOSE: purposes}))
        rows = np.flatnonzero(before)[once]
        visits = named if len(rows) == len(named) else take_rows(named, rows)
        return replace(
            self,
            visits=visits.assign(**{PURPOSE: purposes[once]}),
            complaints=rows_before(self.complaints, cut),
            stated_from=stated_from,
        )

    def units_as_of(self, cut: int) -> Facts:
        """Name the unit of every visit by what was known on the day before ``cut``.

        The unit is the door, and the building where no door is named. Where visits that had found
        nothing by then named no door as often as finds did, it is the building: what comes later
        decides nothing about what is known at the cut.
        """
        return replace(self, visits=self._units_as_of(cut)[0])

    def _units_as_of(self, cut: int, held: Bools | None = None) -> tuple[pd.DataFrame, Bools]:
        """Return the visits of `units_as_of`, and which of them were known before the cut."""
        visits, before = self.visits, is_before(self.visits, cut)
        before = before if held is None else before & held
        by = BY_BUILDING
        if not is_blank(visits[DOOR]):
            door, found = visits[DOOR][before], visits["found"][before]
            by = BY_DOOR if is_available(door != "", found) else BY_BUILDING
        names = [name.removeprefix(by) for name in map(str, visits) if name.startswith(by)]
        return visits.assign(**{name: visits[by + name] for name in names}), before

    @cached_property
    def words(self) -> csr_matrix:
        """Which words each text of ``words`` has, 1 or 0, shape (texts, words)."""
        return self.words_of(self.names[WORDS].to_series())

    def words_of(self, texts: pd.Series) -> csr_matrix:
        """Return which of the words of the texts on file other texts have, 1 or 0."""
        each = texts.str.split(" ")
        row = np.repeat(np.arange(len(texts)), [len(words) for words in each])
        word = rows_of(each.explode(), self._every_word)
        known = word != UNKNOWN
        places = (row[known], word[known])
        shape = (len(texts), len(self._every_word))
        return csr_matrix((np.ones(int(known.sum())), places), shape=shape)

    @cached_property
    def _every_word(self) -> pd.Index[Any]:
        # In order, so that a text that turns up later moves no word of the others.
        words = {word for text in self.names[WORDS] for word in str(text).split(" ")}
        return pd.Index(sorted(words), dtype="str")

    def with_results(self) -> pd.DataFrame:
        """Return the visits that brought a known result: outcomes, day, kind and codes."""
        return self._results

    @cached_property
    def _results(self) -> pd.DataFrame:
        codes = [name for name in map(str, self.visits) if name.endswith(code_column(""))]
        visits = self.visits[[*OUTCOMES, c.DAY, "kind", "risk_class", *codes]]
        has_result = np.any([visits[name].notna() for name in OUTCOMES], axis=0)
        return visits if has_result.all() else take_rows(visits, np.flatnonzero(has_result))

    @cached_property
    def once(self) -> pd.DataFrame:
        """Place, day and purpose of the visits, of each time of going to a unit the last."""
        places = [code_column(level) for level in ("unit", "building")]
        return once_per_going(self.visits[[*places, c.DAY, PURPOSE]])

    def visits_between(self, start: int, end: int) -> pd.DataFrame:
        """Return the visits with a result from day ``start`` on, before day ``end``.

        These are outcomes: what an evaluation ranks and a window teaches, never a feature. Their
        units are those of ``start``.
        """
        inside = np.flatnonzero(self.has_result_between(start, end))
        return take_rows(self.units_as_of(start).visits, inside)

    def has_result_between(self, start: int, end: int) -> Bools:
        """Say which visits `visits_between` returns, shape (visits,)."""
        day = self.visits[c.DAY].to_numpy()
        return np.asarray((day >= start) & (day < end) & self.visits["found"].notna().to_numpy())


def make_facts(
    visits: pd.DataFrame,
    complaints: pd.DataFrame,
    *,
    config: ModelConfig,
    cells: pd.Series | None = None,
) -> Facts:
    """Code the texts of visits and complaints and lay the kernels between their cells.

    ``cells``: further cells, of places where nothing happened yet.
    """
    facts = code_facts(visits, complaints, cells=cells)
    positions = cell_positions_m(facts.names[CELL].to_numpy(dtype=np.str_))
    return replace(facts, kernels=gaussian_kernels(positions, config.area_bandwidths_m))


def code_facts(
    visits: pd.DataFrame, complaints: pd.DataFrame, *, cells: pd.Series | None = None
) -> Facts:
    """Code the texts of visits and complaints, without kernels; codes they have are replaced."""
    kind_class, numbers = _join(visits["kind"], visits["risk_class"]), visits.get(NUMBER)
    texts = {**_unit_texts(visits), "kind_class": kind_class}
    visits = visits.drop(columns=NUMBER, errors="ignore").assign(**texts)
    names, codes = _code_levels(visits, complaints, cells=cells, numbers=numbers)
    door = visits[DOOR]
    names["unit"], codes["unit"] = _code_units(door, names["building"], codes["building"][0])
    unit = {
        by + code_column("unit"): code
        for by, code in zip((BY_DOOR, BY_BUILDING), codes["unit"], strict=True)
    }
    # Not by `assign`, which copies what several columns share.
    columns: dict[str, Any] = {str(name): visits[name] for name in visits}
    coded = {code_column(level): each[0] for level, each in codes.items()} | unit
    # Numbers of four bytes, each array once: of many visits two of them are a third of the room.
    narrow = {id(code): code.astype(np.int32) for code in coded.values()}
    columns |= {name: narrow[id(code)] for name, code in coded.items()}
    return Facts(
        visits=pd.DataFrame(columns, copy=False),
        complaints=complaints.assign(
            **{code_column(level): codes[level][1] for level in (CELL, "building")}
        ),
        names=names,
        kernels={},
    )


def _unit_texts(visits: pd.DataFrame) -> dict[str, pd.Series]:
    """Name each visit's unit by its door and by its building, by the other where one is missing."""
    door, building = visits[DOOR], visits["building"]
    by_door = by_building = building
    if not is_blank(door):
        by_door = door.where(door != "", building)
        by_building = building.where(building != "", door)
    return {BY_DOOR + "unit": by_door, BY_BUILDING + "unit": by_building, "unit": by_door}


def _code_levels(
    visits: pd.DataFrame,
    complaints: pd.DataFrame,
    *,
    cells: pd.Series | None,
    numbers: pd.Series | None,
) -> tuple[dict[str, pd.Index[Any]], dict[str, list[Codes]]]:
    """Return names and codes of each level but units; complaints' after the visits'.

    ``cells``: as `code_facts`. ``numbers``: of the visits' buildings, if they are known already.
    """
    further = pd.Series([] if cells is None else cells, dtype="str")
    nothing = np.full(len(visits), UNKNOWN)  # one array for all levels that say nothing
    others = (level for level in (*OUTCOME_LEVELS, WORDS) if level not in _PLACES)
    names: dict[str, pd.Index[Any]] = {}
    codes: dict[str, list[Codes]] = {}
    names[CELL], codes[CELL] = code_texts(visits[CELL], complaints[CELL], further)
    names["building"], codes["building"] = code_texts(
        visits["building"], complaints["building"], numbers=numbers
    )
    for level in others:
        names[level], codes[level] = code_texts(visits[level])
        if not len(names[level]):
            codes[level] = [nothing]
    return names, codes


def _code_units(
    door: pd.Series, buildings: pd.Index[Any], building: Codes
) -> tuple[pd.Index[Any], list[Codes]]:
    """Code units by the door they name, and by their building, either where the other is missing.

    ``buildings``: names of the codes ``building``, of which some may be none of the visits'.
    """
    doors, (door_code,) = code_texts(door)
    named = np.zeros(len(buildings), dtype=bool)
    named[building[building != UNKNOWN]] = True
    places = np.flatnonzero(named)
    if not len(doors) and named.all():
        return buildings, [building, building]
    if not len(doors):
        code = np.append(np.cumsum(named) - 1, UNKNOWN)[building]
        return buildings[places], [code, code]
    units, (of_door, of_building) = code_texts(pd.Series(doors), pd.Series(buildings[places]))
    at = np.full(len(buildings), UNKNOWN)
    at[places] = of_building
    first, other = np.append(of_door, UNKNOWN)[door_code], np.append(at, UNKNOWN)[building]
    return units, [
        np.where(first != UNKNOWN, first, other),
        np.where(other != UNKNOWN, other, first),
    ]


def _join(kind: pd.Series, risk_class: pd.Series) -> pd.Series:
    if is_blank(kind) and is_blank(risk_class):
        return kind
    both = kind + "|" + risk_class
    return both.where(both != "|", "")
