"""Read tables in markup: many systems export a web page, or XML, under the name of a workbook.

``<tr><td>`` of HTML and ``<Row><Cell>`` of the XML that Excel 2003 wrote are read alike. Everything
in them is text, so codes are whole.
"""

from html.parser import HTMLParser
from typing import Final

MOST_COLUMNS: Final = 16_384
_MOST_CELLS: Final = 5_000_000
_ROW, _CELL = frozenset({"tr", "row"}), frozenset({"td", "th", "cell"})


class TableTooWideError(ValueError):
    """A page makes far more cells than it says."""


class _Tables(HTMLParser):
    """Collect the cells of every table; a cell over several rows is in each of them."""

    def __init__(self, *, most: int) -> None:
        super().__init__(convert_charrefs=True)
        self._left = most
        self.tables: list[list[list[str]]] = []
        self._open: list[list[list[str]]] = []
        self._down: dict[int, tuple[int, str]] = {}
        self._cell: list[str] | None = None
        self._span = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._end_cell()  # of the table around it
            self._open.append([])
            self._down = {}
        elif tag in _ROW and self._open:
            self._end_cell()
            self._open[-1].append([])
            self._fill_down()
        elif tag in _CELL and self._open and self._open[-1]:
            self._end_cell()
            given = dict(attrs)
            self._skip_to(_count(given.get("ss:index")))
            self._span = (_count(given.get("colspan")), _count(given.get("rowspan")))
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _ROW | _CELL:
            self._end_cell()
        elif tag == "table" and self._open:
            self._end_cell()
            self.tables.append(self._open.pop())

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        text, row = "".join(self._cell).strip(), self._open[-1][-1]
        across, down = self._span
        self._spend(across)
        if down > 1:
            self._down[len(row)] = (down - 1, text)
        row += [text, *([""] * (across - 1))]
        self._cell = None
        self._fill_down()

    def _skip_to(self, column: int) -> None:
        """Leave out the cells that XML passes over by numbering the next one from 1."""
        row = self._open[-1][-1]
        self._spend(max(0, column - 1 - len(row)))
        row += [""] * (column - 1 - len(row))

    def _spend(self, cells: int) -> None:
        self._left -= cells
        if self._left < 0:
            raise TableTooWideError

    def _fill_down(self) -> None:
        """Give the row the cells that reach into it from above."""
        row = self._open[-1][-1]
        while (above := self._down.get(len(row))) and above[0] > 0:
            self._down[len(row)] = (above[0] - 1, above[1])
            self._spend(1)
            row.append(above[1])


def _count(text: str | None) -> int:
    """Return a number that a page gives, at most as many as a sheet has columns."""
    digits = text if text and text.isascii() and text.isdigit() else "1"
    return min(max(1, int(digits[:6])), MOST_COLUMNS)


def largest_table(page: str) -> list[list[str]]:
    """Return the rows of the table with most cells, empty where the page has none.

    Raises `TableTooWideError` when cells that reach over many others would make far more than the
    page says.
    """
    parser = _Tables(most=max(_MOST_CELLS, len(page)))
    parser.feed(page)
    parser.close()
    return max(parser.tables, key=lambda rows: sum(map(len, rows)), default=[])
