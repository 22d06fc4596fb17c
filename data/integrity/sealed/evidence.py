"""Verify evidence: files, chains of custody, and the rows that follow from them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, select, text

from data.integrity.evidence_intake import TIMES, copies_of, originals_of
from data.integrity.problems import Problem
from data.integrity.sealed.audit import Fault
from data.store.audit.chain import ChainWalk
from data.store.repositories.records.evidence import CHAIN, GIVEN
from data.store.tables.base import AuditEvent
from data.store.tables.records.evidence import Evidence
from data.store.unit_of_work import Store, StoreError
from data.workspace.content_store import ContentError, ContentStore
from data.workspace.folder import Workspace, WorkspaceError

BATCH: Final = 500
SEALED_BY: Final = ("add_evidence", "see_evidence", "take_over_evidence", "export_evidence")
"""Actions of the audit lines about steps of custody."""
_AT: Final = {"sqlite": "CAST(at AS TEXT)",
              "postgresql": "to_char(at, 'YYYY-MM-DD HH24:MI:SS.US')"}  # fmt: skip


def check_evidence(workspace: Workspace) -> Iterator[Problem | None]:
    """Yield problems, and None for each chain and each file looked at."""
    try:
        for fault in verify_custody(workspace.store):
            yield None if fault is None else Problem(fault.code, "store", fault.facts)
        with workspace.store.begin() as unit:
            files, copies = set(unit.evidence.files()), set(unit.evidence.copies())
    except (StoreError, WorkspaceError, ValueError) as error:
        yield Problem("evidence_not_checked", "store", {"seen": str(error)})
        return
    path = workspace.evidence_path
    for kept, named in ((originals_of(path), files), (copies_of(path), copies)):
        yield from _check_files(kept, named, root=workspace)


def _check_files(
    kept: ContentStore, named: set[str], *, root: Workspace
) -> Iterator[Problem | None]:
    folder = kept.folder.relative_to(root.root).as_posix()
    for sha256 in sorted(named):
        yield None
        try:
            kept.check(sha256)
        except (ContentError, OSError) as error:
            code = getattr(error, "code", "content_unreadable")
            yield Problem(f"evidence_{code}", f"{folder}/{sha256[:2]}/{sha256}")
    places = {f"{sha256[:2]}/{sha256}" for sha256 in named}
    for stranger in kept.names():
        if stranger not in places:
            yield Problem("evidence_file_unrecorded", f"{folder}/{stranger}")


def verify_custody(store: Store) -> Iterator[Fault | None]:
    """Yield for each piece what is wrong with it, or None; then every line without its step."""
    key = store.sealing.key()
    with store.engine.connect() as connection:
        pieces = connection.execution_options(yield_per=BATCH).execute(
            select(Evidence.__table__).order_by(Evidence.id)
        )
        known: set[int] = set()
        for rows in pieces.mappings().partitions():
            events = _events(connection, [row["id"] for row in rows])
            known |= {row["id"] for row in rows}
            for row in rows:
                yield None
                yield from _check_piece(key, dict(row), events.get(row["id"], []))
        for piece in _strangers(connection, known):
            yield Fault("custody_without_piece", {"piece": piece})
        yield from _check_lines(connection)


def _check_piece(
    key: bytes, row: Mapping[str, Any], events: Iterable[tuple[Any, ...]]
) -> Iterator[Fault]:
    number = row["evidence_no"]
    walk, given = ChainWalk(key, chain=(CHAIN, number)), dict[str, Any]()
    for event in events:
        for code, detail in walk.read(*event):
            yield Fault(f"custody_{code}", {"material": number, **detail})
        given |= _facts(event[4])
    if (walk.last.number, walk.last.seal) != (row["version"], row["seal"]):
        yield Fault("custody_head_differs", {"material": number, "number": walk.last.number})
    wrong = sorted(name for name in GIVEN if _plain(row, name) != given.get(name))
    if wrong:
        yield Fault("evidence_row_differs", {"material": number, "columns": wrong})


def _facts(stored: str) -> dict[str, Any]:
    try:
        found = json.loads(stored)
    except ValueError:  # its seal is wrong as well, which is told
        return {}
    return found if isinstance(found, dict) else {}


def _plain(row: Mapping[str, Any], name: str) -> object:
    value = row[name]
    return value.isoformat() if name in TIMES and value is not None else value


def _events(connection: Connection, pieces: list[int]) -> dict[int, list[tuple[Any, ...]]]:
    at = _AT[connection.dialect.name]
    low, high = min(pieces), max(pieces)
    query = text(
        f"SELECT evidence_id, number, {at}, actor, action, CAST(facts AS TEXT), previous, seal "  # noqa: S608 -- of constants
        "FROM custody_events WHERE evidence_id BETWEEN :low AND :high "
        "ORDER BY evidence_id, number"
    )
    found: dict[int, list[tuple[Any, ...]]] = {}
    for row in connection.execute(query, {"low": low, "high": high}):
        found.setdefault(row[0], []).append(tuple(row)[1:])
    return found


def _strangers(connection: Connection, known: set[int]) -> list[int]:
    query = text("SELECT DISTINCT evidence_id FROM custody_events ORDER BY evidence_id")
    return [piece for piece in connection.scalars(query) if piece not in known]


def _check_lines(connection: Connection) -> Iterator[Fault]:
    """Look for the step of each line that carries a seal."""
    query = text("SELECT seal FROM custody_events")
    seals = set(connection.scalars(query))
    lines = select(AuditEvent.facts).where(AuditEvent.action.in_(SEALED_BY)).order_by(AuditEvent.id)
    for (facts,) in connection.execution_options(yield_per=BATCH).execute(lines):
        if "seal" in facts and facts["seal"] not in seals:
            missing = {"material": facts["material"], "number": facts["step"]}
            yield Fault("custody_event_missing", missing)
