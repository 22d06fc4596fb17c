"""Import a file: read, map, check, convert, compare with the lake, keep, place.

``import_file`` is all a caller needs. It holds the workspace's lock, writes beside the lake, and
moves the import into place whole; whatever goes wrong before that leaves nothing behind. What is
derived is made after that, and again by whoever reads if a crash came in between.
"""

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from data.contracts.model import TableContract
from data.derived.build import Derivation
from data.ingest.checking.deduplicate import SeenRows
from data.ingest.checking.split_rows.visit_problems import rule_of_numbers
from data.ingest.coordinates.datum import (
    FROM_COLUMN,
    DatumDecision,
    checks_range,
    to_lake_coordinates,
)
from data.ingest.coordinates.known_shapes import box_of
from data.ingest.coordinates.office_area import area_box
from data.ingest.held_rows.effects import effects_of_held
from data.ingest.held_rows.later_states import with_keys
from data.ingest.held_rows.stored_rows import (
    compare_with_held,
    count_levels,
    differing_codes,
    stamp_rows,
)
from data.ingest.mapped_file import MappedFile, no_rows
from data.ingest.options import ImportOptions
from data.ingest.quarantine.store import RefusedRows, write_quarantined
from data.ingest.reading.input_formats import Source, hash_source, name_of_source
from data.ingest.reading.open import OpenSource
from data.ingest.results import REFUSED_SHOWN, ImportResult, Tally, repeated_result, result_of
from data.lake.checksums import hash_options
from data.lake.imports import IncomingImport
from data.lake.manifest import Manifest
from data.lake.schema import LEARNT_AT, ROW_HASH, rows_schema
from data.privacy.identities import IncomingIdentities
from data.privacy.pseudonyms import mask_text
from data.workspace.folder import Workspace
from geo.garbage import no_collection

Progress = Callable[[str, int, int], None]


def import_file(  # noqa: PLR0913 -- one parameter per thing that can be asked of it
    workspace: Workspace,
    table: str,
    source: Source,
    *,
    now: datetime,
    options: ImportOptions | None = None,
    dry_run: bool = False,
    derive: bool = True,
    progress: Progress | None = None,
    announce: Callable[[Manifest], object] | None = None,
) -> ImportResult:
    """Import a file into a table, or say what would come of it.

    Importing the same bytes with the same options again changes nothing and reports every row as a
    duplicate. Other files replace rows by key; rows equal to what holds already are counted as
    duplicates but kept, so that taking the older import back loses nothing.

    ``table``: name or Chinese title of the contract.
    ``source``: file, or SQLAlchemy URL with a query, as `data.ingest.reading.open` takes it.
    ``now``: local time of the import.
    ``dry_run``: give the full result and keep nothing.
    ``derive``: make the derived files anew at once; else whoever reads next does: for many files in
    a row.
    ``progress``: called with stage (``read``, ``derive``, ...), done, and total (0 where unknown).
    ``announce``: called with the manifest before anything of a new import is put in its place; what
    it raises stops the import.

    Raises `ImportRefusedError`: ``columns_missing``, ``columns_of_another_table``, ``no_rows``,
    ``datum_missing``, ``datum_unclear`` or ``axes_swapped``: nothing was kept.
    Raises `WorkspaceBusyError` when another import is running.
    Raises `UnknownTableError`, `MappingError` or `UnknownDatumError` for names that do not exist.
    """
    run = _FileImport(
        workspace,
        workspace.contract(table),
        source,
        now=now,
        options=options or ImportOptions(),
        progress=progress or (lambda _stage, _done, _total: None),
    )
    if dry_run:
        with tempfile.TemporaryDirectory() as folder:
            return run.rehearse(Path(folder))
    with workspace.lock(), no_collection():
        return run.perform(announce or (lambda _manifest: None), derive=derive)


