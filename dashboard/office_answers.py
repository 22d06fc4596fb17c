"""What the office answers, as protocols: the fields of its answers that pages read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    import pandas as pd


class OfficeSettings(Protocol):
    """What the workspace says about itself."""

    @property
    def name(self) -> str:
        """Name of the office."""

    @property
    def street(self) -> str:
        """Name of the street it answers for."""

    @property
    def tile_url(self) -> str | None:
        """Address of base map tiles, or None for a white map."""

    @property
    def tile_attribution(self) -> str | None:
        """Credit of the base map."""


class Rates(Protocol):
    """Confirmed events per unit of exposure, as counted and as smoothed."""

    @property
    def raw(self) -> float | None:
        """As counted; None without exposure."""

    @property
    def smoothed(self) -> float:
        """Drawn towards the average, the more so the less is known."""

    @property
    def weight(self) -> float:
        """How much the unit's own count weighs in ``smoothed``, 0 to 1."""


class EvidenceRow(Protocol):
    """One row behind a factor."""

    @property
    def table(self) -> str:
        """Table it is in."""

    @property
    def row_key(self) -> str:
        """Its key there."""

    @property
    def event_at(self) -> datetime | None:
        """When it happened."""

    @property
    def value(self) -> float:
        """What it is worth to its factor."""

    @property
    def facts(self) -> Mapping[str, str]:
        """Short descriptive fields."""

    @property
    def match_level(self) -> str:
        """How surely it was placed."""


class RankedUnit(Protocol):
    """A unit inside or beside the explained one."""

    @property
    def unit(self) -> str:
        """Its id."""


class Explanation(Protocol):
    """A unit's score and everything behind it."""

    @property
    def unit(self) -> str:
        """Id of the unit."""

    @property
    def unit_kind(self) -> str:
        """``building``, ``cell:8|9|10``, ``grid`` or ``community``."""

    @property
    def name(self) -> str | None:
        """Name for people; a cell has none."""

    @property
    def snapshot_id(self) -> str:
        """Snapshot that is explained."""

    @property
    def as_of(self) -> date:
        """Day whose end the snapshot sees."""

    @property
    def score(self) -> float:
        """Sum of the points."""

    @property
    def tier(self) -> str:
        """红, 橙, 黄 or 蓝."""

    @property
    def rank(self) -> int:
        """Place among the units of its kind, 1 being the highest."""

    @property
    def ranked(self) -> int:
        """How many units of its kind are ranked."""

    @property
    def low(self) -> float:
        """Lower end of the score's interval."""

    @property
    def high(self) -> float:
        """Upper end of the score's interval."""

    @property
    def exposure(self) -> float:
        """Dwellings and registered units."""

    @property
    def exposure_known(self) -> bool | None:
        """False where the exposure is an estimate."""

    @property
    def rates(self) -> Rates:
        """Confirmed events per unit of exposure."""

    @property
    def points(self) -> Mapping[str, float]:
        """Factor to points, the exposure's first; they add up to the score."""

    @property
    def rows(self) -> Mapping[str, Sequence[EvidenceRow]]:
        """Factor to the rows behind it, with nothing in them that names a person."""

    @property
    def buildings(self) -> Sequence[RankedUnit]:
        """Buildings in the unit; none for a building."""

    @property
    def neighbours(self) -> Sequence[RankedUnit]:
        """For a building those about it; for a cell the adjacent ones."""

    @property
    def changed(self) -> Sequence[str]:
        """Factors whose rows are no longer those that were scored."""


class ScoreRun(Protocol):
    """What a scoring run made."""

    @property
    def as_of(self) -> date:
        """Day whose end it sees."""

    @property
    def buildings(self) -> int:
        """How many buildings were scored."""

    @property
    def cells(self) -> int:
        """How many cells were scored."""


class TableField(Protocol):
    """A field of a table, as the importer knows it."""

    @property
    def name(self) -> str:
        """Name of the column."""

    @property
    def header(self) -> str:
        """Header in the template."""

    @property
    def required(self) -> bool:
        """Whether a row without it is quarantined."""

    @property
    def personal(self) -> str:
        """``no``, or how what it says of people is treated: ``name``, ``phone``, ``prose``."""


class Preview(Protocol):
    """What the importer understands of a file."""

    @property
    def sheets(self) -> Sequence[str]:
        """Sheets of the workbook; at most one for other files."""

    @property
    def sheet(self) -> str | None:
        """Sheet that was chosen; None reads every sheet with the same header."""

    @property
    def heading(self) -> str:
        """Title lines above the header row."""

    @property
    def columns(self) -> Sequence[str]:
        """Columns of the file."""

    @property
    def mapping(self) -> Mapping[str, str]:
        """Field to column, as guessed or remembered."""

    @property
    def fields(self) -> Sequence[TableField]:
        """Fields of the table."""

    @property
    def sample(self) -> pd.DataFrame:
        """First rows, as text."""

    @property
    def missing(self) -> Sequence[str]:
        """Required fields without a column."""

    @property
    def unmapped(self) -> Sequence[str]:
        """Columns that no field takes."""

    @property
    def notes(self) -> Sequence[str]:
        """Codes of what a reader should know about the file."""

    @property
    def datum(self) -> str | None:
        """What coordinates would be read as, where that is known."""

    @property
    def datum_suggestion(self) -> str | None:
        """The datum that stands out, where one does."""

    @property
    def datum_shares(self) -> Mapping[str, float]:
        """Datum to the share of points it places inside the street."""

    @property
    def datum_needed(self) -> bool:
        """Whether a person must say which datum it is."""


class ImportResult(Protocol):
    """What became of every row of a file."""

    @property
    def import_id(self) -> str:
        """Id of the import; empty after a dry run."""

    @property
    def rows_in(self) -> int:
        """Rows read; accepted, quarantined and duplicates add up to it."""

    @property
    def accepted(self) -> int:
        """Rows stored."""

    @property
    def quarantined(self) -> int:
        """Rows kept aside with their reasons."""

    @property
    def duplicates(self) -> int:
        """Rows that were there already."""

    @property
    def reasons(self) -> Mapping[str, int]:
        """Reason code to rows."""

    @property
    def located(self) -> Mapping[str, int]:
        """Level to rows placed at it."""

    @property
    def dropped_personal(self) -> Mapping[str, int]:
        """Column to values that may not be held and were dropped at the door."""

    @property
    def warnings(self) -> Sequence[str]:
        """Codes of what else a person should know."""

    @property
    def replaced(self) -> int:
        """Accepted rows that took the place of an older one with the same key."""

    @property
    def repeated(self) -> bool:
        """Whether the very same file had been imported before."""
