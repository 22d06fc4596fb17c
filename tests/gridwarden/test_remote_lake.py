"""The same commands on a lake in the folder and on one at an address say and keep the same."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lakes
import pandas as pd

from data.workspace.folder import Workspace

Gridwarden = Callable[..., Any]
COMPLAINTS = (
    "工单编号,来电时间,事发地址,来电人,联系电话\n"
    "1,2026-11-02 19:10,示例花园1号楼,张示例,13800000001\n"
    "2,2026-11-03 19:10,示例花园2号楼,王示例,13800000003\n"
)
IMPORT_ID = re.compile(r"\d{8}T\d{6}-[0-9a-f]{6}")


def said_in(folder: Path, files: dict[str, Path], gridwarden: Gridwarden) -> str:
    """Import, score, explain, erase, verify, take back; return what was said but for the clock."""
    told: list[Any] = []

    def ask(*command: object) -> Any:
        said = gridwarden("-w", folder, *command, "--json")
        assert said.code == 0, said.err
        told.append(said.json)
        return said.json

    for table, path in files.items():
        ask("import", table, path, "--datum", "wgs84")
        ask("import", table, path, "--datum", "wgs84", "--dry-run")
    ask("score", "--as-of", "2026-11-24")
    ask("top")
    ask("explain", "B2")
    ask("personal-report", "13800000001")
    ask("verify")
    ask("personal-erase", "13800000001", "--reason", "asked for")
    assert ask("personal-report", "13800000001") != told[-3]
    newest = gridwarden("-w", folder, "imports", "--json").json["imports"][0]["import_id"]
    assert gridwarden("-w", folder, "undo-import", newest).code == 0
    ask("score", "--as-of", "2026-11-23")
    ask("verify")
    return IMPORT_ID.sub("(import)", json.dumps(told, sort_keys=True))


def test_commands_say_and_keep_the_same(
    folder: Path, files: dict[str, Path], tmp_path: Path, gridwarden: Gridwarden
) -> None:
    """In memory, where nothing is found by its path; `tests.data.lake` knows other addresses."""
    (complaints := tmp_path / "complaints.csv").write_text(COMPLAINTS, encoding="utf-8")
    files = {**files, "complaints": complaints}
    distant = shutil.copytree(folder, tmp_path / "distant")
    lakes.put_lake_at(distant, lakes.address("memory", tmp_path))
    ours, theirs = (said_in(each, files, gridwarden) for each in (folder, distant))
    assert theirs == ours
    address = Workspace.open(distant).lake_address
    assert address is not None
    assert len(address.names("")) == len(files)
    assert not list(distant.glob("lake/*/*/rows.parquet"))
    for kept in folder.glob("snapshots/*/*.parquet"):
        other = distant / kept.relative_to(folder)
        pd.testing.assert_frame_equal(pd.read_parquet(kept), pd.read_parquet(other))
