"""A street of 240 scored buildings with a year of visits, and what field trials on it need."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from imported import derive_all, import_text
from stored_visits import visit_version

from governance.access.permissions import local_owner
from governance.office import Office
from governance.scores.trials.design import TrialOptions
from governance.scores.trials.records import Trial
from gridwarden.compose import create_workspace, open_office

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
FIRST = date(2026, 11, 30)
BUILDINGS = 240
ASKED = TrialOptions(first=FIRST, low=0.02, middle=0.05, high=0.6, looked_share=0.9,
                     visits_a_week=60.0, visit_share=0.5)  # fmt: skip
_KEYS = count()


def moved(office: Office, day: date) -> Office:
    """Open the services on an office's workspace at noon of another day."""
    at = datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)
    return Office(replace(office._resources, now=lambda: at))


def visit(office: Office, building: str, day: date, result: str) -> None:
    """Put a recorded visit into the store."""
    moment = datetime(day.year, day.month, day.day, 15, 0)  # noqa: DTZ001 -- local
    row = visit_version(
        f"v{next(_KEYS):08x}", building_id=building, at=moment, recorded_at=moment, result=result,
        person_id="W1", recorded_by="account", origin="plan", kind="日查",
    )  # fmt: skip
    with office._workspace.store.begin() as unit:
        unit.visits.add(row)
        unit.commit()


def protocol(office: Office, trial: Trial) -> dict[str, Any]:
    """Return what was sealed."""
    with office._workspace.store.begin() as unit:
        row = unit.field_trials.get(trial.trial_id)
        assert row is not None
        assert row.protocol is not None
        return row.protocol


def build_street(folder: Path) -> None:
    """Make the office in a folder that does not exist yet."""
    create_workspace(folder)
    rng = np.random.default_rng(5)
    places = [(117.1 + n % 20 / 1000, 36.1 + n // 20 / 1000) for n in range(BUILDINGS)]
    buildings = "楼栋编码,小区名称,楼栋号,建筑类型,户数,经度,纬度\n" + "".join(
        f"B{number:03d},示例花园,{number}号楼,住宅,40,{lon:.4f},{lat:.4f}\n"
        for number, (lon, lat) in enumerate(places)
    )
    rows = []
    for number in range(600):
        building = int(rng.integers(BUILDINGS))
        day = date(2026, 1, 5) + timedelta(days=int(rng.integers(315)))
        found = rng.random() < (0.5 if building < BUILDINGS // 4 else 0.04)
        result = "属实" if found else "未发现异常" if number % 6 else "无人"
        rows.append(f"X{number},{day} 15:00,B{building:03d},{result}\n")
    office = open_office(folder, now=lambda: NOW)
    import_text(office, "buildings", buildings)
    import_text(office, "inspections", "检查编号,检查时间,楼栋编码,检查结果\n" + "".join(rows))
    office.scores.run(local_owner(), as_of=date(2026, 11, 23))
    derive_all(office)
    office.close()