class _FileImport:
    """One import while it runs."""

    def __init__(
        self,
        workspace: Workspace,
        contract: TableContract,
        source: Source,
        *,
        now: datetime,
        options: ImportOptions,
        progress: Progress,
    ) -> None:
        self._workspace, self._contract, self._source = workspace, contract, source
        self._now, self._options, self._progress = now, options, progress
        self._tally = Tally()
        opened = OpenSource(
            source,
            contract=contract,
            sheet=options.sheet,
            header=options.header,
            area=partial(area_box, workspace),
        )
        self._file = MappedFile(workspace, contract, opened, now=now, options=options)
        self._guess = self._file.guess
        self._sha256 = hash_source(source)
        self._content = hashlib.sha256()
        self._tally.notes |= rule_of_numbers(contract, self._guess.mapping)
        self._options_hash = hash_options(
            options.decisive(self._guess.mapping, words=workspace.words.get(contract.name))
        )
        self._refused: list[RefusedRows] = []
        self._continued: Mapping[str, str] = {}

    def perform(self, announce: Callable[[Manifest], object], *, derive: bool) -> ImportResult:
        """Import, unless the same is there already."""
        same = self._find_same()
        if same is not None:
            return repeated_result(same, located=self._locate(same, derive=derive), dry_run=False)
        lake, identities = self._workspace.lake, self._workspace.identities
        identities.sweep([each.import_id for each in lake.imports()])
        import_id = self._next_id()
        with lake.incoming() as incoming, identities.incoming(import_id) as apart:
            manifest = self._write_rows(incoming, import_id, apart=apart)
            if self._sha256 is None:  # a database has no bytes: its rows say whether it is the same
                same = self._find_same(manifest.sha256)
                if same is not None:
                    located = self._locate(same, derive=derive)
                    return repeated_result(same, located=located, dry_run=False)
            announce(manifest)
            write_quarantined(self._workspace, import_id, self._refused)
            apart.keep()
            if self._continued and manifest.identities:
                kept = with_keys(identities.read(import_id), self._continued)
                identities.replace(import_id, kept)
            manifest = lake.commit(incoming, manifest)
        self._file.remember_mapping()
        located = self._locate(manifest, derive=derive)
        return self._result(manifest, located, dry_run=False)

    def rehearse(self, folder: Path) -> ImportResult:
        """Do everything in a folder that will be thrown away."""
        same = self._find_same()
        if same is not None:
            return repeated_result(same, located=self._locate(same, derive=True), dry_run=True)
        import_id = self._next_id()
        incoming = IncomingImport(folder)
        manifest = self._write_rows(incoming, import_id)
        incoming.close()
        extra = (manifest, incoming.rows_path)
        with Derivation(self._workspace, extra=extra, folder=folder / "derived") as derivation:
            located = count_levels(derivation, manifest)
        return self._result(manifest, located, dry_run=True)

    def _result(
        self, manifest: Manifest, located: dict[str, int], *, dry_run: bool
    ) -> ImportResult:
        return result_of(
            manifest,
            located=located,
            unmapped=self._guess.unmapped,
            examples=self._tally.examples,
            dry_run=dry_run,
        )

    def _next_id(self) -> str:
        token = self._sha256 or self._options_hash
        return self._workspace.lake.next_id(now=self._now, sha256=token)

    def _find_same(self, sha256: str | None = None) -> Manifest | None:
        return self._workspace.lake.find_same(
            self._contract.name,
            sha256=sha256 or self._sha256 or "",
            options_hash=self._options_hash,
        )

    def _write_rows(
        self, incoming: IncomingImport, import_id: str, *, apart: IncomingIdentities | None = None
    ) -> Manifest:
        decision = self._file.decide_datum()
        if not self._workspace.settings.privacy.keep_identities:
            apart = None
        seen, area = SeenRows(), cache(lambda: box_of(self._file.known_shapes))
        learnt_given = LEARNT_AT in self._guess.mapping
        for batch, left_out, checked in self._file.checked(
            seen, check_range=checks_range(decision.datum), secret=self._workspace.secret
        ):
            rows = to_lake_coordinates(checked.accepted, decision.datum)
            self._tally.points.add(checked.accepted, rows, area)
            self._tally.add(batch, checked, left_out=left_out)
            if len(checked.quarantined):
                self._refused.append(RefusedRows(checked.quarantined, checked.problems))
            if apart is not None and checked.identities is not None:
                apart.write(checked.identities)
            if rows.num_rows:
                if self._sha256 is None:
                    self._content.update("".join(rows[ROW_HASH].to_pylist()).encode())
                incoming.write(
                    stamp_rows(rows, self._contract, import_id, learnt_given=learnt_given)
                )
            self._progress("read", self._tally.rows_in, 0)
        self._finish_rows(incoming, import_id)
        self._tally.points.compare()
        if not self._tally.rows_in:
            raise no_rows(left_out=self._tally.left_out, skipped=self._tally.skipped)
        manifest = self._manifest(incoming, import_id, decision)
        return replace(manifest, identities=apart.rows) if apart else manifest

    def _finish_rows(self, incoming: IncomingImport, import_id: str) -> None:
        """End the file, and do with its rows what those that are held ask for, told."""
        if not incoming.rows:
            incoming.write(rows_schema(self._contract).empty_table())
        incoming.close()
        effects = effects_of_held(
            self._workspace, self._contract, incoming.rows_path, import_id,
            day=self._now.date(), shown=REFUSED_SHOWN,
        )  # fmt: skip
        if effects.change is not None:
            incoming.rewrite(effects.change)
        self._continued = effects.keys
        self._tally.notes |= effects.notes

    def _manifest(
        self, incoming: IncomingImport, import_id: str, decision: DatumDecision
    ) -> Manifest:
        known, replaced = compare_with_held(
            self._workspace, self._contract.name, incoming.rows_path
        )
        tally, better = self._tally, self._workspace.settings.inspections.grade_better
        codes = differing_codes(self._workspace, self._contract.name, self._guess.mapping)
        return Manifest(
            import_id=import_id,
            table=self._contract.name,
            file_name=mask_text(name_of_source(self._source)),
            sha256=self._sha256 or self._content.hexdigest(),
            options_hash=self._options_hash,
            imported_at=self._now,
            accepted=incoming.rows - known,
            duplicates=tally.repeated_in_file + known,
            replaced=replaced,
            rows_stored=incoming.rows,
            sender=self._file.sender,
            datum=self._datum_label(decision),
            mapping=self._guess.mapping,
            options=asdict(self._options),
            datum_shares=dict(decision.report.shares) if decision.report else {},
            warnings=tally.warnings((*decision.notes, *codes, *tally.grades.warnings(better))),
            **tally.facts(),
        )

    def _datum_label(self, decision: DatumDecision) -> str | None:
        if decision.datum:
            return decision.datum.label
        return FROM_COLUMN if "datum" in self._guess.mapping else None

    def _locate(self, manifest: Manifest, *, derive: bool) -> dict[str, int]:
        with Derivation(self._workspace, progress=self._progress) as derivation:
            if derive:
                derivation.refresh()
            return count_levels(derivation, manifest)
