"""The design of the places of one building, while visits are added to what is known."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import UNKNOWN, Codes, Columns, Floats
from risk.config.find_rate import OUTCOMES
from risk.design import names
from risk.design.availability import LEAST_RATIO
from risk.design.recency import recency_columns
from risk.design.relative_risks import FAULT_SCORE, WORD_STRENGTH, grade_columns
from risk.design.units import ATTRIBUTES, UNIT
from risk.design.visit_order import in_order
from risk.design.visit_table import CELL, DOOR, PURPOSE, WORDS, code_column
from risk.events.fetch import day_of
from risk.events.purposes import NOT_STATED, fill_in_purposes, first_stated
from risk.find_rate.knowledge import WHOLE, Known
from risk.find_rate.model import FindRate
from risk.scoring.incremental_facts import LEVELS, FewVisits, Place, VisitArrays
from risk.scoring.incremental_outcome import OutcomeHistory
from risk.scoring.incremental_rows import full_score_needed

_INDICATORS: Final = (("class", "risk_class"), ("kind", "kind"))


def _as_stated(visits: pd.DataFrame, stated_from: int) -> pd.DataFrame:
    """Return visits without the purposes that were filled in, which those to come may change."""
    unstated = visits[c.DAY] < stated_from
    return visits.assign(**{PURPOSE: visits[PURPOSE].mask(unstated, NOT_STATED)})


class VisitState:
    """Visits known at the cut of a score, and those added since.

    ``known``, ``rate``: what the score was made of: its visits, and the columns whose weights it
    learnt.
    """

    def __init__(self, known: Known, rate: FindRate) -> None:
        facts = known.facts
        visits = _as_stated(facts.with_keys(facts.visits), facts.stated_from)
        self._facts = replace(facts, visits=visits, keys=None)
        self._config = known.config.model
        self._cut, self._columns = day_of(known.cut), rate.columns
        self._half_life = rate.half_life_days
        self._stated_from = facts.stated_from
        self._with_word: dict[str, list[int]] = {}
        for code, text in enumerate(self._facts.names[WORDS]):
            for word in str(text).split(" "):
                self._with_word.setdefault(word, []).append(code)
        self._visits = VisitArrays(visits, self._facts.sizes)
        self._added: list[tuple[pd.DataFrame, Place]] = []
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
        with_result = visits[visits["found"].notna()]
        self._filled = Counter(zip(with_result[DOOR] != "", with_result["found"] > 0, strict=True))
        self._by_door = self._names_doors()

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

        Raises `NeedsFullScoreError` when it decides what is taken as a unit, or is in a cell that
        nobody knew, or states a purpose before all others, of which some were filled in till then.
        """
        place, guessed = self._named(visit), self._guesses_purposes()
        self._added.append((visit, place))
        stated_from = first_stated(visit[PURPOSE].to_numpy(), visit[c.DAY].to_numpy())
        self._stated_from = min(self._stated_from, stated_from)
        if guessed and not self._guesses_purposes():
            raise full_score_needed("all_purposes_are_stated", place[c.ROW_KEY])
        if not all(np.isnan(place[name]) for name in OUTCOMES):
            self._results_of_cell[place[code_column(CELL)]] += 1
            for _, name in _INDICATORS:
                self._counts[name][str(place[name])] += 1
        for outcome in self._outcomes.values():
            outcome.add(place)

    def _guesses_purposes(self) -> bool:
        added = [place for _, place in self._added]
        return self._visits.guesses_purposes(added, stated_from=self._stated_from)

    def _named(self, visit: pd.DataFrame) -> Place:
        """Name and code the unit, kind and cell of a visit as `Facts` does."""
        row = {str(name): value for name, value in visit.iloc[0].items()}
        if pd.notna(row["found"]):
            self._filled[row[DOOR] != "", row["found"] > 0] += 1
            if self._names_doors() != self._by_door:
                raise full_score_needed("units_are_named_otherwise", row[c.ROW_KEY])
        if row[CELL] and row[CELL] not in self._facts.names[CELL]:
            raise full_score_needed("cell_unknown", row[CELL])
        first, other = (DOOR, "building") if self._by_door else ("building", DOOR)
        both = f"{row['kind']}|{row['risk_class']}"
        row |= {UNIT: row[first] or row[other], "kind_class": "" if both == "|" else both}
        return row | {code_column(level): self._code(level, str(row[level])) for level in LEVELS}

    def _code(self, level: str, text: str) -> int:
        if not text:
            return UNKNOWN
        index, new = self._facts.names[level], self._names[level]
        try:
            return int(index.get_loc(text))  # type: ignore[arg-type]  # of an index without repeats
        except KeyError:
            return new.setdefault(text, len(index) + len(new))

    def design(self, building: str, cells: dict[str, str]) -> tuple[list[Place], Columns]:
        """Return the places of a building, and what visits tell of them.

        ``cells``: of the building, of resolution 9 (``cell``) and 10 (``h3_r10``).

        Places with the attributes of `risk.find_rate.knowledge.Known`, and by name the columns of
        `risk.design.matrix.build_design` that the score uses.
        """
        code = self._code("building", building)
        added = [place for _, place in self._added]
        few = self._visits.about(code, added, stated_from=self._stated_from)
        places = few.known_places(code) or [self._whole(building, cells)]
        columns = recency_columns(few, few.coded(places), cut=self._cut, config=self._config)
        for name in self._columns:
            part, *rest = name.split(".")
            if part in {names.HISTORY, names.LAST, names.AREA, names.AREA_SIZE, "class", "kind"}:
                columns[name] = np.asarray(self._column(part, rest, places, few))
        return places, columns

    def _whole(self, building: str, cells: dict[str, str]) -> Place:
        """Return the place that stands for a building in which none was visited."""
        texts = dict.fromkeys(ATTRIBUTES, "") | cells
        texts |= {UNIT: WHOLE + building, "building": building}
        codes = {code_column(level): self._code(level, texts[level]) for level in LEVELS}
        return texts | codes | {code_column(UNIT): UNKNOWN}

    def _column(
        self, part: str, rest: list[str], places: Sequence[Place], few: FewVisits
    ) -> Floats | list[float]:
        """Return one column that all visits of the office decide."""
        if part in {"class", "kind"}:
            return self._indicator(part, ".".join(rest), places)
        cells = [place[code_column(CELL)] for place in places]
        if part == names.AREA_SIZE:
            return [self._around(cell, float(rest[0][:-1])) for cell in cells]
        if rest[0] == names.FAULT:
            return self._grade_column(".".join([part, *rest]), places)
        history = self._outcomes.get(rest[0])
        if history is None:
            return np.zeros(len(places))
        if part == names.AREA:
            return self._area(history, cells, rest)
        return [self._of_place(history, part, rest, place, few) for place in places]

    def _of_place(
        self, history: OutcomeHistory, part: str, rest: list[str], place: Place, few: FewVisits
    ) -> float:
        if part == names.LAST:
            return self._last(history, few.last(rest[0], place[code_column(UNIT)]))
        if rest[1] == WORDS:
            return self._words(history, str(place[WORDS]))
        return history.log_ratio(rest[1], place[code_column(rest[1])])

    def _words(self, history: OutcomeHistory, text: str) -> float:
        """Return the summed log ratios of the words of an operator's name, 0 without any."""
        if not text:
            return 0.0
        found, expected = history.sums_of_words()
        new = {code: known.split(" ") for known, code in self._names[WORDS].items()}
        ratios = []
        for word in text.split():
            codes = [*self._with_word.get(word, ()), *(n for n in new if word in new[n])]
            codes = [code for code in codes if code < len(found)]
            o, e = (float(each[codes].sum()) for each in (found, expected))
            ratios.append(np.log((o + WORD_STRENGTH) / (e + WORD_STRENGTH)))
        return float(np.sum(ratios))

    def _indicator(self, part: str, text: str, places: Sequence[Place]) -> list[float]:
        """Mark places of a class or kind, as long as it is among the commonest."""
        name = dict(_INDICATORS)[part]
        is_common = text in self._commonest(part, name)
        return [float(place[name] == text and is_common) for place in places]

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

    def _last(self, history: OutcomeHistory, last: tuple[float, Codes, Codes] | None) -> float:
        """Return what a unit's last visit brought beyond what was expected, 0 without one."""
        if last is None:
            return 0.0
        brought, day, kind = last
        return float(min(brought, self._config.count_cap) - history.usual.expected(day, kind)[0])

    def _grade_column(self, name: str, places: Sequence[Place]) -> Floats:
        """Return a history of grades, from all grades of the office anew."""
        visits = self._facts.visits
        new = [
            visit.assign(**place).reindex(columns=visits.columns) for visit, place in self._added
        ]
        every = pd.concat([visits, *new], ignore_index=True) if new else visits
        every = every.take(in_order(every)).reset_index(drop=True) if new else every
        purposes = fill_in_purposes(every, stated_from=self._stated_from)
        graded = every.assign(**{PURPOSE: purposes})[every[FAULT_SCORE].notna()]
        if len(graded) < self._config.least_grades:
            return np.zeros(len(places))
        further = {
            level: pd.Index([*index, *self._names[level]])
            for level, index in self._facts.names.items()
        }
        facts = replace(self._facts, names=further)
        return grade_columns(facts, graded, pd.DataFrame(places), self._config)[name]
