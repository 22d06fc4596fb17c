"""A table on a page: sorted, searched, picked from and exported, as its columns are declared."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from unicodedata import normalize

import pandas as pd
import streamlit as st
from pandas.api.types import infer_dtype, is_any_real_numeric_dtype
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.documents.columns import DAY, LOCALIZED, MINUTE, NEAR_DAY, Column, in_words
from dashboard.i18n import Translator
from dashboard.maps.palette import TIERS
from dashboard.ui import download, frame
from dashboard.ui.frame import Page

MOST_ROWS = 1_000
"""A browser gets; who looks for another one narrows the search, which goes through all."""
_HEAD_PX, _ROW_PX = 35, 33
"""Of Streamlit's tables in our size of type; the border around them is told with the head."""
_CHIP_PX, _LETTER_PX, _WIDEST_PX = 30, 8, 320
_CELL_PX, _DIGIT_PX = 22, 7
_SIZED_BY, _FEW, _GAP = 10, 5, 2
"""The browser makes a column as wide as its header and its first rows ask for. Of more than a few
rows it leaves out those twice as wide as their mean, the room beside a text included."""
_SEARCHED_FROM = 9
_DAYS = {DAY: "YYYY-MM-DD", NEAR_DAY: "MM-DD"}
_TIER = "tier"


@dataclass(frozen=True, slots=True)
class Paging:
    """Leaf through a list of the store, a page at a time."""

    key: str
    rows: int

    def number(self, query: Hashable = None) -> int:
        """Return which page is shown, from 0: the first where something else is asked for."""
        of, number = st.session_state.get(f"{self.key}_at", (None, 0))
        return int(number) if of == query else self.first(query)

    def first(self, query: Hashable = None) -> int:
        """Go to the first page and return its number."""
        self._go(query, 0)
        return 0

    def tell(self, page: Page, number: int, *, shown: int, total: int) -> None:
        """Say which rows are shown, of how many."""
        before = number * self.rows
        page.caption("{first} to {last} of {count}", first=before + 1, last=before + shown,
                     count=total)  # fmt: skip

    def offer(self, page: Page, query: Hashable, number: int, *, total: int) -> None:
        """Lead to the page before and after, where there are any."""
        last = (total - 1) // self.rows
        if last <= 0:
            return
        with st.container(horizontal=True, key=f"{self.key}_pages"):
            st.button(page.say("Page before"), key=f"{self.key}_before", disabled=number == 0,
                      on_click=self._go, args=(query, number - 1))  # fmt: skip
            st.button(page.say("Next page"), key=f"{self.key}_next", disabled=number >= last,
                      on_click=self._go, args=(query, number + 1))  # fmt: skip

    def _go(self, query: Hashable, to: int) -> None:
        st.session_state[f"{self.key}_at"] = (query, to)


def table(
    page: Page,
    rows: pd.DataFrame,
    columns: Sequence[Column],
    *,
    key: str,
    export: str | Callable[[pd.DataFrame], None] = "",
    search: bool = True,
    pick: Callable[[int], None] | None = None,
    height_px: int = 420,
) -> None:
    """Show rows that can be sorted, searched, picked and exported.

    ``rows``: codes, numbers and times; of those that the search leaves, the first `MOST_ROWS` are
    shown.
    ``export``: title of the workbook that holds what the search leaves, "" offers none; or what
    offers these rows, where they leave otherwise than they are shown.
    ``search``: whether a long table stands under a search field.
    ``pick``: called with the position in ``rows`` of a chosen row, before the next run.
    ``height_px``: height at most.
    """
    found = _searched(page, rows, columns, key=key) if search else list(range(len(rows)))
    if not found:
        _tell_nothing(page, rows)
        return
    shown = found[:MOST_ROWS]
    _show(page, rows, columns, shown, key=key, pick=pick, height_px=height_px)
    if len(found) > len(shown):
        page.caption(
            "The first {n} of {total} are shown; the search finds the others.",
            n=len(shown),
            total=len(found),
        )
    _offer(page, rows.iloc[found], columns, export, key=key)


def _show(
    page: Page,
    rows: pd.DataFrame,
    columns: Sequence[Column],
    places: list[int],
    *,
    key: str,
    pick: Callable[[int], None] | None,
    height_px: int,
) -> None:
    worded = in_words(rows.iloc[places], columns, say=page.say)
    of_these = f"{key}_{_fingerprint(worded)}" if pick else key  # a tick stays where it was set

    def hand_over() -> None:
        if pick and (chosen := st.session_state[of_these]["selection"]["rows"]):
            pick(places[chosen[0]])

    st.dataframe(
        _with_chips(worded.reset_index(drop=True), columns, say=page.say),
        key=of_these,
        height=min(height_px, rows_px(len(places))),
        hide_index=True,
        placeholder=frame.NOTHING,
        on_select=hand_over if pick else "ignore",
        selection_mode="single-row",
        column_order=[each.name for each in columns if each.name in worded and not each.hidden],
        column_config={each.name: _config(each, worded, page.say) for each in columns},
    )


def _fingerprint(worded: pd.DataFrame) -> str:
    """Return what differs where other rows are shown, or in another order."""
    rows = pd.util.hash_pandas_object(worded.astype(str), index=False)
    return sha256(rows.to_numpy().tobytes()).hexdigest()[:12]


def _tell_nothing(page: Page, rows: pd.DataFrame) -> None:
    if len(rows):
        page.info("Nothing matches. Shorten what you search for or widen the filters.")
    else:
        page.caption("Nothing to list.")


