"""Preview a file before import: the column mapping, sample values and missing fields."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.contracts.model import Field, TableContract
from data.ingest.checking.split_rows.visit_problems import rule_of_numbers
from data.ingest.coordinates.datum import DOUBTFUL, MISSING, SWAPPED, UNCLEAR, ImportRefusedError
from data.ingest.coordinates.office_area import area_box
from data.ingest.held_rows.stored_rows import differing_codes
from data.ingest.mapped_file import (
    SAMPLE_ROWS,
    MappedFile,
    guess_headers,
    is_nowhere,
    likelier_for,
)
from data.ingest.options import ImportOptions, answered, with_meanings
from data.ingest.preview.unknown_words import unknown_words
from data.ingest.reading.open import OpenSource
from data.privacy.pseudonyms import hide_numbers, mask_sent, may_not_be_held
from data.workspace.folder import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreview:
    """What importing a file would start from.

    ``sheets``, ``sheet``: sheets of a workbook, and the one chosen (None: every sheet with the same
    header).
    """

    sheets: tuple[str, ...]
    sheet: str | None
    heading: str
    """Title lines above the header row."""
    columns: tuple[str, ...]
    """The sender's headers."""
    mapping: dict[str, str]
    """Field → header, as guessed, remembered or given."""
    missing: tuple[str, ...]
    """Required fields that no header was found for."""
    unmapped: tuple[str, ...]
    """Headers that no field takes."""
    fields: tuple[Field, ...]
    """Fields that can be mapped."""
    sample: pd.DataFrame
    """Up to twenty rows as sent, with people's names and numbers masked."""
    datum: str | None = None
    """What coordinates would be read as; None where there are none or nobody knows."""
    datum_shares: dict[str, float] = field(default_factory=dict)
    """Candidate → share of points that fall where places are known."""
    datum_needed: bool = False
    """Whether the file is refused until somebody says its datum."""
    datum_suggestion: str | None = None
    """The candidate that stands out, if one does."""
    datum_doubtful: bool = False
    """Whether what is known speaks against the datum that the file, or a person, says."""
    axes_swapped: bool = False
    """Whether the columns of longitude and latitude are exchanged."""
    has_header: bool = True
    """Whether columns are called by a header row, and not by their position."""
    place_missing: bool = False
    """Whether no column tells where things are, though the table is about places."""
    notes: tuple[tuple[str, str], ...] = ()
    """Codes of what a reader should know about the file, each with what it is about."""
    warnings: tuple[str, ...] = ()
    """Codes of what speaks against importing the file as it is, as `ImportResult.warnings`."""
    unknown_words: dict[str, dict[str, int]] = field(default_factory=dict)
    """Field → word that its list does not have → rows, of the first `SAMPLE_ROWS`."""
    likelier_table: str | None = None
    """Another table that the headers fit plainly better; None where none does."""


def preview_file(
    workspace: Workspace, table: str, source: Path | str, *, now: datetime, options: ImportOptions
) -> ImportPreview:
    """Read the head of a file, guess its mapping and weigh its datums; keep nothing.

    Raises `UnreadableSourceError` when the source is missing, broken or holds no table.
    Raises `MappingError` when a given mapping names a field or header that does not exist.
    """
    contract = workspace.contract(table)
    area = partial(area_box, workspace)
    opened = OpenSource(
        source, contract=contract, sheet=options.sheet, header=options.header, area=area
    )
    info = opened.describe()
    guess = guess_headers(workspace, contract, info, options)
    nowhere = is_nowhere(contract, info, guess)
    details: dict[str, Any] = {}
    if not guess.missing and not nowhere:
        mapped = MappedFile(workspace, contract, opened, now=now, options=options)
        details = _weighed_datum(mapped) | _words(mapped, contract)
    return ImportPreview(
        sheets=info.sheets,
        sheet=options.sheet,
        heading=hide_numbers(info.heading),
        columns=tuple(info.columns),
        mapping=dict(guess.mapping),
        missing=tuple(guess.missing),
        unmapped=tuple(guess.unmapped),
        fields=tuple(f for f in contract.fields if not f.computed),
        sample=_masked(info.preview, guess.mapping, contract).to_pandas(),
        notes=info.notes,
        has_header=info.has_header,
        place_missing=nowhere,
        warnings=_warnings(workspace, contract, guess.mapping),
        likelier_table=likelier_for(workspace, contract, info, guess),
        **details,
    )


def _warnings(
    workspace: Workspace, contract: TableContract, mapping: Mapping[str, str]
) -> tuple[str, ...]:
    codes = differing_codes(workspace, contract.name, mapping)
    return (*codes, *rule_of_numbers(contract, mapping))


def _words(mapped: MappedFile, contract: TableContract) -> dict[str, Any]:
    batch = next((batch for batch, _ in mapped.batches(SAMPLE_ROWS)), None)
    if batch is None:
        return {}
    answers = answered(contract, mapped.guess.mapping, {})
    meant, mapping = with_meanings(batch, mapped.guess.mapping, answers, contract)
    return {"unknown_words": unknown_words(meant.rows, contract, mapping)}


def _weighed_datum(mapped: MappedFile) -> dict[str, Any]:
    """Return what a preview says of the datum of a file that has every required column."""
    try:
        decision = mapped.decide_datum()
    except ImportRefusedError as refusal:
        return {
            "datum_shares": dict(refusal.facts.get("shares") or {}),
            "datum_needed": refusal.code in {MISSING, UNCLEAR, SWAPPED},
            "axes_swapped": refusal.code == SWAPPED,
            "datum_suggestion": refusal.facts.get("suggestion"),
        }
    return {
        "datum": decision.datum.label if decision.datum else None,
        "datum_shares": dict(decision.report.shares) if decision.report else {},
        "datum_doubtful": DOUBTFUL in decision.notes,
        "axes_swapped": SWAPPED in decision.notes,
        "datum_suggestion": decision.suggestion if DOUBTFUL in decision.notes else None,
    }


def _masked(rows: pa.Table, mapping: Mapping[str, str], contract: TableContract) -> pa.Table:
    """Return rows with people masked: by the contract where a field claims the column."""
    fields = {column: contract.field(name) for name, column in mapping.items()}
    for at, column in enumerate(rows.column_names):
        if may_not_be_held(column):
            masked = pc.if_else(rows[column].is_valid(), "***", rows[column])
        else:
            masked = mask_sent(rows[column].combine_chunks(), column, fields.get(column))
        rows = rows.set_column(at, column, masked)
    return rows
