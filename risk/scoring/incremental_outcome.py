"""The history of one outcome of visits at every level, while visits are added."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from risk import schema as c
from risk.arrays import Codes, Floats
from risk.config.find_rate import OUTCOME_LEVELS, ModelConfig
from risk.design.visit_table import CELL, WORDS, code_column
from risk.events.decay import decay_weights
from risk.features.empirical_bayes import local_mean, log_ratio, prior_strength
from risk.scoring.incremental_facts import LEVELS, Place
from risk.scoring.incremental_strength import StrengthWatch

KIND_CLASS, *WATCHED = OUTCOME_LEVELS


@dataclass(frozen=True, kw_only=True)
class Usual:
    """What visits usually bring: by day, and log ratio by kind and class of place.

    ``level``: shape (days,), from ``first``; ``ratio``: shape (kinds + 1,), 0 at the end for the
    unknown.
    """

    first: int
    level: Floats
    ratio: Floats

    def expected(self, day: Codes, kind: Codes) -> Floats:
        """Return what visits of some days to places of some kinds usually bring."""
        return np.asarray(self.level[day - self.first] * np.exp(self.ratio)[kind])


class OutcomeHistory:
    """O and E of one outcome (`risk.design.relative_risks`), kept while visits come.

    ``results``: visits that say something of the outcome, in order, with ``<level>_code`` of every
    level.
    ``outcome``: its column.
    ``sizes``: number of codes of each level; further ones are those of new texts.
    ``cut``: day before which everything happened.
    """

    def __init__(
        self, results: pd.DataFrame, outcome: str, sizes: dict[str, int], *, cut: int,
        config: ModelConfig,
    ) -> None:  # fmt: skip
        self._outcome, self._cut, self._config = outcome, cut, config
        self._day = results[c.DAY].to_numpy(np.int64)
        self._found = np.minimum(results[outcome].to_numpy(np.float64), config.count_cap)
        self._codes = {name: results[code_column(name)].to_numpy(np.int64) for name in LEVELS}
        self._sizes = sizes
        kind = self._codes[KIND_CLASS]
        self._by_kind_and_day = _sum_by_kind_and_day(kind, self._day, self._found)
        self._days = np.unique(self._day)
        self._indices: dict[str, tuple[Codes, Codes]] = {}
        self._based = 0
        self._words: tuple[Floats, Floats] | None = None
        self._cells: dict[float, tuple[Floats, Floats]] = {}
        self._found_in_cells: dict[float, Floats] = {}
        self._new: list[tuple[int, float, dict[str, int]]] = []
        self._watches: dict[str, StrengthWatch] = {}
        self._holding: set[str] = set()
        self._usual: Usual | None = None
        self._watched = self.usual

    def add(self, visit: Place) -> None:
        """Add a visit with its codes; nothing where it says none of the outcome."""
        found = float(np.minimum(visit[self._outcome], self._config.count_cap))
        if np.isnan(found):
            return
        codes = {name: int(visit[code_column(name)]) for name in LEVELS}
        self._new.append((int(visit[c.DAY]), found, codes))
        self._usual = None
        self._cells, self._words, self._holding = {}, None, set()

    @property
    def usual(self) -> Usual:
        """What visits usually bring, with those that were added."""
        if self._usual is None:
            self._usual = self._find_usual()
        return self._usual

    def _all(self, level: str) -> tuple[Codes, Floats, Codes]:
        """Return day, found and code of a level of every visit."""
        day = np.append(self._day, [each[0] for each in self._new]).astype(np.int64)
        found = np.append(self._found, [each[1] for each in self._new])
        codes = np.append(self._codes[level], [each[2][level] for each in self._new])
        return day, found, codes.astype(np.int64)

    def _find_usual(self) -> Usual:
        """Take the mean by day and the ratios by kind from sums by day and kind.

        They are the same as from the visits one by one (`local_mean`).
        """
        sums = self._by_kind_and_day.add(self._new_by_kind_and_day(), fill_value=0.0)
        kind, day = (sums.index.get_level_values(n).to_numpy(np.int64) for n in (0, 1))
        found, count = sums["found"].to_numpy(np.float64), sums["count"].to_numpy(np.float64)
        mean = local_mean(day, found, width_days=self._config.season_days, effort=count)
        first = int(day.min())
        level = np.zeros(int(day.max()) - first + 1)
        level[day - first] = mean
        size = max(self._sizes[KIND_CLASS], int(kind.max()) + 1)
        o, e = _sums(kind, found, size), _sums(kind, mean * count, size)
        ratio = log_ratio(o, e, prior_strength(o, e))
        return Usual(first=first, level=level, ratio=np.append(ratio, 0.0))

    def _new_by_kind_and_day(self) -> pd.DataFrame:
        kind = [each[2][KIND_CLASS] for each in self._new]
        day = [each[0] for each in self._new]
        return _sum_by_kind_and_day(kind, day, np.array([each[1] for each in self._new]))

    def strength(self, level: str) -> float:
        """Return how many expected finds "like its kind" is worth at a level."""
        watch = self._watches.get(level)
        if watch is not None and level in self._holding:
            return watch.strength
        if watch is None or not self._holds(watch, level):
            day, found, codes = self._all(level)
            expected = self.usual.expected(day, self._all(KIND_CLASS)[2])
            size = max(self._sizes[level], int(codes.max()) + 1)
            o, e = _sums(codes, found, size), _sums(codes, expected, size)
            # All levels are looked at by the same base.
            if self._watched is not self.usual:
                self._watches, self._watched = {}, self.usual
                self._based = len(self._new)
            self._watches[level] = watch = StrengthWatch(o, e)
        self._holding.add(level)
        return watch.strength

    def _holds(self, watch: StrengthWatch, level: str) -> bool:
        """Say whether a strength found before is certain to be the same."""
        added = self._new[self._based :]
        if not added:
            return True
        codes = np.unique([each[2][level] for each in added])
        codes = codes[codes >= 0]
        sums = [self.sums(level, int(code)) for code in codes]
        o, e = (np.array([each[n] for each in sums], dtype=np.float64) for n in (0, 1))
        return watch.holds(codes, o, e, drift=self._drift())

    def _drift(self) -> float:
        """Return the most by which the log of an expectation moved since the strengths were found.

        Days without a visit then do not count: only new visits expect anything there.
        """
        before, now = self._watched, self.usual
        days = self._days
        old, new = before.level[days - before.first], now.level[days - now.first]
        if ((old <= 0) != (new <= 0)).any():
            return np.inf
        some = old > 0
        moved = float(np.abs(np.log(new[some] / old[some])).max(initial=0.0))
        kinds = min(len(before.ratio), len(now.ratio)) - 1
        shift = np.abs(now.ratio[:kinds] - before.ratio[:kinds]).max(initial=0.0)
        return moved + float(shift)

    def rows_of(self, level: str, code: int) -> Codes:
        """Return the rows of a code, in order."""
        order, start = self._index(level)
        if not 0 <= code < len(start) - 1:
            return np.zeros(0, dtype=np.int64)
        return order[start[code] : start[code + 1]]

    def _index(self, level: str) -> tuple[Codes, Codes]:
        """Return the rows in order of code, and where each code begins."""
        if level not in self._indices:
            codes, size = self._codes[level], self._sizes[level]
            order = np.argsort(codes, kind="stable")
            self._indices[level] = order, np.searchsorted(codes[order], np.arange(size + 1))
        return self._indices[level]

    def surplus(self, level: str, code: int) -> tuple[Codes, Floats, Floats]:
        """Return day, found and expected of the visits of a code, the added ones last."""
        rows = self.rows_of(level, code)
        new = [each for each in self._new if each[2][level] == code] if code >= 0 else []
        day = np.append(self._day[rows], [each[0] for each in new]).astype(np.int64)
        found = np.append(self._found[rows], [each[1] for each in new])
        kind = np.append(self._codes[KIND_CLASS][rows], [each[2][KIND_CLASS] for each in new])
        return day, found, self.usual.expected(day, kind.astype(np.int64))

    def sums(self, level: str, code: int) -> tuple[float, float]:
        """Return O and E of a code."""
        _, found, expected = self.surplus(level, code)
        return float(found.sum()), float(expected.sum())

    def log_ratio(self, level: str, code: int) -> float:
        """Return the log ratio of a code at a level, 0 for the unknown."""
        if code < 0:
            return 0.0
        if level == KIND_CLASS:
            ratio = self.usual.ratio
            return float(ratio[code]) if code < len(ratio) - 1 else 0.0
        found, expected = self.sums(level, code)
        return float(log_ratio(np.array(found), np.array(expected), self.strength(level)))

    def sums_of_words(self) -> tuple[Floats, Floats]:
        """Return O and E of every text of words, shape (texts,), further ones at the end."""
        if self._words is None:
            day, found, codes = self._all(WORDS)
            expected = self.usual.expected(day, self._all(KIND_CLASS)[2])
            size = max(self._sizes[WORDS], int(codes.max()) + 1)
            self._words = _sums(codes, found, size), _sums(codes, expected, size)
        return self._words

    def sums_of_cells(self, half_life_days: float) -> tuple[Floats, Floats]:
        """Return decayed O and E of every cell, shape (cells,)."""
        if half_life_days not in self._cells:
            self._cells[half_life_days] = self._sum_cells(half_life_days)
        return self._cells[half_life_days]

    def _sum_cells(self, half_life_days: float) -> tuple[Floats, Floats]:
        usual, cell, kind = self.usual, self._codes[CELL], self._codes[KIND_CLASS]
        day = np.arange(usual.first, usual.first + len(usual.level))
        decay = decay_weights((self._cut - day).astype(np.float64), half_life_days=half_life_days)
        since = self._day - usual.first
        expected = (usual.level * decay)[since]
        if self._sizes[KIND_CLASS]:
            expected *= np.exp(usual.ratio)[kind]
        size = self._sizes[CELL]
        if half_life_days not in self._found_in_cells:
            self._found_in_cells[half_life_days] = _sums(cell, self._found * decay[since], size)
        o, e = self._found_in_cells[half_life_days].copy(), _sums(cell, expected, size)
        for at, brought, codes in self._new:
            if codes[CELL] >= 0:
                faded = decay[at - usual.first]
                level = usual.level[at - usual.first] * np.exp(usual.ratio[codes[KIND_CLASS]])
                o[codes[CELL]] += brought * faded
                e[codes[CELL]] += level * faded
        return o, e


def _sums(codes: Codes, values: Floats, size: int) -> Floats:
    """Add up values by code, the unknown nowhere (`sum_by_code`, in one pass less)."""
    return np.bincount(codes + 1, values, size + 1)[1:].astype(np.float64)


def _sum_by_kind_and_day(
    kind: Codes | list[int], day: Codes | list[int], found: Floats
) -> pd.DataFrame:
    frame = pd.DataFrame({"kind": kind, c.DAY: day, "found": found, "count": np.ones(len(found))})
    return frame.groupby(["kind", c.DAY]).sum()
