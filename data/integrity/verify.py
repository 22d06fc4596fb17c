"""Verify a workspace: every count, every hash, every reference."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.contracts.registry import TABLES
from data.derived.build import Derivation
from data.derived.placing.place import is_placed
from data.integrity.imports import check_imports
from data.integrity.problems import Problem, VerifyReport
from data.integrity.sealed.audit import Fault, verify_chain
from data.integrity.sealed.evidence import check_evidence
from data.integrity.sealed.histories import HISTORIES, verify_histories
from data.integrity.sealed.reports import verify_reports
from data.integrity.sealed.trials import verify_trials
from data.integrity.sealed.visits import verify_visits
from data.lake.address import LakeError
from data.lake.checksums import has_its_checksum
from data.lake.manifest import ManifestError
from data.lake.schema import ROW_KEY
from data.privacy.identities import ERASED, IdentityError
from data.privacy.photos import FOLDER, PUBLIC_FOLDER, PhotoError, read_photo
from data.results.run_log import SnapshotError
from data.results.snapshots import SnapshotStore
from data.store.unit_of_work import Store, StoreError, UnitOfWork
from data.workspace.folder import Workspace, WorkspaceError, read_secret
from data.workspace.sections import SettingsError


def verify_workspace(workspace: Workspace) -> VerifyReport:
    """Check a workspace and report every problem; nothing is repaired.

    Looked at are the settings' secret, the store's pages, every event of the audit log, every
    version of a visit, every field trial and every public report against its seal, the custody of
    every piece of evidence and its files, every line of the ledger, case and notice against its
    history, each import (taken back or not): the manifest's checksum and sums, the rows' hash,
    count, columns and import id – at the lake's address where they lie there –, the rows kept aside
    in quarantine, the names kept apart; each derived file that would be used now: its checksum and
    that it names exactly the rows and buildings that exist; each snapshot's files.
    """
    checked: dict[str, int] = {}
    problems: list[Problem] = []
    unchecked: dict[str, int] = {}
    sealed: dict[str, Callable[[Store], Iterator[Fault | None]]] = {
        "visits": partial(verify_visits, unchecked=unchecked),
        "trials": verify_trials,
        **{name: partial(verify_histories, kept=each) for name, each in HISTORIES.items()},
        "public_reports": verify_reports,
    }
    checks: dict[str, Callable[[Workspace], Iterator[Problem | None]]] = {
        "secret": _check_secret,
        "store": _check_store,
        "audit": _check_audit,
        **{name: partial(_check_sealed, kind=name, verify=each) for name, each in sealed.items()},
        "imports": check_imports,
        "identities": _check_identities,
        "derived": _check_derived,
        "photos": partial(_check_photos, within="", names=lambda u: u.visits.photo_hashes()),
        "public_photos": partial(
            _check_photos, within=PUBLIC_FOLDER, names=lambda u: u.public_reports.photo_hashes()
        ),
        "evidence": check_evidence,
        "snapshots": _check_snapshots,
    }
    for name, check in checks.items():
        found = list(check(workspace))
        checked[name] = sum(1 for one in found if one is None)
        problems += [one for one in found if one is not None]
    return VerifyReport(checked, tuple(problems), unchecked)


def _check_secret(workspace: Workspace) -> Iterator[Problem | None]:
    """Yield problems, and None for each thing looked at; so does every check."""
    yield None
    try:
        read_secret(workspace.root)
    except (WorkspaceError, ValueError) as error:
        yield Problem("secret_missing", "secret.key", {"seen": str(error)})


def _check_store(workspace: Workspace) -> Iterator[Problem | None]:
    yield None
    try:
        for line in workspace.store.problems():
            yield Problem("store_damaged", "store", {"seen": line})
    except StoreError as error:
        yield Problem("store_unreachable", "store", {"seen": str(error)})


def _check_audit(workspace: Workspace) -> Iterator[Problem | None]:
    """Walk the chain of the audit log; every event counts as a thing looked at."""
    try:
        report = verify_chain(workspace.store)
    except (StoreError, WorkspaceError, ValueError) as error:
        yield Problem("audit_not_checked", "audit", {"seen": str(error)})
        return
    yield from (None for _ in range(report.events))
    yield from (Problem(fault.code, "audit", fault.facts) for fault in report.faults)


def _check_sealed(
    workspace: Workspace, *, kind: str, verify: Callable[[Store], Iterator[Fault | None]]
) -> Iterator[Problem | None]:
    try:
        for fault in verify(workspace.store):
            yield None if fault is None else Problem(fault.code, "store", fault.facts)
    except (StoreError, WorkspaceError, ValueError) as error:
        yield Problem(f"{kind}_not_checked", "store", {"seen": str(error)})


def _check_identities(workspace: Workspace) -> Iterator[Problem | None]:
    """Open every file of names kept apart, and miss none."""
    kept = workspace.identities
    try:
        expected = {each.import_id: each.identities for each in workspace.lake.imports()}
        brought = {name for name, rows in expected.items() if rows}
        with workspace.store.begin() as unit:
            erased = unit.settings.get(ERASED, {})
            expected |= {name: left for name, left in erased.items() if name in brought}
    except (ManifestError, StoreError):  # reported by the checks of imports and of the store
        return
    for import_id in sorted(brought | set(kept.imports())):
        yield None
        where = kept.path(import_id).relative_to(workspace.root).as_posix()
        if import_id not in brought:
            yield Problem("identities_left_behind", where)
            continue
        try:
            rows = kept.read(import_id).num_rows
        except (IdentityError, WorkspaceError, ValueError) as error:
            yield Problem(getattr(error, "code", "identities_changed"), where)
            continue
        if rows != expected[import_id]:
            facts = {"seen": rows, "expected": expected[import_id]}
            yield Problem("identities_count_differs", where, facts)


def _check_derived(workspace: Workspace) -> Iterator[Problem | None]:
    try:
        with Derivation(workspace) as derivation:
            yield from _check_files(workspace, derivation)
    except (
        ManifestError, LakeError, StoreError, SettingsError, pa.ArrowException, OSError
    ) as error:  # fmt: skip
        yield Problem("derived_not_checked", "derived", {"seen": str(error)})


def _check_files(workspace: Workspace, derivation: Derivation) -> Iterator[Problem | None]:
    """Check what exists; what is missing is made when it is needed."""
    past = [path for each in derivation.past() for path in each.existing_files()]
    for path in derivation.existing_files() + past:
        yield None
        where = path.relative_to(workspace.root).as_posix()
        if not has_its_checksum(path):
            yield Problem("derived_changed", where)
            return
    buildings = None
    for manifest in workspace.lake.imports():
        if not is_placed(TABLES[manifest.table]):
            continue
        path = derivation.placement_path(manifest)
        where = path.relative_to(workspace.root).as_posix()
        if buildings is None:
            buildings = pq.read_table(derivation.register_path(), columns=["building_id"])
        placed = pq.read_table(path, columns=[ROW_KEY, "building_id"])
        stored = pq.read_table(workspace.lake.rows_path(manifest), columns=[ROW_KEY])
        if not placed[ROW_KEY].equals(stored[ROW_KEY]):
            yield Problem("placement_of_other_rows", where)
        named = placed["building_id"].drop_null()
        if not pc.all(pc.is_in(named, value_set=buildings["building_id"]), min_count=0).as_py():
            yield Problem("placement_in_unknown_building", where)


def _check_photos(
    workspace: Workspace, *, within: str, names: Callable[[UnitOfWork], Sequence[str]]
) -> Iterator[Problem | None]:
    evidence = workspace.evidence_path / within
    try:
        with workspace.store.begin() as unit:
            noted = names(unit)
    except StoreError as error:
        yield Problem("store_unreachable", "store", {"seen": str(error)})
        return
    folder = (evidence / FOLDER).relative_to(workspace.root).as_posix()
    for sha256 in noted:
        yield None
        try:
            read_photo(evidence, sha256)
        except PhotoError as error:
            yield Problem(error.code, f"{folder}/{sha256[:12]}")


def _check_snapshots(workspace: Workspace) -> Iterator[Problem | None]:
    store = SnapshotStore(workspace.snapshots_path)
    try:
        for _ in store.snapshots():
            yield None
        for name in store.problems():
            yield Problem("snapshot_changed", f"snapshots/{name}")
    except SnapshotError as error:
        yield Problem(error.code, "snapshots", error.facts)
