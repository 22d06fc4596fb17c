"""Explain units of a large office with their rows, and tell what each kind costs in CPU seconds.

Run ``python -m benchmarks.pages.explanations WORKSPACE [--each N]``, e.g. on a workspace that
`benchmarks.pages.district_office` has filled. Of each kind ``N`` units between the best rank and
the middle one are explained three times each, after one of the kind that is not counted; nothing
of an earlier answer is used. The digest is of all that is told of them: two versions of the code
that tell the same print the same.
"""

import argparse
import hashlib
import statistics
import time
from dataclasses import fields
from pathlib import Path

import numpy as np

from governance.access.permissions import local_owner
from gridwarden.compose import open_office
from risk.explanation.explain import Explanation

KINDS = ("building", "cell:10", "cell:9", "grid", "community")
TIMES = 3
OWNER = local_owner()


def main() -> None:
    """Print a line for each kind of unit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--each", type=int, default=4)
    asked = parser.parse_args()
    office = open_office(asked.workspace)
    newest = office.scores._snapshots.latest()  # noqa: SLF001 -- a benchmark looks inside
    if newest is None:
        parser.error("nothing was scored")
    for kind in KINDS:
        ranked = newest.ranked(kind)["unit"]
        units = ranked.iloc[np.linspace(0, len(ranked) // 2, asked.each, dtype=int)].tolist()
        spent, rows, told = [], [], hashlib.sha256()
        office.scores.explain(OWNER, units[0])
        for unit in units:
            for _ in range(TIMES):
                office.scores._explanations.forget()  # noqa: SLF001 -- as a first opening
                began = time.process_time()
                answer = office.scores.explain(OWNER, unit)
                spent.append(time.process_time() - began)
            rows.append(sum(map(len, answer.rows.values())))
            told.update(_told(answer).encode())
        print(
            f"{kind:10} least {min(spent):.2f}, median {statistics.median(spent):.2f} s of CPU; "
            f"{min(rows)} to {max(rows)} rows; told {told.hexdigest()[:12]}",
            flush=True,
        )
    office.close()


def _told(answer: Explanation) -> str:
    """Return all that is told, as text; of each row its values alone."""
    known = {field.name: getattr(answer, field.name) for field in fields(answer)}
    named = ("factor", "table", "row_key", "event_at", "value", "facts", "match_level", "source",
             "building_id")  # fmt: skip
    known["rows"] = {
        factor: [tuple(getattr(row, name) for name in named) for row in rows]
        for factor, rows in answer.rows.items()
    }
    return repr(known)


if __name__ == "__main__":
    main()
