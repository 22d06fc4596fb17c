"""Count the problems of a visit, in files that have a row for each of them.

Rows of one visit share its number, or else its place, moment and occasion. Each gets the numbers of
serious and of other problems of all, so that the first stands for the visit and the others add
nothing; where one is refused, all are (`whole_visits.py`). Where nothing says what a visit found,
its serious problems do.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from data.contracts.model import Field, Kind, TableContract
from data.contracts.vocabulary import LOOKED, ProblemSeverity, VisitResult
from data.ingest.checking.deduplicate import content_texts
from data.ingest.checking.problems import Problems
from data.ingest.checking.reasons import Reason
from data.ingest.checking.split_rows.split_shapes import Values
from data.ingest.checking.split_rows.whole_visits import (
    NUMBER,
    PLACE,
    POINT,
    ROW,
    TELLING,
    VISIT,
    WholeVisits,
)
from data.ingest.reading import cells
from data.ingest.reading.headers.units import severity_counted

NUMBERS: Final = ("critical_count", "other_count")
BY_SERIOUS: Final = "finds_by_serious_problems"
BY_ANY: Final = "finds_by_any_problem"
BY_NONE: Final = "lesser_problems_alone"
_INSIDE: Final = pa.array([result.value for result in LOOKED], pa.large_string())


def problem_field(contract: TableContract, mapping: Mapping[str, str]) -> Field | None:
    """Return the field of a file that says one problem a row, or None where it has none."""
    of_problems = (field for field in contract.fields if field.kind is Kind.PROBLEM)
    return next((field for field in of_problems if field.name in mapping), None)


def count_row(field: Field, text: pa.Array) -> dict[str, pa.Array]:
    """Return what each row adds to the numbers of serious and of other problems, by their field.

    A word that the field does not know is a problem that is not serious; a blank cell is none.
    """
    if field.vocabulary is None:
        raise TypeError(field.name)
    read = cells.read_choices(text, field.vocabulary).values  # noqa: PD011 -- no pandas
    serious = cells.mask_of(pc.equal(read, ProblemSeverity.SERIOUS))
    none = ~cells.mask_of(pc.not_equal(read, ProblemSeverity.NONE))
    counts = (serious, ~serious & ~none)
    return {
        name: pa.array(each.astype(np.int64))
        for name, each in zip(field.fills, counts, strict=True)
    }


class VisitProblems:
    """The problems that a file lists row by row: `add` the values of its rows first, then `join`.

    Both take the values of a batch, field → column, as they were read.

    ``field``: the one that says problems.
    """

    keys = None
    """Every row may be one of a visit's."""

    def __init__(self, contract: TableContract, field: Field) -> None:
        self._contract, self._fields = contract, field.fills
        self._whole = WholeVisits()
        self._sums: dict[str, NDArray[np.int64]] = {}
        self._met: set[str] = set()

    @property
    def numbers(self) -> list[str]:
        """The numbers that tell of problems at all: the serious ones only where there are any."""
        none = np.zeros(len(self._fields), np.int64)
        some = np.sum([none, *self._sums.values()], axis=0) > 0
        return [name for name, any_ in zip(self._fields, some, strict=True) if any_]

    def add(self, values: Values, problems: Problems) -> None:
        """Take the problems of rows, and which of them are refused."""
        visits = self._visits(values)
        counts = pd.DataFrame({name: values[name].to_numpy() for name in self._fields})
        for visit, sums in counts.groupby(visits).sum().iterrows():
            self._sums[str(visit)] = self._sums.get(str(visit), 0) + sums.to_numpy()
        columns = {name: values[name].cast(pa.large_string()) for name in TELLING}
        key = self._contract.key
        number = pc.if_else(pa.array(problems.of_field(key)), None, values[key])
        columns |= {NUMBER: number, ROW: pa.array(problems.source_row)}
        rows = pa.table(columns).to_pandas().assign(**{VISIT: visits})
        self._whole.add(rows, problems.bad)

    def refuse(self, values: Values, problems: Problems) -> None:
        """Refuse rows of visits of which another row is refused, or whose number others have."""
        visits, key = self._visits(values), self._contract.field(self._contract.key)
        first = pa.array(visits.map(self._whole.with_number_of_other), pa.int64(), from_pandas=True)
        shared = cells.mask_of(first.is_valid()) & ~problems.bad
        problems.add(
            Reason.NUMBER_ON_TWO_DAYS, shared, field=key, seen=values[key.name], expected=first
        )
        other = pa.array(visits.map(self._whole.with_refused_row), pa.int64(), from_pandas=True)
        rest = cells.mask_of(other.is_valid()) & ~problems.bad
        problems.add(Reason.OTHER_ROW_REFUSED, rest, expected=other)

    def join(self, values: Values) -> tuple[Values, NDArray[np.bool_]]:
        """Return `values` with the numbers of each whole visit, and which rows are later ones.

        Who did not look has counted nothing.
        """
        visits = self._visits(values)
        sums = np.array([self._sums[visit] for visit in visits]).reshape(-1, len(self._fields))
        outside = pc.invert(pc.is_in(pc.fill_null(values["result"], _INSIDE[0]), value_set=_INSIDE))
        unseen = cells.mask_of(outside) & (sums.sum(axis=1) == 0)
        later = visits.duplicated().to_numpy() | visits.isin(self._met).to_numpy()
        self._met.update(visits)
        joined = {n: pa.array(sums[:, at], mask=unseen) for at, n in enumerate(self._fields)}
        nowhere = pc.is_null(pc.coalesce(*(values[name] for name in PLACE)))
        for name in PLACE if pc.any(nowhere).as_py() else ():
            places = pa.array(visits.map(self._whole.place_of_numbered[name]), pa.large_string())
            joined[name] = pc.if_else(nowhere, places, values[name])
        return {**values, **joined}, later

    def _visits(self, values: Values) -> pd.Series:
        """Return a text for each row that the rows of one visit share.

        A point counts only where nothing else says which place it is.
        """
        visit = {name: values[name] for name in TELLING}
        nowhere = pc.is_null(pc.coalesce(*(values[name] for name in PLACE)))
        visit |= {axis: pc.if_else(nowhere, visit[axis], None) for axis in POINT}
        by_place = content_texts(pa.table(visit), TELLING)
        number = pc.utf8_replace_slice(values[self._contract.key], 0, 0, "#")
        return pd.Series(pc.coalesce(number, by_place).to_pylist(), dtype="str")


