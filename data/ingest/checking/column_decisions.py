"""What is decided of a column from all of its cells, once for a file however it is cut in batches.

Whether 03/04/2026 is in March or April and *listopada* October or November, whether "36.1,117.2"
begins with its latitude, and whether a spreadsheet cut the digits of long codes: one cell does not
tell, the others do. `ColumnEvidence`
counts what they tell, batch by batch; `MissingYears` reads the days of columns in which some have
no year.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import pyarrow as pa

from data.contracts.model import Field, Kind, TableContract
from data.ingest.batches import CheckOptions, ColumnDecisions, SourceBatch
from data.ingest.checking.times.dates import LACKING, count_parts_over_12, months_named_in
from data.ingest.checking.times.missing_years import MissingYears
from data.ingest.checking.times.month_names import months_of_names
from data.ingest.reading import cells
from geo.coordinates.parse import count_orders, usual_order

POINT = "point"
_COUNTED = range(LACKING + 1)
DATES = frozenset({Kind.DATE, Kind.DATETIME})


def decide_columns(
    batches: Callable[[], Iterable[tuple[SourceBatch, Mapping[str, str]]]],
    contract: TableContract,
    options: CheckOptions,
) -> ColumnDecisions:
    """Return what all rows of a file say of its columns.

    ``batches``: gives the batches of the file from the first on, each with its mapping. They are
    read a second time only for columns in which days have no year.
    """
    evidence = ColumnEvidence(contract)
    for batch, mapping in batches():
        evidence.add(batch, mapping)
    decided = evidence.decide()
    years = MissingYears(contract, evidence.lacking_years, replace(options, columns=decided))
    for batch, mapping in batches() if evidence.lacking_years else ():
        years.add(batch, mapping)
    return replace(decided, years=years.decide())


class ColumnEvidence:
    """What the cells of a file tell about its columns, counted over its batches."""

    def __init__(self, contract: TableContract) -> None:
        self._contract = contract
        self._counts: Counter[tuple[str, int]] = Counter()
        self._dates: dict[tuple[str, str], Counter[int]] = {}
        self._months: dict[str, set[str]] = {}

    def add(self, batch: SourceBatch, mapping: Mapping[str, str]) -> None:
        """Count the cells of a batch."""
        for field in self._contract.fields:
            count = _counter_of(field)
            text = cells.text_of(batch, mapping.get(field.name))
            if count is None or text is None:
                continue
            for place, number in enumerate(count(text)):
                self._counts[field.name, place] += number
                if field.kind in DATES:
                    of_sheet = self._dates.setdefault((batch.sheet, field.name), Counter())
                    of_sheet[place] += number
            if field.kind in DATES:
                self._months.setdefault(field.name, set()).update(months_named_in(text))

    @property
    def lacking_years(self) -> tuple[str, ...]:
        """Fields of which some days may have no year."""
        return tuple(f.name for f in self._contract.fields if self._counts[f.name, LACKING])

    def decide(self) -> ColumnDecisions:
        """Return the decisions."""

        def counts(field: Field) -> tuple[int, int]:
            return self._counts[field.name, 0], self._counts[field.name, 1]

        fields = self._contract.fields
        return ColumnDecisions(
            over_12={
                (sheet, name): tuple(
                    found[at] if found.total() else self._counts[name, at] for at in _COUNTED
                )
                for (sheet, name), found in self._dates.items()
            },
            order=usual_order(self._counts[POINT, 0], self._counts[POINT, 1]),
            months={name: months_of_names(each) for name, each in self._months.items()},
            cut=frozenset(f.name for f in fields if f.code and cells.were_cut(*counts(f))),
        )


def _counter_of(field: Field) -> Callable[[pa.Array], tuple[int, ...]] | None:
    if field.code:
        return lambda text: cells.count_cut(cells.clean_code(text))
    if field.kind in DATES:
        return count_parts_over_12
    return _count_orders if field.name == POINT else None


def _count_orders(text: pa.Array) -> tuple[int, int]:
    return count_orders(cells.known_or_null(cells.clean(text)).to_pylist())
