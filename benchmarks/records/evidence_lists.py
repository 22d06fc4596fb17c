"""Time the lists of evidence: 100,000 pieces, each question of the page.

    python -m benchmarks.records.evidence_lists [pieces]
    GRIDWARDEN_TEST_POSTGRESQL=postgresql+psycopg://... python -m benchmarks.records.evidence_lists

Rows are written straight into the table. Prints of each question the median of five answers, in
milliseconds by the clock and of CPU; the limit is 500 by the clock. On a busy machine the clock
tells of the neighbours, too. With the variable set, its database is used as well, in a schema that
is dropped at the end.
"""

import sys
from datetime import date, datetime, timedelta
from functools import partial

import numpy as np
from sqlalchemy import insert

from benchmarks.records.both_stores import MOST_MS, office_on, on_both_stores, slowest
from data.contracts.evidence_vocabulary import EvidenceKind, Origin
from data.store.repositories.records.evidence_lists import EvidenceQuery
from data.store.tables.records.evidence import Evidence
from data.store.unit_of_work import Store
from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office

PIECES = 100_000
COMMUNITIES = [f"3709020010{n:02d}" for n in range(12)]
CHIEF = Actor("chief", "", ("grid_chief",), Scope(communities=frozenset(COMMUNITIES[:1])))
WHOLE = local_owner()


def fill(office: Office, pieces: int) -> None:
    """Write pieces of three years."""
    rng = np.random.default_rng(1)
    kinds, origins = list(EvidenceKind), list(Origin)
    start = datetime(2024, 1, 1)  # noqa: DTZ001 -- local times throughout
    rows = [
        {
            "evidence_no": f"CL-2026-{n:06d}", "upload": f"{n:032x}", "added_by": "x",
            "added_at": start + timedelta(minutes=15 * n), "kind": kinds[n % 9],
            "media": "image/png",
            "filename": f"现场{n}.png", "bytes": int(rng.integers(1_000, 9_000_000)),
            "sha256": f"{n:064x}", "taken_at": start + timedelta(minutes=15 * n - 30),
            "place": f"示例花园{n % 400}号楼", "device": "", "taker_id": "x", "witness_id": None,
            "origin": origins[n % 5], "note": "走廊里", "case_no": f"XS-2026-{n % 5000:04d}",
            "building_id": f"B{n % 4000}", "community": COMMUNITIES[n % 12], "grid": "",
            "has_minor": n % 10 == 0, "blurred": n % 20 == 0, "copy_sha256": None,
            "state": "material", "holder_id": f"p{n % 50}", "handed_to": None, "asked_by": None,
            "officers": [], "version": 1, "seal": "",
        }
        for n in range(pieces)
    ]  # fmt: skip
    with office._workspace.store.begin() as unit:  # noqa: SLF001 -- straight into the table
        unit.session.execute(insert(Evidence), rows)
        unit.commit()


def measure(name: str, store: Store | None, pieces: int) -> bool:
    """Fill an office and ask; say whether every list came in time."""
    day = date(2025, 6, 1)
    asked = {
        "newest": (WHOLE, EvidenceQuery()),
        "page 900": (WHOLE, EvidenceQuery(offset=45_000)),
        "largest": (WHOLE, EvidenceQuery(sort="largest")),
        "one community": (CHIEF, EvidenceQuery()),
        "search, many": (WHOLE, EvidenceQuery(search="花园 走廊")),
        "search, none": (CHIEF, EvidenceQuery(search="不存在")),
        "a case": (WHOLE, EvidenceQuery(cases=("XS-2026-0042",))),
        "a building": (WHOLE, EvidenceQuery(buildings=("B42",))),
        "in my hands": (CHIEF, EvidenceQuery(holder="p7")),
        "minors": (WHOLE, EvidenceQuery(minors=True, kinds=("照片",))),
        "a month": (WHOLE, EvidenceQuery(since=day, before=day + timedelta(days=30))),
    }
    with office_on(store) as (office, _):
        fill(office, pieces)
        print(f"{name}: {pieces:,} pieces")
        clock, _ = slowest({
            f"{title} ({office.evidence.page(*each).total:,})": partial(office.evidence.page, *each)
            for title, each in asked.items()
        })  # fmt: skip
    return clock <= MOST_MS


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PIECES
    fast = on_both_stores(lambda name, store: measure(name, store, count))
    raise SystemExit(0 if fast else 1)
