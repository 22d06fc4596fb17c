"""The demonstration's warden saw something at two doors yesterday, and a chief has to look."""

import shutil
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest

from data.workspace.clock import DEFAULT_ZONE
from governance.access.permissions import local_owner
from gridwarden.compose import open_office
from gridwarden.demo.suspicions import add_demo_suspicions

TODAY = date(2026, 11, 24)


@pytest.fixture
def waiting(demonstration: Path, tmp_path: Path) -> pd.DataFrame:
    folder = shutil.copytree(demonstration, tmp_path / "demo")
    truth = folder / "files" / "truth"
    assert add_demo_suspicions(folder, truth=truth, today=TODAY, seed=5) == 2
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=DEFAULT_ZONE)
    with closing(open_office(folder, now=lambda: noon)) as office:
        chief = office.sign_in.act_as("demo-grid-chief", None)
        rows = office.suspicions.waiting(chief)
        assert len(office.suspicions.waiting(local_owner())) >= len(rows)
    return rows


def test_two_suspicions_with_photo_and_note_wait_for_the_chief_of_the_warden(
    waiting: pd.DataFrame,
) -> None:
    assert len(waiting) == 2
    assert waiting["photos"].map(len).tolist() == [1, 1]
    assert waiting["note"].str.len().min() > 0
    assert waiting["building_id"].is_unique


def test_their_clock_runs(waiting: pd.DataFrame) -> None:
    assert waiting["retry_at"].notna().all()
    assert (waiting["working_days_left"].astype(int) >= 0).all()
