"""Visits and complaints, coded once, cut as often as wanted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from risk.history.config import LEVELS, OUTCOMES
from risk.history.foretold import foretold_texts
from risk.history.kernel import cell_positions_m, gaussian_kernel
from risk.leaks import LeakError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from risk.history.config import ModelConfig

DAY: Final = "day"
LEARNT: Final = "learnt"
SOURCE_KEYS: Final = ("unit", DAY, "purpose")
"""What makes two rows one visit."""
UNKNOWN: Final = -1
CELL: Final = "cell"


def code_column(level: str) -> str:
    """Name the column of whole numbers that stands for the texts of a level; -1 is unknown."""
    return f"{level}_code"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of visits and complaints.

    Parameters
    ----------
    visits
        One row per visit (`risk.history.visits.read_visits`) in order of time, with ``kind_class``
        and ``<level>_code`` of each level and of ``cell``.
    complaints
        ``building_code``, ``cell_code``, ``day``, ``learnt``.
    sizes
        Number of codes of each level and of ``cell``.
    kernels
        Weights between cells by bandwidth in metres.
    foretold
        Texts of a visit that its list says beforehand; the others are written after a find.
    """

    visits: pd.DataFrame
    complaints: pd.DataFrame
    sizes: Mapping[str, int]
    kernels: Mapping[float, csr_matrix]
    foretold: frozenset[str]

    def before(self, cut: int) -> Facts:
        """Return what had happened and was known on the day before ``cut``."""
        return replace(
            self, visits=_before(self.visits, cut), complaints=_before(self.complaints, cut)
        )

    def with_results(self) -> pd.DataFrame:
        """Return the visits that brought a known result."""
        return self.visits[self.visits[list(OUTCOMES)].notna().any(axis=1)]

    def visits_between(self, start: int, end: int) -> pd.DataFrame:
        """Return the visits with a result from day ``start`` on, before day ``end``.

        These are outcomes: what an evaluation ranks and a window teaches, never a feature.
        """
        day = self.visits[DAY]
        inside = (day >= start) & (day < end)
        return self.visits[inside & self.visits["found"].notna()]


def guard_facts(facts: Facts, *, cut: int) -> None:
    """Stop where any row happened or was learnt on the day of the cut or later.

    Raises
    ------
    LeakError
        With the number of such rows.
    """
    late = {
        name: int(((frame[DAY] >= cut) | (frame[LEARNT] >= cut)).sum())
        for name, frame in (("inspections", facts.visits), ("complaints", facts.complaints))
    }
    found = {name: count for name, count in late.items() if count}
    if found:
        rows = ", ".join(f"{name} {count}" for name, count in found.items())
        moment = np.datetime64(cut, "D").item().isoformat()
        raise LeakError("rows_from_after_the_cut", rows=rows, cut=moment)


def make_facts(visits: pd.DataFrame, complaints: pd.DataFrame, *, config: ModelConfig) -> Facts:
    """Code the texts of visits and complaints and lay the kernels between their cells."""
    visits = visits.assign(kind_class=_join(visits["kind"], visits["klass"]))
    cells = np.array(sorted((set(visits[CELL]) | set(complaints[CELL])) - {""}), dtype=np.str_)
    buildings = pd.Index(sorted((set(visits["building"]) | set(complaints["building"])) - {""}))
    names: dict[str, pd.Index[Any]] = {CELL: pd.Index(cells), "building": buildings}
    for level in LEVELS:
        if level not in names:
            names[level] = pd.Index(sorted(set(visits[level]) - {""}))
    positions = cell_positions_m(cells)
    return Facts(
        visits=_coded(visits, names),
        complaints=_coded(complaints, {key: names[key] for key in (CELL, "building")}),
        sizes={level: len(index) for level, index in names.items()},
        kernels={
            width: gaussian_kernel(positions, bandwidth_m=width)
            for width in config.area_bandwidths_m
        },
        foretold=foretold_texts(visits),
    )


def _join(kind: pd.Series, klass: pd.Series) -> pd.Series:
    both = kind + "|" + klass
    return both.where(both != "|", "")


def _coded(frame: pd.DataFrame, names: Mapping[str, pd.Index[Any]]) -> pd.DataFrame:
    codes: dict[str, NDArray[np.int64]] = {
        code_column(level): np.asarray(index.get_indexer(pd.Index(frame[level])), dtype=np.int64)
        for level, index in names.items()
    }
    return frame.assign(**codes)


def _before(frame: pd.DataFrame, cut: int) -> pd.DataFrame:
    return frame[(frame[DAY] < cut) & (frame[LEARNT] < cut)]
