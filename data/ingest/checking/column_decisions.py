"""What is decided of a column from all of its cells, once for a file however it is cut in batches.

Whether 03/04/2026 is in March or April, whether "36.1,117.2" begins with its latitude, and whether
a spreadsheet cut the digits of long codes: one cell does not tell, the others do. `ColumnEvidence`
counts what they tell, batch by batch.
"""

from collections import Counter
from collections.abc import Callable, Mapping

import pyarrow as pa

from data.contracts.model import Field, Kind, TableContract
from data.ingest.batches import ColumnDecisions, SourceBatch
from data.ingest.checking.times.dates import count_parts_over_12
from data.ingest.reading import cells
from geo.coordinates.parse import count_orders, usual_order

POINT = "point"
_DATES = frozenset({Kind.DATE, Kind.DATETIME})


class ColumnEvidence:
    """What the cells of a file tell about its columns, counted over its batches."""

    def __init__(self, contract: TableContract, mapping: Mapping[str, str]) -> None:
        self._contract, self._mapping = contract, mapping
        self._counts: Counter[tuple[str, int]] = Counter()
        self._dates: dict[tuple[str, str], Counter[int]] = {}

    def add(self, batch: SourceBatch) -> None:
        """Count the cells of a batch."""
        for field in self._contract.fields:
            count = _counter_of(field)
            text = cells.text_of(batch, self._mapping.get(field.name))
            if count is None or text is None:
                continue
            for place, number in enumerate(count(text)):
                self._counts[field.name, place] += number
                if field.kind in _DATES:
                    of_sheet = self._dates.setdefault((batch.sheet, field.name), Counter())
                    of_sheet[place] += number

    def decide(self) -> ColumnDecisions:
        """Return the decisions."""

        def counts(field: Field) -> tuple[int, int]:
            return self._counts[field.name, 0], self._counts[field.name, 1]

        fields = self._contract.fields
        return ColumnDecisions(
            over_12={
                (sheet, name): tuple(
                    found[at] if found.total() else self._counts[name, at] for at in range(6)
                )
                for (sheet, name), found in self._dates.items()
            },
            order=usual_order(self._counts[POINT, 0], self._counts[POINT, 1]),
            cut=frozenset(f.name for f in fields if f.code and cells.were_cut(*counts(f))),
        )


def _counter_of(field: Field) -> Callable[[pa.Array], tuple[int, ...]] | None:
    if field.code:
        return lambda text: cells.count_cut(cells.clean_code(text))
    if field.kind in _DATES:
        return count_parts_over_12
    return _count_orders if field.name == POINT else None


def _count_orders(text: pa.Array) -> tuple[int, int]:
    return count_orders(cells.known_or_null(cells.clean(text)).to_pylist())
