"""A file under the mapping of its columns: its rows, checked, and what its coordinates are in.

Nothing here is kept; `data.ingest.run` puts the rows into the lake.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property, partial

import pyarrow as pa
import pyarrow.compute as pc
import shapely

from data.contracts.model import TableContract
from data.contracts.registry import TABLES
from data.derived.backends.duckdb_sessions import SCRATCH
from data.ingest.batches import (
    CheckedBatch,
    CheckOptions,
    ColumnDecisions,
    SourceBatch,
    pack_batch,
    unpack_batch,
)
from data.ingest.checking.check import check_batch, treat_persons
from data.ingest.checking.column_decisions import POINT, decide_columns
from data.ingest.checking.deduplicate import SeenRows
from data.ingest.checking.row_rules import read_by_rules
from data.ingest.checking.split_rows.of_file import Pieces, pieces_of
from data.ingest.checking.split_rows.split_shapes import repeated_keys, shape_field
from data.ingest.checking.times.title_years import dated
from data.ingest.coordinates.datum import (
    DatumDecision,
    ImportRefusedError,
    PointSample,
    decide_datum,
)
from data.ingest.coordinates.known_shapes import known_shapes
from data.ingest.options import (
    ImportOptions,
    answered,
    judged_by_grade,
    meanings_by_field,
    with_meanings,
)
from data.ingest.quarantine.corrected_rows import columns_of_sender
from data.ingest.quarantine.store import doubt_again
from data.ingest.reading.cells import clean_code, mask_of
from data.ingest.reading.headers.cell_matches import ADDRESS_FIELDS
from data.ingest.reading.headers.column_mapping import (
    HeaderGuess,
    guess_mapping,
    header_signature,
)
from data.ingest.reading.headers.likely_table import likelier_table
from data.ingest.reading.headers.spread.joined_columns import JOINED
from data.ingest.reading.input_formats import name_of_source
from data.ingest.reading.open import OpenSource, SourceInfo, filter_rows
from data.privacy.encrypted_batches import EncryptedBatches
from data.workspace.folder import Workspace

PLACE_FIELDS = ("lon", "lat", "point", "geom")
TELLING_FIELDS = frozenset({*PLACE_FIELDS, *ADDRESS_FIELDS, "building_id", "estate"})
BATCH_ROWS, SAMPLE_ROWS = 100_000, 20_000  # to import, and to recognise a datum by


def no_rows(*, left_out: int = 0, skipped: Mapping[str, int] | None = None) -> ImportRefusedError:
    """Return the refusal of a file without a row to import."""
    return ImportRefusedError(
        "no_rows", left_out=left_out, skipped=dict(skipped or {}),
        what_to_do="Check the sheet, the header row and the --where filter.",
    )  # fmt: skip


def guess_headers(
    workspace: Workspace, contract: TableContract, info: SourceInfo, options: ImportOptions
) -> HeaderGuess:
    """Say which column is which field: as given, noted in the file, remembered, or guessed."""
    with workspace.store.begin() as unit:
        sender = header_signature(info.columns)
        of_sender = unit.header_mappings.of(sender=sender, table=contract.name)
    remembered = {**(of_sender if info.has_header else {}), **info.mapping}
    guess = partial(
        guess_mapping, info.columns, contract, remembered=remembered, sample=info.sample
    )
    found = guess(overrides=options.mapping)
    if judged := judged_by_grade(contract, found.mapping, options):
        found = guess(overrides={**options.mapping, **judged})
    joined = {name for code, names in info.notes if code == JOINED for name in names.split("、")}
    unmapped = columns_of_sender(found.unmapped, among=info.columns)
    return replace(found, unmapped=tuple(name for name in unmapped if name not in joined))


def is_nowhere(contract: TableContract, info: SourceInfo, guess: HeaderGuess) -> bool:
    """Say whether no column tells where the things of a file are, though their table is of places.

    Whoever leaves the address out by hand knows it, and texts may tell it (`Field.taken_from`).
    """
    if any(field.taken_from for field in contract.fields if field.name in ADDRESS_FIELDS):
        return False
    telling = {field.name for field in contract.fields} & TELLING_FIELDS
    if not telling & ADDRESS_FIELDS or info.has_geometry:
        return False
    known = telling & set(guess.mapping)
    return not (
        known - {"lon", "lat"} or {"lon", "lat"} <= known or guess.left_out & ADDRESS_FIELDS
    )


def likelier_for(
    workspace: Workspace, contract: TableContract, info: SourceInfo, guess: HeaderGuess
) -> str | None:
    """Return the table that a file fits plainly better than a contract's, by its headers."""
    among = map(workspace.contract, TABLES if info.has_header else ())
    return likelier_table(info.columns, info.sample, of=contract, guess=guess, among=among)


