"""Time what a recorded visit costs whoever asks next, in an office with a long log of visits.

    python -m benchmarks.records.recorded_visits WORKSPACE [rounds]

E.g. on a copy of the workspace that `benchmarks.pages.district_office` has filled: visits are
recorded there. Prints CPU seconds of the question for all inspections after a visit, and of the
ledger's catching up after that: with one file of all visits, then with new ones beside it. Exits
with 1 if the least of the latter is no less.
"""

import sys
import uuid
from pathlib import Path
from time import process_time
from unittest.mock import patch

from data.derived.placing import visits_file
from governance.access.permissions import local_owner
from governance.office import Office
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office

ROUNDS = 5
ONE_FILE = 1 << 60


def asked_after_a_visit(office: Office, building: str) -> tuple[float, float]:
    """Record a visit; return the CPU seconds of the next question, and of catching up."""
    visit = NewVisit(key=uuid.uuid4().hex, building_id=building, result="未发现异常")
    office.visits.record(local_owner(), visit)
    begun = process_time()
    office._engine.table("inspections").count().to_pyarrow()  # noqa: SLF001 -- a benchmark looks inside
    asked = process_time()
    office.ledger.catch_up(local_owner())
    return asked - begun, process_time() - asked


def main(folder: Path, rounds: int) -> bool:
    """Measure both ways; say whether the second takes less."""
    office = open_office(folder)
    register = office._engine.table("buildings")  # noqa: SLF001 -- a benchmark looks inside
    building = str(register.limit(1).to_pyarrow()["building_id"][0])
    least = []
    for title, short in (("one file", ONE_FILE), ("beside", visits_file.SHORT_LOG)):
        with patch.object(visits_file, "SHORT_LOG", short):
            asked_after_a_visit(office, building)
            taken = [asked_after_a_visit(office, building) for _ in range(rounds)]
        asked, caught_up = (sorted(each) for each in zip(*taken, strict=True))
        print(f"{title}: asked {asked[0]:.3f} to {asked[-1]:.3f} s of CPU, "
              f"ledger {caught_up[0]:.3f} to {caught_up[-1]:.3f}", flush=True)  # fmt: skip
        least.append(asked[0])
    office.close()
    return least[1] < least[0]


if __name__ == "__main__":
    COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    raise SystemExit(0 if main(Path(sys.argv[1]), COUNT) else 1)
