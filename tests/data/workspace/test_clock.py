"""Rules of the office's one clock and one time zone."""

import ast
import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.workspace.clock import DEFAULT_ZONE, Clock, local_times, months_on
from data.workspace.settings import OfficeSettings, SettingsError, read_settings

ROOT = Path(__file__).parents[3]
PACKAGES = ("geo", "data", "risk", "governance", "dashboard", "gridwarden")
ASKS_THE_MACHINE = {"now", "today", "utcnow", "fromtimestamp"}
PERHAPS = re.compile(r"\.(now|today|utcnow|fromtimestamp|astimezone)\(")
THE_CLOCK = {"gridwarden/compose.py"}
MOMENT = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)


@pytest.fixture(params=["UTC", "Asia/Shanghai", "America/Chicago"])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Put the machine into a time zone."""
    with monkeypatch.context() as patched:
        patched.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.mark.usefixtures("machine")
def test_the_office_has_its_own_day_whatever_the_machine() -> None:
    clock = Clock(lambda: MOMENT)
    assert clock.utc() == datetime(2026, 11, 23, 20, 30)  # noqa: DTZ001 -- naive by design
    assert clock.local() == datetime(2026, 11, 24, 4, 30)  # noqa: DTZ001 -- naive by design
    assert clock.today() == date(2026, 11, 24)
    assert Clock(lambda: MOMENT, ZoneInfo("America/Chicago")).today() == date(2026, 11, 23)


@pytest.mark.parametrize("zone", [DEFAULT_ZONE, ZoneInfo("America/Chicago")])
@given(utc=st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1)))  # noqa: DTZ001 -- naive by design
def test_a_column_of_times_is_turned_as_each_of_them(zone: ZoneInfo, utc: datetime) -> None:
    clock = Clock(lambda: MOMENT, zone)
    (local,) = local_times(pd.Series([utc]).astype("datetime64[us]"), zone)
    assert local == clock.to_local(utc)
    if zone is DEFAULT_ZONE:  # no hour comes twice
        assert clock.to_utc(clock.to_local(utc)) == utc


def test_a_zone_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    assert OfficeSettings().zone == DEFAULT_ZONE
    path = tmp_path / "gridwarden.toml"
    path.write_text('[office]\ntime_zone = "Asia/Taishan"\n', encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        read_settings(path)
    assert "office.time_zone" in str(refused.value.facts)
    assert "Asia/Taishan" in str(refused.value.facts)


def asks_the_machine(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that ask the machine for the time, or for its zone."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = ast.unparse(node.func.value)
        if node.func.attr == "astimezone" and not node.args:
            yield node.lineno
        if node.func.attr in ASKS_THE_MACHINE and owner in {"datetime", "date", "pd.Timestamp"}:
            yield node.lineno


def test_nothing_but_the_clock_asks_the_machine_for_time_or_zone() -> None:
    found = {
        f"{path.relative_to(ROOT).as_posix()}:{line}"
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.relative_to(ROOT).as_posix() not in THE_CLOCK
        if PERHAPS.search(text := path.read_text(encoding="utf-8"))
        for line in asks_the_machine(ast.parse(text))
    }
    assert found == set()


@given(st.dates(date(1999, 1, 1), date(2030, 1, 1)), st.integers(-500, 500))
def test_months_on_ends_at_the_last_day_of_a_month_without_such_a_day(
    day: date, count: int
) -> None:
    assert months_on(day, count) == (pd.Timestamp(day) + pd.DateOffset(months=count)).date()
