"""Rows put into a lake as an import, without a file."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from data.contracts.registry import TABLES
from data.lake.manifest import Manifest
from data.lake.schema import rows_schema
from data.workspace.folder import Workspace

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout


def put_rows(
    workspace: Workspace,
    table: str,
    rows: Sequence[dict[str, Any]],
    *,
    now: datetime = NOON,
    pieces: int = 1,
) -> Manifest:
    """Store rows as one import, each keyed by its contract's key field; in pieces as sheets are."""
    contract = TABLES[table]
    complete = []
    for number, row in enumerate(rows, start=1):
        content = {k: v for k, v in sorted(row.items()) if k != "learnt_at"}
        digest = hashlib.sha256(json.dumps(content, default=str).encode()).hexdigest()[:24]
        event = next((row[n] for n in contract.event_fields if row.get(n)), None)
        lake = {"row_key": row[contract.key], "row_hash": digest, "event_at": event}
        complete.append(row | lake | {"source_row": number})
    lake_folder, schema = workspace.lake, rows_schema(contract)
    sha = hashlib.sha256(json.dumps(complete, default=str).encode()).hexdigest()
    import_id = lake_folder.next_id(now=now, sha256=sha)
    with workspace.lock(), lake_folder.incoming() as incoming:
        stamped = [row | {"import_id": import_id} for row in complete]
        for first in range(pieces):
            incoming.write(pa.Table.from_pylist(stamped[first::pieces], schema=schema))
        return lake_folder.commit(
            incoming,
            Manifest(
                import_id=import_id,
                table=table,
                file_name="rows",
                sha256=sha,
                options_hash="",
                imported_at=now,
                rows_in=len(rows),
                accepted=len(rows),
                quarantined=0,
                duplicates=0,
            ),
        )
