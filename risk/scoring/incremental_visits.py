"""The design of the places of one building, while visits are added to what is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Floats
from risk.config.find_rate import OUTCOMES
from risk.design import names
from risk.design.availability import LEAST_RATIO
from risk.design.read import in_order
from risk.design.recency import recency_columns
from risk.design.relative_risks import FAULT_SCORE, WORD_STRENGTH, Columns, grade_columns
from risk.design.units import ATTRIBUTES, IS_KNOWN, UNIT, known_places
from risk.design.visit_table import CELL, DOOR, WORDS, Facts, code_column
from risk.events.fetch import day_of
from risk.events.repeats import GOING, without_empty_repeats
from risk.find_rate.knowledge import WHOLE, Known
from risk.find_rate.model import FindRate
from risk.scoring.incremental_facts import LEVELS, RowIndex, coded_facts, recoded
from risk.scoring.incremental_outcome import OutcomeHistory
from risk.scoring.incremental_rows import full_score_needed

_READ: Final = tuple(dict.fromkeys((*ATTRIBUTES, *GOING, *OUTCOMES, c.ROW_KEY)))
"""Columns of visits that recency and the places of a building are read from."""
Place = Mapping[Hashable, Any]
_INDICATORS: Final = (("class", "risk_class"), ("kind", "kind"))


class VisitState:
    """Visits known at the cut of a score, and those added since.

    Parameters
    ----------
    known, rate
        What the score was made of: its visits, and the columns whose weights it learnt.
    """

    def __init__(self, known: Known, rate: FindRate) -> None:
        self._facts, self._config = known.facts, known.config.model
        self._cut, self._columns = day_of(known.cut), rate.columns
        self._half_life = rate.half_life_days
        visits = self._facts.visits
        self._with_word: dict[str, list[int]] = {}
        for code, text in enumerate(self._facts.names[WORDS]):
            for word in str(text).split(" "):
                self._with_word.setdefault(word, []).append(code)
        self._read = visits[list(_READ)]
        self._added: list[pd.DataFrame] = []
        self._names = {level: dict[str, int]() for level in LEVELS}
        results = self._facts.with_results()
        sizes = dict(self._facts.sizes)
        self._outcomes = {
            outcome: OutcomeHistory(
                results[results[outcome].notna()], outcome, sizes, cut=self._cut,
                config=self._config,
            )
            for outcome in OUTCOMES
            if results[outcome].notna().any()
        }  # fmt: skip
        self._results_of_cell = self._count_cells(results)
        self._counts = {name: Counter(results[name]) for _, name in _INDICATORS}
        told = visits[visits["found"].notna()]
        self._filled = Counter(zip(told[DOOR] != "", told["found"] > 0, strict=True))
        self._by_door = self._names_doors()
        self._rows = {
            level: RowIndex(visits[code_column(level)].to_numpy(np.int64), sizes[level])
            for level in ("building", "unit")
        }

    def _count_cells(self, results: pd.DataFrame) -> Floats:
        cell = results[code_column(CELL)].to_numpy(np.int64)
        return np.bincount(cell + 1, minlength=self._facts.sizes[CELL] + 1)[1:].astype(np.float64)

    def _names_doors(self) -> bool:
        """Say whether a unit is the door that visits name (`Facts.units_as_of`)."""
        filled, every = ([self._filled[True, found] for found in (False, True)],
                         [self._filled[True, found] + self._filled[False, found]
                          for found in (False, True)])  # fmt: skip
        if not all(every):
            return True
        return filled[0] / every[0] >= LEAST_RATIO * filled[1] / every[1]

    def add(self, visit: pd.DataFrame) -> None:
        """Add a visit.

        ``visit``: one row of `risk.design.read.read_visit_facts`.

        Raises
        ------
        NeedsFullScoreError
            When it decides what is taken as a unit, or is in a cell that nobody knew.
        """
        row = self._named(visit)
        self._added.append(row)
        if row[list(OUTCOMES)].notna().any(axis=None):
            self._results_of_cell[row[code_column(CELL)].to_numpy(np.int64)] += 1
            for _, name in _INDICATORS:
                self._counts[name][str(row[name].iloc[0])] += 1
        for outcome in self._outcomes.values():
            outcome.add(row)

    def _named(self, visit: pd.DataFrame) -> pd.DataFrame:
        """Name and code the unit, kind and cell of a visit as `Facts` does."""
        row = visit.iloc[0]
        if pd.notna(row["found"]):
            self._filled[row[DOOR] != "", row["found"] > 0] += 1
            if self._names_doors() != self._by_door:
                raise full_score_needed("units_are_named_otherwise", row[c.ROW_KEY])
        if row[CELL] and row[CELL] not in self._facts.names[CELL]:
            raise full_score_needed("cell_unknown", row[CELL])
        first, other = (DOOR, "building") if self._by_door else ("building", DOOR)
        both = f"{row['kind']}|{row['risk_class']}"
        named = visit.assign(unit=row[first] or row[other], kind_class="" if both == "|" else both)
        codes = {
            code_column(level): [self._code(level, str(named[level].iloc[0]))] for level in LEVELS
        }
        return named.assign(**codes).reindex(columns=self._facts.visits.columns)

    def _coded(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(
            **{
                code_column(level): [self._code(level, str(text)) for text in frame[level]]
                for level in LEVELS
            }
        )

    def _code(self, level: str, text: str) -> int:
        if not text:
            return -1
        index, new = self._facts.names[level], self._names[level]
        code = int(index.get_indexer(pd.Index([text]))[0])
        return code if code >= 0 else new.setdefault(text, len(index) + len(new))

    def design(self, building: str, cells: dict[str, str]) -> tuple[pd.DataFrame, Columns]:
        """Return the places of a building, and what visits tell of them.

        ``cells``: of the building, of resolution 9 (``cell``) and 10 (``h3_r10``).

        Places as in `risk.find_rate.knowledge.Known`, and by name the columns of
        `risk.design.matrix.build_design` that the score uses.
        """
        facts = self._facts_of(building)
        places = known_places(facts)
        places = places[places["building"] == building].reset_index(drop=True)
        if places.empty:
            texts = dict.fromkeys(ATTRIBUTES, "") | cells
            texts |= {UNIT: WHOLE + building, "building": building}
            places = pd.DataFrame([texts]).assign(**{IS_KNOWN: True})
        here = recoded(facts, places)
        columns = recency_columns(facts, here, cut=self._cut, config=self._config)
        coded = self._coded(places)
        records = coded.to_dict("records")
        for name in self._columns:
            part, *rest = name.split(".")
            if part in {names.HISTORY, names.LAST, names.AREA, names.AREA_SIZE, "class", "kind"}:
                columns[name] = np.asarray(self._column(part, rest, coded, records, facts))
        return places, columns

    def _column(
        self,
        part: str,
        rest: list[str],
        places: pd.DataFrame,
        records: Sequence[Place],
        facts: Facts,
    ) -> Floats | list[float]:
        """Return one column that all visits of the office decide; ``records``: the same places."""
        cells = places[code_column(CELL)].tolist()
        if part in {"class", "kind"}:
            return self._indicator(part, ".".join(rest), places)
        if part == names.AREA_SIZE:
            return [self._around(cell, float(rest[0][:-1])) for cell in cells]
        if rest[0] == names.FAULT:
            return self._grade_column(".".join([part, *rest]), places)
        history = self._outcomes.get(rest[0])
        if history is None:
            return np.zeros(len(places))
        if part == names.AREA:
            return self._area(history, cells, rest)
        return [self._of_place(history, part, rest, place, facts) for place in records]

    def _of_place(
        self,
        history: OutcomeHistory,
        part: str,
        rest: list[str],
        place: Place,
        facts: Facts,
    ) -> float:
        if part == names.LAST:
            return self._last(history, rest[0], str(place[UNIT]), facts)
        if rest[1] == WORDS:
            return self._words(history, str(place[WORDS]))
        return history.log_ratio(rest[1], int(place[code_column(rest[1])]))

    def _words(self, history: OutcomeHistory, text: str) -> float:
        """Return the mean log ratio of the words of an operator's name, 0 without any."""
        found, expected = history.sums_of_words()
        new = {code: known.split(" ") for known, code in self._names[WORDS].items()}
        ratios = []
        for word in text.split():
            codes = [*self._with_word.get(word, ()), *(n for n in new if word in new[n])]
            codes = [code for code in codes if code < len(found)]
            o, e = (float(each[codes].sum()) for each in (found, expected))
            ratios.append(np.log((o + WORD_STRENGTH) / (e + WORD_STRENGTH)))
        return float(np.mean(ratios)) if ratios else 0.0

    def _indicator(self, part: str, text: str, places: pd.DataFrame) -> Floats:
        """Mark places of a class or kind, as long as it is among the commonest."""
        name = dict(_INDICATORS)[part]
        there = text in self._commonest(part, name)
        return np.asarray((places[name] == text) & there, dtype=np.float64)

    def _commonest(self, part: str, name: str) -> set[str]:
        most = self._config.top_classes if part == "class" else self._config.top_kinds
        counts = self._counts[name]
        ordered = sorted((text for text in counts if text), key=lambda text: (-counts[text], text))
        return set(ordered[:most])

    def _around(self, cell: int, width: float) -> float:
        if cell < 0:
            return 0.0
        return float(np.log1p((self._facts.kernels[width][cell] @ self._results_of_cell)[0]))

    def _area(self, history: OutcomeHistory, cells: list[int], rest: list[str]) -> list[float]:
        width, half_life = float(rest[1][:-1]), float(rest[2][:-1])
        found, expected = history.sums_of_cells(half_life)
        kernel, strength = self._facts.kernels[width], self._config.area_strength
        ratios = {-1: 0.0}
        for cell in set(cells) - {-1}:
            o, e = (float((kernel[cell] @ each)[0]) for each in (found, expected))
            ratios[cell] = float(np.log((o + strength) / (e + strength)))
        return [ratios[cell] for cell in cells]

    def _last(self, history: OutcomeHistory, outcome: str, unit: str, facts: Facts) -> float:
        """Return what a unit's last visit brought beyond what was expected, 0 without one."""
        told = facts.visits[(facts.visits[UNIT] == unit) & facts.visits[outcome].notna()]
        if not unit or told.empty:
            return 0.0
        last = told.iloc[-1]
        kind = np.array([self._code("kind_class", last["kind_class"])])
        expected = history.usual.expected(np.array([last[c.DAY]]), kind)
        return float(min(last[outcome], self._config.count_cap) - expected[0])

    def _grade_column(self, name: str, places: pd.DataFrame) -> Floats:
        """Return a history of grades, from all grades of the office anew."""
        visits = self._facts.visits
        graded = visits[visits[FAULT_SCORE].notna()]
        new = [row for row in self._added if row[FAULT_SCORE].notna().all()]
        graded = in_order(pd.concat([graded, *new], ignore_index=True)) if new else graded
        if len(graded) < self._config.least_grades:
            return np.zeros(len(places))
        further = {
            level: pd.Index([*index, *self._names[level]])
            for level, index in self._facts.names.items()
        }
        facts = replace(self._facts, names=further)
        return grade_columns(facts, graded, places, self._config)[name]

    def _facts_of(self, building: str) -> Facts:
        """Return the visits of a building and of every unit that it ever had, with codes."""
        visits = self._read
        here = self._rows["building"].of(self._code("building", building))
        added = [(row["building"].iloc[0], row[UNIT].iloc[0], row) for row in self._added]
        units = set(visits[UNIT].iloc[here]) | {unit for at, unit, _ in added if at == building}
        units -= {""}
        rows = [self._rows["unit"].of(self._code(UNIT, unit)) for unit in sorted(units)]
        chosen = visits.iloc[np.unique(np.concatenate([here, *rows]))]
        new = [row for at, unit, row in added if at == building or unit in units]
        if new:
            chosen = in_order(pd.concat([chosen, *(row[list(_READ)] for row in new)]))
        return coded_facts(without_empty_repeats(chosen))