class MappedFile:
    """A file of which it is known which column is which field.

    ``workspace``: where mappings of the same sender are remembered.
    ``opened``: the file, opened for this contract and the sheet of `options`.
    ``now``: local time of the import.
    ``options``: what the caller says about it.

    ``guess``: which column is which field.
    ``sender``: under which name the mapping is remembered.

    Raises `ImportRefusedError`: ``columns_missing``, ``columns_of_another_table`` or ``no_rows``.
    """

    def __init__(
        self,
        workspace: Workspace,
        contract: TableContract,
        opened: OpenSource,
        *,
        now: datetime,
        options: ImportOptions,
    ) -> None:
        self._workspace, self._contract, self._opened = workspace, contract, opened
        values = meanings_by_field(contract, options.values)
        self._now, self._options = now, replace(options, values=values)
        self.guess = self._map_headers()

    def remember_mapping(self) -> None:
        """Read the next file of this sender the same way; without headers none is the same."""
        if not self._info.has_header:
            return
        with self._workspace.store.begin() as unit:
            unit.header_mappings.remember(
                self.guess.mapping, sender=self.sender, table=self._contract.name
            )
            unit.commit()

    def batches(self, rows: int | None = None) -> Iterator[tuple[SourceBatch, int]]:
        """Yield the batches after the filter, with how many rows it left out."""
        for batch in self._opened.batches(rows or BATCH_ROWS):
            filtered = filter_rows(batch, self._options.where) if self._options.where else batch
            yield doubt_again(self._workspace, filtered), len(batch) - len(filtered)

    def checked(
        self, seen: SeenRows, *, check_range: bool, secret: bytes
    ) -> Iterator[tuple[SourceBatch, int, CheckedBatch]]:
        """Yield the batches as `batches` does, each with what the check says of it.

        The columns of a file of several batches are decided upon by reading all of it first.
        """
        decided, whole = self._decided_columns, self._kept.is_one
        columns = None if whole else decided
        options = self._check_options(check_range=check_range, secret=secret, columns=columns)
        pieces = None if whole else self._pieces(options)
        for batch, left_out in self._kept:
            yield batch, left_out, self._check(batch, seen, options, pieces)

    def decide_datum(self) -> DatumDecision:
        """Decide what the coordinates are in, or refuse the file."""
        sample = PointSample(buildings=self._contract.name == "buildings")
        names = {f.name for f in self._contract.fields} & set(PLACE_FIELDS)
        columns = self._decided_columns if POINT in self.guess.mapping else None
        if names:
            seen = SeenRows()
            options = self._check_options(check_range=False, secret=b"", columns=columns)
            for batch, _ in self.batches(SAMPLE_ROWS):
                if batch.geometry is None and not names & set(self.guess.mapping):
                    break
                checked = self._check(batch, seen, options)
                sample.add(checked.accepted, batch.crs)
                if sample.is_full:
                    break
        known = self.known_shapes if sample.points or sample.claimed else []
        return decide_datum(sample, given=self._options.datum, reference=known)

    @cached_property
    def known_shapes(self) -> list[list[shapely.Geometry]]:
        """What is known of the office's area, in WGS-84; asked for only where there are points."""
        return known_shapes(self._workspace)

    @cached_property
    def _kept(self) -> EncryptedBatches[tuple[SourceBatch, int]]:
        """The batches, read and cleaned once for all who go through all of them."""
        return EncryptedBatches(
            self.batches(), self._workspace.derived_path / SCRATCH,
            pack=pack_batch, unpack=unpack_batch,
        )  # fmt: skip

    @cached_property
    def _decided_columns(self) -> ColumnDecisions:
        """What all rows of the file say of its columns."""
        options = self._check_options(check_range=False, secret=b"", columns=None)
        return decide_columns(
            lambda: (self._with_meanings(batch) for batch, _ in self._kept), self._contract, options
        )

    def _pieces(self, options: CheckOptions) -> Pieces:
        """Return the things that the file lists in pieces, gathered from all of its rows."""
        pieces = pieces_of(self._contract, self.guess.mapping, self._repeated_keys())
        keys = pieces.keys
        for batch, _ in self._kept if keys is None or len(keys) else ():
            some, mapping = self._with_meanings(batch)
            if keys is not None:
                given = clean_code(some.rows[mapping[self._contract.key]].combine_chunks())
                some = some.filter(mask_of(pc.is_in(given, value_set=keys)))
            columns, problems = read_by_rules(some, self._contract, mapping, dated(options, batch))
            pieces.add(treat_persons(self._contract, columns, options), problems)
        return pieces

    def _repeated_keys(self) -> pa.Array:
        """Return the keys that the file gives more than once, where things of it have shapes."""
        key, keys = self._contract.key, [pa.array([], pa.large_string())]
        if shape_field(self._contract) and key in self.guess.mapping:
            for batch, _ in self._kept:
                meant, mapping = self._with_meanings(batch)
                keys.append(clean_code(meant.rows[mapping[key]].combine_chunks()))
        return repeated_keys(pa.chunked_array(keys))

    def _with_meanings(self, batch: SourceBatch) -> tuple[SourceBatch, dict[str, str]]:
        values = answered(self._contract, self.guess.mapping, self._options.values)
        return with_meanings(batch, self.guess.mapping, values, self._contract)

    def _check_options(
        self, *, check_range: bool, secret: bytes, columns: ColumnDecisions | None
    ) -> CheckOptions:
        return CheckOptions(
            now=self._now,
            secret=secret,
            check_range=check_range,
            zone=self._workspace.settings.office.zone,
            columns=columns,
            file_name=name_of_source(self._opened.source),
        )

    def _check(
        self,
        batch: SourceBatch,
        seen: SeenRows,
        options: CheckOptions,
        pieces: Pieces | None = None,
    ) -> CheckedBatch:
        batch, mapping = self._with_meanings(batch)
        return check_batch(
            batch, self._contract, mapping, options=options, seen=seen, pieces=pieces
        )

    def _map_headers(self) -> HeaderGuess:
        info = self._info = self._opened.describe()
        if not info.columns:
            raise no_rows()
        self.sender = header_signature(info.columns)
        guess = guess_headers(self._workspace, self._contract, info, self._options)
        if guess.missing:
            raise self._columns_missing(guess)
        if is_nowhere(self._contract, info, guess):
            raise ImportRefusedError(
                "place_missing",
                seen=list(info.columns),
                field=next(f.name for f in self._contract.fields if f.name in ADDRESS_FIELDS),
                what_to_do="Say which column is the address (--map), or that none is.",
            )
        return guess

    def _columns_missing(self, guess: HeaderGuess) -> ImportRefusedError:
        likelier = likelier_for(self._workspace, self._contract, self._info, guess)
        return ImportRefusedError(
            "columns_of_another_table" if likelier else "columns_missing",
            missing=list(guess.missing), seen=list(self._info.columns),
            headers=[self._contract.field(name).header for name in guess.missing],
            called=[self._contract.field(name).header_en for name in guess.missing],
            what_to_do="Say which column it is with --map FIELD=COLUMN.",
            **({"table": likelier, "title": TABLES[likelier].title} if likelier else {}),
        )  # fmt: skip
