"""The reason codes of refused and duplicate rows, with their sentences from ``reasons.toml``."""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

_SENTENCES: Final[dict[str, dict[str, str]]] = tomllib.loads(
    Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
)


class Reason(StrEnum):
    """Why a row was refused."""

    REQUIRED_MISSING = "required_missing"
    UNREADABLE_NUMBER = "unreadable_number"
    NOT_WHOLE = "not_whole"
    OUT_OF_RANGE = "out_of_range"
    UNREADABLE_DATE = "unreadable_date"
    AMBIGUOUS_DAY = "ambiguous_day"
    IN_FUTURE = "in_future"
    UNREADABLE_FLAG = "unreadable_flag"
    NOT_ALLOWED = "not_allowed"
    DIGITS_LOST = "digits_lost"
    SCIENTIFIC_NOTATION = "scientific_notation"
    UNREADABLE_POINT = "unreadable_point"
    UNREADABLE_GEOMETRY = "unreadable_geometry"
    END_BEFORE_START = "end_before_start"
    NOTHING_TO_PLACE = "nothing_to_place"
    CONFLICTING_KEY = "conflicting_key"
    NUMBER_ON_TWO_DAYS = "number_on_two_days"
    OTHER_ROW_REFUSED = "other_row_refused"
    TOO_MANY_CELLS = "too_many_cells"
    FORMULA_UNSAVED = "formula_unsaved"

    def say(self, language: str, **facts: Any) -> str:  # noqa: ANN401 -- facts are of any kind
        """Return what is wrong, in ``zh`` or ``en``, with column, seen and expected filled in."""
        return _SENTENCES[self][language].format_map(facts)

    def fix(self, language: str) -> str:
        """Return what to do, in ``zh`` or ``en``."""
        return _SENTENCES[self][f"fix_{language}"]


IDENTICAL_ROW, REPEATED_KEY, JOINED_PIECE = "identical_row", "repeated_key", "joined_piece"
REASONS: Final = (*Reason, IDENTICAL_ROW, REPEATED_KEY, JOINED_PIECE)
NOTES: Final = (
    *("blank", "total", "footer", "note", "repeated_header", "example"),
    *(
        "hidden_rows",
        "hidden_sheet",
        "other_sheet",
        "damaged_text",
        "no_header",
        "other_table",
        "beside_each_other",
        "map_cut",
        "joined_columns",
        "ditto_marks",
        "exchanged_days",
        "visits_beside",
        "lists_in_cells",
        "turned_sheet",
    ),
)
"""Codes of what a reader should know of a file, and of lines that are no data."""
