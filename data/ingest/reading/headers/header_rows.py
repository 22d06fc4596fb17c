"""Find the header among the first rows of a sheet: below titles and unit lines, one or two levels.

With a contract the header is the row (or pair of rows) whose cells name most of its fields. Without
one, or when nothing is recognised, it is the first row that is mostly filled with distinct words.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from data.contracts.model import TableContract
from data.contracts.registry import TABLES
from data.ingest.reading.headers.address_columns import address_part
from data.ingest.reading.headers.header_match import known_headers, match_header
from data.ingest.reading.headers.names import SERIAL_HEADERS, normalise_header, unique_names
from data.privacy.pseudonyms import may_not_be_held

SEARCHED_ROWS = 10
_ENOUGH_FILLED = 0.5
FEWEST_NAMES, _MOSTLY = 2, 0.6
_FEWEST_DOWN = 3
_FORM_LABEL = re.compile(
    r"\s*[\u4e00-\u9fff][^:：()（）]{0,11}(?:[(（][^()（）]*[)）])?\s*[:：]\s*"
)
"""What is filled in behind its name, 填报单位（盖章）：永福街道, or in the next cell."""
_ALSO_A_CELL = frozenset({"楼栋"})
"""A header of buildings that is a word of a list as well: rows of duties say it."""
_DATA = re.compile(
    r"(?<!\d)(?:19|20)\d{2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}|\d{1,2}:\d{2}|\d{6}|\d\.\d{3}|"
    r"[\u4e00-\u9fff]\d+\s*(?:号楼?|栋|幢|单元|室)(?!码)"
)
"""What no header says and rows of data do: a day, a time, a long number, a fraction, an address."""


@dataclass(frozen=True, slots=True)
class FoundHeader:
    """Where a header is and what it says.

    ``first`` and ``last`` are 0-based row numbers (equal for one level), ``names`` one unique name
    per column, ``heading`` the text above, ``recognised`` how many fields of the contract it names.
    Of a sheet without a header ``absent`` is true, ``last`` the row above its data (-1 where there
    is none), and columns are named by their position. ``turned`` says that rows and columns changed
    places before.
    """

    first: int
    last: int
    names: tuple[str, ...]
    heading: str
    recognised: int
    absent: bool = False
    turned: bool = False

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """Return what a reader should be told."""
        flags = {"no_header": self.absent, "turned_sheet": self.turned}
        return tuple((code, "") for code, holds in flags.items() if holds)


def locate_header(
    rows: Sequence[Sequence[str | None]],
    contract: TableContract | None = None,
    *,
    given: bool | None = None,
) -> FoundHeader | None:
    """Return the header among the first `rows`, or the columns by position where there is none.

    ``given``: whether there is a header; None to see for oneself: a row with a date, a telephone or
    an address in it is a row of data, not a header.

    Returns None where nothing is a table.
    """
    found = None if given is False else find_header(rows, contract)
    if found is not None and (given or not _begins_with_data(rows, found)):
        return found
    return _by_position(rows)


def stands_on_its_side(
    rows: Sequence[Sequence[str | None]], contract: TableContract | None
) -> bool:
    """Return whether a sheet has its fields down the first column and one record per column.

    So it is where that column names every required field and three in all, and no row names two.
    """
    if contract is None or not rows:
        return False
    known = known_headers(contract)
    first = [row[0] for row in rows if row]
    down = {match.field for label in first if label and (match := match_header(label, known))}
    if len(down) < _FEWEST_DOWN or not set(contract.required) <= down:
        return False
    across = find_header(rows, contract)
    return across is None or across.recognised < FEWEST_NAMES


def _begins_with_data(rows: Sequence[Sequence[str | None]], found: FoundHeader) -> bool:
    """Return whether what was taken for a header, or a full row above it, reads like data."""
    if found.recognised > 1:
        return False
    width = max(_filled(row) for row in rows)
    return any(
        _filled(row) >= max(2, _ENOUGH_FILLED * width) and any(map(_DATA.search, filter(None, row)))
        for row in rows[: found.last + 1]
    )


def _by_position(rows: Sequence[Sequence[str | None]]) -> FoundHeader | None:
    usual = Counter(_filled(row) for row in rows if _filled(row))
    if not usual:
        return None
    width = max(usual, key=lambda filled: (usual[filled], filled))
    start = next(i for i, row in enumerate(rows) if _filled(row) >= _ENOUGH_FILLED * width)
    names = unique_names([None] * max(map(len, rows)))
    return FoundHeader(start - 1, start - 1, names, _heading(rows[:start]), 0, absent=True)


def find_header(
    rows: Sequence[Sequence[str | None]], contract: TableContract | None = None
) -> FoundHeader | None:
    """Return the header among the first ten `rows`, or None where there is none.

    ``rows``: leading rows as text, None where blank. Cells merged across should be filled only in
    their first cell.
    """
    known = known_headers(contract) if contract else {}
    named = [
        candidate
        for first in range(min(len(rows), SEARCHED_ROWS))
        for candidate in _candidates(rows, first, known)
    ]
    # one level unless the second level says more, or stands where the first has gaps alone
    best = max(
        named,
        key=lambda f: (f.recognised, _fills_gaps(rows, f), f.first - f.last, -f.first),
        default=None,
    )
    if best is not None and (best.recognised > 1 or len(best.names) == 1):
        return best
    plain = _by_shape(rows)
    if best is None or plain is None:
        return plain or best
    return best if _filled(rows[best.first]) >= _filled(rows[plain.first]) else plain


def _candidates(
    rows: Sequence[Sequence[str | None]], first: int, known: Mapping[str, tuple[str, str]]
) -> list[FoundHeader]:
    """Return the one-level and, where two rows may belong together, the two-level header."""
    headers = []
    for last in (first, first + 1):
        if last >= len(rows) or (last > first and not _may_be_second_level(rows, first)):
            continue
        upper, lower = _padded(rows, first, last)
        labels = upper if last == first else _joined(upper, lower)
        fields = set()
        for label in labels:
            match = match_header(label, known) if label else None
            part = address_part(label) if last > first and label and "/" in label else None
            if last > first and not part and normalise_header(label or "") in SERIAL_HEADERS:
                part = label  # one level of the two would lose its name
            if part:
                fields.add(part)
            elif label and (match or may_not_be_held(label)):
                fields.add(match.field if match else label)
        if fields:
            names = unique_names(labels)
            headers.append(FoundHeader(first, last, names, _heading(rows[:first]), len(fields)))
    return headers


def _padded(
    rows: Sequence[Sequence[str | None]], first: int, last: int
) -> tuple[list[str | None], list[str | None]]:
    """Return both levels as wide as the wider of them, or as most rows below if those are wider."""
    below = Counter(len(row) for row in rows[last + 1 :])
    usual = below.most_common(1)[0][0] if below else 0
    width = max(len(rows[first]), len(rows[last]), usual)
    upper, lower = ([*rows[i], *([None] * (width - len(rows[i])))] for i in (first, last))
    return upper, lower


def _may_be_second_level(rows: Sequence[Sequence[str | None]], first: int) -> bool:
    """Return whether the row below may refine this one: words, under gaps or repeated labels."""
    upper, lower = _padded(rows, first, first + 1)
    labels = [cell for cell in lower if cell]
    if not labels or _is_form_line(upper) or any(any(c.isdigit() for c in cell) for cell in labels):
        return False
    under_gap = any(
        below and not above and i > 0
        for i, (above, below) in enumerate(zip(upper, lower, strict=True))
    )
    return under_gap and _filled(upper) > 1


def _fills_gaps(rows: Sequence[Sequence[str | None]], found: FoundHeader) -> bool:
    """Say whether the second level of a header stands below one name and the gaps beside it."""
    if found.last == found.first:
        return False
    upper, lower = _padded(rows, found.first, found.last)
    at = [i for i, cell in enumerate(lower) if cell]
    gaps = [i for i in at if not upper[i]]
    joined = at == [*range(at[0], at[-1] + 1)]
    return joined and len(gaps) == len(at) - 1 and bool(upper[at[0]])


def _is_form_line(row: Sequence[str | None]) -> bool:
    """Say whether most cells of a row are as in a form: 填报单位：永福街道 | 填报人： | 张三."""
    cells = [cell for cell in row if cell]
    before = ["", *cells]
    filled_in = [
        bool(_FORM_LABEL.match(cell)) or bool(_FORM_LABEL.fullmatch(last))
        for cell, last in zip(cells, before, strict=False)
    ]
    return 2 * sum(filled_in) > len(cells)


def _joined(upper: Sequence[str | None], lower: Sequence[str | None]) -> list[str | None]:
    """Return "upper/lower" per column; an upper cell reaches right over the gaps it covers."""
    labels: list[str | None] = []
    reach: str | None = None
    for above, below in zip(upper, lower, strict=True):
        reach = above or (reach if below else None)
        parts = [part for part in (reach if below else above, below) if part]
        labels.append("/".join(dict.fromkeys(parts)) or None)
    return labels


def _by_shape(rows: Sequence[Sequence[str | None]]) -> FoundHeader | None:
    """Return the first row that is mostly filled with distinct cells that are no numbers."""
    usual = Counter(_filled(row) for row in rows)
    width = max(usual, key=lambda filled: (usual[filled], filled), default=0)
    for first in range(min(len(rows), SEARCHED_ROWS)):
        row = _padded(rows, first, first)[0]
        labels = [cell for cell in row if cell]
        words = [cell for cell in labels if not is_number(cell)]
        full = len(labels) >= max(1, _ENOUGH_FILLED * width)
        if full and len(words) == len(labels) and len(set(labels)) * 10 >= len(labels) * 9:
            return FoundHeader(first, first, unique_names(row), _heading(rows[:first]), 0)
    return None


def is_number(cell: str) -> bool:
    """Say whether a cell is a number and nothing else."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _filled(row: Sequence[str | None]) -> int:
    return sum(1 for cell in row if cell)


def _heading(rows: Sequence[Sequence[str | None]]) -> str:
    return " ".join(" ".join(dict.fromkeys(c for c in row if c)) for row in rows).strip()


def is_other_header(cells: Sequence[str], header: set[str]) -> bool:
    """Return whether the cells of a row are words that name fields, and not those of its header."""
    if len(cells) < FEWEST_NAMES:
        return False
    names = {normalise_header(cell) for cell in cells}
    known = len(names & every_header())
    return known >= FEWEST_NAMES and known >= _MOSTLY * len(cells) and not names <= header


@cache
def every_header() -> frozenset[str]:
    """Return every header that names a field of any table, as headers are compared."""
    names = {name for contract in TABLES.values() for name in known_headers(contract)}
    return frozenset(names - _ALSO_A_CELL)
