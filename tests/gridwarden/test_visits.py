"""Rules of the commands about visits."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from data.workspace.clock import Clock
from governance.access.permissions import local_owner
from governance.visits.rules.new_visit import NewVisit
from gridwarden.compose import open_office


def test_the_day_of_a_demonstration_from_list_to_coverage(
    own_demonstration: Path, tmp_path: Path, gridwarden: Callable[..., Any]
) -> None:
    run = partial(gridwarden, "-w", own_demonstration)
    listed = run("my-buildings", "--json").json
    assert [row["order"] for row in listed] == list(range(1, len(listed) + 1))
    first = listed[0]["building_id"]
    office = open_office(own_demonstration)
    office.visits.record(local_owner(), NewVisit(key="k", building_id=first))
    office.close()
    recorded = run("visits", "--building", first, "--mine", "--json").json
    assert [row["result"] for row in recorded] == ["未发现异常"]
    day = Clock(lambda: datetime.now(UTC)).today().isoformat()
    asked = ("coverage", "--since", day, "--until", day, "--json")
    assert sum(row["visited"] for row in run(*asked).json if not row["tier"]) == 1
    assert first not in [row["building_id"] for row in run(*asked, "--late").json]
    for name in ("list.xlsx", "list.html"):
        assert run("my-buildings", "--export", tmp_path / name).code == 0
        assert (tmp_path / name).stat().st_size > 1000
    assert run("my-buildings", "--export", tmp_path / "list.pdf").code == 1
    events = run("audit", "--action", "export", "--json").json["events"]
    left = [json.loads(event["facts"])["file"] for event in events]
    assert left == ["list.html", "list.xlsx"], "newest first, and nothing left that was not written"