def _offer(
    page: Page,
    rows: pd.DataFrame,
    columns: Sequence[Column],
    export: str | Callable[[pd.DataFrame], None],
    *,
    key: str,
) -> None:
    """Offer rows as a file under a title, or by what offers them; "" offers none."""
    if callable(export):
        export(rows)
    elif export:
        download.offer_table(page, export, rows, columns, key=f"{key}_excel")


def of_buildings(
    page: Page,
    rows: pd.DataFrame,
    columns: Sequence[Column],
    *,
    unit: str,
    key: str,
    export: str = "",
    search: bool = False,
    height_px: int = 420,
) -> None:
    """Show a table of buildings: a chosen row opens the page of the building that ``unit`` names.

    The other parameters are those of `table`.
    """
    chosen = f"{key}_chosen"

    def choose(place: int) -> None:
        st.session_state[chosen] = str(rows[unit].iloc[place])

    table(
        page, rows, columns, key=key, export=export, search=search, pick=choose,
        height_px=height_px,
    )  # fmt: skip
    if building := st.session_state.pop(chosen, None):
        frame.go(page, "building", unit=building)


def below_chart(
    page: Page, rows: pd.DataFrame, columns: Sequence[Column], *, key: str, export: str
) -> None:
    """Show a chart's numbers below it, folded, with a download."""
    with st.expander(page.say("The same as a table")):
        table(page, rows, columns, key=f"{key}_table", export=export, search=False, height_px=520)


def matching(worded: pd.DataFrame, wanted: str) -> list[int]:
    """Return the positions of the rows that hold every given word somewhere, of any width."""
    words = normalize("NFKC", wanted).casefold().split()
    if not words:
        return list(range(len(worded)))
    texts = worded.astype(object).fillna("").astype(str).agg(" ".join, axis=1)
    texts = texts.str.normalize("NFKC").str.casefold()
    return [place for place, text in enumerate(texts) if all(word in text for word in words)]


def _searched(page: Page, rows: pd.DataFrame, columns: Sequence[Column], *, key: str) -> list[int]:
    """Return the positions that a search leaves, which is offered where there are many rows."""
    wanted = ""
    if len(rows) >= _SEARCHED_FROM:
        label, hint = page.say("Search this list"), page.say("words of any column")
        wanted = st.text_input(label, key=f"{key}_search", placeholder=hint)
    if not wanted.strip():
        return list(range(len(rows)))
    return matching(in_words(rows, columns, say=page.say), wanted)


def _chips(say: Translator) -> dict[str, str]:
    """Return tier in words → the value of its chip, the highest first.

    A browser sorts values as texts: by the number in front, which the chip does not show.
    """
    names = [say.name(_TIER, each.tier) for each in TIERS]
    return {name: f"{place} {name}" for place, name in enumerate(names, start=1)}


def _chip_text(value: str) -> str:
    return value.partition(" ")[2]


def _with_chips(
    worded: pd.DataFrame, columns: Sequence[Column], *, say: Translator
) -> pd.DataFrame:
    """Return a table whose tiers are drawn as chips of their colours: lists of one word."""
    of, shown = _chips(say), worded.copy(deep=False)
    for name in (each.name for each in columns if each.kind == _TIER and each.name in worded):
        chips = [[of[tier]] if tier in of else [] for tier in worded[name]]
        shown[name] = pd.Series(chips, dtype=object)
    return shown


def rows_px(count: int) -> int:
    """Return how high a table of so many rows is, without an empty strip below them."""
    return _HEAD_PX + _ROW_PX * count


def _letters(text: str) -> int:
    """Return how wide a text is, in letters of Latin script."""
    return len(text.encode("gbk", errors="replace"))


def width_px(header: str, values: pd.Series[Any]) -> int | None:
    """Return how wide a column of texts must be that the browser would make too narrow, or None."""
    if infer_dtype(values) != "string":
        return None
    letters = values.fillna("").map(_letters)
    first = letters.iloc[:_SIZED_BY]
    if len(first) > _FEW:
        first = first[first + _GAP < 2 * (first + _GAP).mean()]
    if letters.max() <= first.max():
        return None
    return min(_CHIP_PX + _LETTER_PX * max(int(letters.max()), _letters(header)), _WIDEST_PX)


def _times_px(header: str, form: str) -> int:
    """Return how wide a column of days or times is, also where its first rows have none."""
    return _CELL_PX + _DIGIT_PX * max(len(form), _letters(header))


def _config(column: Column, worded: pd.DataFrame, say: Translator) -> ColumnConfig | str:
    """Return Streamlit's settings of a column; numbers are parted at the thousands."""
    is_number = column.name in worded and is_any_real_numeric_dtype(worded[column.name])
    header = column.header_in(say)
    if column.kind == _TIER:
        chips, fills = _chips(say), [each.fill for each in TIERS]
        width = _CHIP_PX + _LETTER_PX * max(map(_letters, chips))
        return st.column_config.MultiselectColumn(
            header, options=list(chips.values()), color=fills, format_func=_chip_text,
            width=max(width, _LETTER_PX * _letters(header)),
        )  # fmt: skip
    if column.format in _DAYS:
        form = _DAYS[column.format]
        return st.column_config.DateColumn(header, format=form, width=_times_px(header, form))
    if column.format == MINUTE:
        form = "YYYY-MM-DD HH:mm"
        return st.column_config.DatetimeColumn(header, format=form, width=_times_px(header, form))
    if column.format or column.digits is not None or is_number:
        step = None if column.digits is None else 10.0**-column.digits
        return st.column_config.NumberColumn(header, format=column.format or LOCALIZED, step=step)
    if column.name in worded and (px := width_px(header, worded[column.name])):
        return st.column_config.TextColumn(header, width=px)
    return header
