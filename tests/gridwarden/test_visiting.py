"""Rules of the commands about visits."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner

from data.workspace.clock import Clock
from governance.access.permissions import local_owner
from governance.visits.rules.new_visit import NewVisit
from gridwarden.cli import app
from gridwarden.compose import open_office


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["-w", str(folder), *arguments])
    return done.exit_code, done.stdout


def test_the_day_of_a_demonstration_from_list_to_coverage(
    own_demonstration: Path, tmp_path: Path
) -> None:
    code, told = run(own_demonstration, "my-buildings", "--json")
    listed = json.loads(told)
    assert code == 0
    assert [row["order"] for row in listed] == list(range(1, len(listed) + 1))
    first = listed[0]["building_id"]
    office = open_office(own_demonstration)
    office.visits.record(local_owner(), NewVisit(key="k", building_id=first))
    office.close()
    code, told = run(own_demonstration, "visits", "--building", first, "--mine", "--json")
    assert [row["result"] for row in json.loads(told)] == ["未发现异常"]
    day = Clock(lambda: datetime.now(UTC)).today().isoformat()
    code, told = run(own_demonstration, "coverage", "--since", day, "--until", day, "--json")
    assert code == 0
    assert sum(row["visited"] for row in json.loads(told) if not row["tier"]) == 1
    code, told = run(
        own_demonstration, "coverage", "--since", day, "--until", day, "--late", "--json"
    )
    assert first not in [row["building_id"] for row in json.loads(told)]
    for name in ("list.xlsx", "list.html"):
        assert run(own_demonstration, "my-buildings", "--export", str(tmp_path / name))[0] == 0
        assert (tmp_path / name).stat().st_size > 1000
    assert run(own_demonstration, "my-buildings", "--export", str(tmp_path / "list.pdf"))[0] == 1
    code, told = run(own_demonstration, "audit", "--action", "export", "--json")
    left = [json.loads(event["facts"])["file"] for event in json.loads(told)["events"]]
    assert left == ["list.html", "list.xlsx"], "newest first, and nothing left that was not written"
