"""Counts of visits by query are those of a plain reading of the rows."""

import csv
import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from governance.access.permissions import local_owner
from governance.access.scopes import Scope
from governance.office import Office
from governance.records.bulletins.visit_counts import COUNTED, count_visits, visits_began_at

FIRST = datetime(2025, 6, 1)  # noqa: DTZ001 -- the office's local time
RESULTS = ("未发现异常", "疑似", "属实", "拒不开门", "无人", "未能进入")
HEAD = ("检查编号", "检查时间", "楼栋编码", "出动人次", "检查结果")


@pytest.fixture
def rows(office: Office, tmp_path: Path) -> list[dict[str, str]]:
    """Import four hundred visits to eight buildings in one and a half years."""
    draw = random.Random(7)  # noqa: S311 -- no secret
    told = []
    for number in range(400):
        at = FIRST + timedelta(minutes=draw.randrange(520 * 24 * 60))
        people, result = draw.choice(["", "1", "2", "3"]), draw.choice(RESULTS)
        cells = (f"V{number}", f"{at:%Y-%m-%d %H:%M}", f"B{draw.randrange(1, 9)}", people, result)
        told.append(dict(zip(HEAD, cells, strict=True)))
    path = tmp_path / "more.csv"
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, HEAD)
        writer.writeheader()
        writer.writerows(told)
    office.imports.import_file(local_owner(), "inspections", path)
    before = (("X1", "2026-10-10 19:00", "B3", "", "属实"),
              ("X2", "2026-10-11 19:00", "B5", "", "未发现异常"))  # fmt: skip
    return told + [dict(zip(HEAD, cells, strict=True)) for cells in before]


def plainly(
    rows: list[dict[str, str]], communities: dict[str, str], begun: datetime, ended: datetime
) -> dict[str, Counter[str]]:
    """Count by reading line by line."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    places: dict[str, set[str]] = defaultdict(set)
    earlier = {
        r["楼栋编码"] for r in rows
        if r["检查结果"] == "属实"
        and begun - timedelta(days=365) <= datetime.fromisoformat(r["检查时间"]) < begun
    }  # fmt: skip
    again: dict[str, dict[str, bool]] = defaultdict(dict)
    for row in rows:
        at, building = datetime.fromisoformat(row["检查时间"]), row["楼栋编码"]
        if not begun <= at < ended:
            continue
        community, result = communities[building], row["检查结果"]
        counts[community].update(visits=1, person_times=int(row["出动人次"] or 1),
                                 found=result == "属实", suspected=result == "疑似")  # fmt: skip
        places[community].add(building)
        if building in earlier and result in ("未发现异常", "疑似", "属实"):
            known = again[community].get(building, False)
            again[community][building] = known or result == "属实"
    for community, seen in places.items():
        counts[community]["places"] = len(seen)
        counts[community]["looked_again"] = len(again[community])
        counts[community]["found_again"] = sum(again[community].values())
    return counts


@pytest.mark.parametrize(("first", "days"), [(0, 30), (300, 7), (400, 92), (-40, 30)])
def test_counts_are_those_of_a_plain_reading(
    office: Office, rows: list[dict[str, str]], first: int, days: int
) -> None:
    begun = FIRST + timedelta(days=first)
    ended = begun + timedelta(days=days)
    register = office._engine.table("buildings").to_pandas()
    codes = register["community_code"].astype(object).fillna("")
    communities = dict(zip(register["building_id"], codes, strict=True))
    counted = count_visits(office._engine, begun, ended, scope=Scope.whole())
    expected = plainly(rows, communities, begun, ended)
    assert list(counted.columns) == list(COUNTED)
    named = counted.drop(columns="known_later")
    assert named.to_dict("index") == {
        community: {name: int(counts[name]) for name in named.columns}
        for community, counts in expected.items()
    }
    assert (counted["known_later"] <= counted["visits"]).all()


def test_only_visits_in_the_scope_are_counted(office: Office, rows: list[dict[str, str]]) -> None:
    assert rows
    year = (FIRST, FIRST + timedelta(days=600))
    own = count_visits(office._engine, *year, scope=Scope(buildings=frozenset({"B3"})))
    assert own["visits"].sum() == sum(row["楼栋编码"] == "B3" for row in rows)
    assert count_visits(office._engine, *year, scope=Scope.nothing()).empty


def test_the_first_visit_is_known(office: Office, rows: list[dict[str, str]]) -> None:
    assert visits_began_at(office._engine) == pd.Timestamp(min(r["检查时间"] for r in rows))


def test_without_a_visit_none_is_the_first(empty_office: Office) -> None:
    assert visits_began_at(empty_office._engine) is None
