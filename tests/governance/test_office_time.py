"""One time zone of the office: what is stored does not depend on the machine's."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from imported import import_text

from data.engine import Engine
from data.workspace.folder import Workspace
from governance.access.permissions import local_owner
from gridwarden.compose import open_office

NOW = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)  # 04:30 of the next day in the office
BUILDINGS = "楼栋编码,楼栋名称,经度,纬度\nB1,示例花园1号楼,117.12,36.19\n"
COMPLAINTS = (
    "工单编号,来电时间,事发地址\n"
    "1,2026-11-23T18:00:00Z,示例花园1号楼\n2,2026-11-23T10:00:00-06:00,示例花园1号楼\n"
    "3,2026-11-24 03:00,示例花园1号楼\n4,11月24日,示例花园1号楼\n5,2026-11-26 05:00,示例花园1号楼\n"
)


def rows_made_in(folder: Path, zone: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Import, visit and read up to a cut on a machine in a time zone."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", zone)
        time.tzset()
        Workspace.create(folder)
        office = open_office(folder, now=lambda: NOW)
        actor = local_owner()
        import_text(office, "buildings", BUILDINGS)
        import_text(office, "complaints", COMPLAINTS)
        visit = {"key": "k1", "building_id": "B1", "at": "2026-11-23T19:00:00Z"}
        (answer,) = office.sent_visits.record_many(actor, [visit])
        engine = Engine(Workspace.open(folder))
        cut = office.clock.local() + timedelta(seconds=1)
        told: dict[str, Any] = {
            "complaints": engine.table("complaints", cut=cut)
            .select("ticket_no", "received_at", "event_at", "import_id")
            .order_by("ticket_no").to_pyarrow().to_pylist(),
            "visits": engine.table("inspections", cut=cut)
            .select("at", "building_id", "learnt_at").to_pyarrow().to_pylist(),
            "today": office.clock.today(),
            "answer": str(answer),
        }  # fmt: skip
        engine.close()
        office.close()
    time.tzset()
    return told


def test_an_import_a_visit_and_a_cut_are_the_same_on_machines_of_different_zones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {
        zone: rows_made_in(tmp_path / zone.partition("/")[2] / "office", zone, monkeypatch)
        for zone in ("Etc/UTC", "Asia/Shanghai")
    }
    assert made["Etc/UTC"] == made["Asia/Shanghai"]
    hours = [f"{row['received_at']:%d %H:%M}" for row in made["Asia/Shanghai"]["complaints"]]
    assert hours == ["24 02:00", "24 00:00", "24 03:00", "24 00:00"]  # the fifth is still to come
    (visit,) = made["Asia/Shanghai"]["visits"]
    assert f"{visit['at']:%d %H:%M} {visit['learnt_at']:%d %H:%M}" == "24 03:00 24 04:30"