def rule_of_numbers(contract: TableContract, mapping: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the code of the rule by which numbers of problems tell results → their columns.

    `BY_SERIOUS` where serious ones are counted; else `BY_ANY`, unless lesser ones are: these tell
    no result (`BY_NONE`). Empty where a column tells results, and where no column counts.
    """
    if "result" in mapping or problem_field(contract, mapping):
        return {}
    counted = [mapping[name] for name in NUMBERS if name in mapping]
    if NUMBERS[0] in mapping or not counted:
        return {BY_SERIOUS: counted} if counted else {}
    return {BY_NONE if _counts_lesser_alone(contract, mapping) else BY_ANY: counted}


def _counts_lesser_alone(contract: TableContract, mapping: Mapping[str, str]) -> bool:
    serious, other = (mapping.get(name) for name in NUMBERS)
    severity = severity_counted(other or "", contract, is_count=True)
    return not serious and severity == ProblemSeverity.OTHER


def with_results_of_problems(
    contract: TableContract,
    values: Values,
    mapping: Mapping[str, str],
    problems: VisitProblems | None,
) -> Values:
    """Return `values` with results of visits of which is said how much they found and no result.

    A visit found something if one of its problems was serious; in a file that tells no serious
    ones apart, if there was any. Lesser problems whose serious ones are not told say neither.
    ``mapping``: of a file of any table.
    """
    numbers = problems.numbers if problems else [name for name in NUMBERS if name in mapping]
    if not numbers or (not problems and _counts_lesser_alone(contract, mapping)):
        return values
    found = pc.greater(values[numbers[0]], 0)
    words = pc.if_else(found, VisitResult.FOUND.value, VisitResult.NOTHING.value)
    return {**values, "result": pc.coalesce(values["result"], words.cast(pa.large_string()))}
