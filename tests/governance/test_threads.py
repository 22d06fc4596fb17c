"""Many people at once: the office answers each as if alone."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from patience import PATIENCE_S

from governance.access.permissions import local_owner
from governance.office import Office

ME = local_owner()
LAYERS = ("building", "cell:8", "cell:9", "cell:10", "grid", "community")


UNSURE = "工单编号,来电时间,事发地址\n250912101108115405,2026-11-12 19:10,示例花园\n"
COMPLAINTS = "工单编号,来电时间,楼栋编码,事发地址\n" + "".join(
    f"29{n:016d},2026-11-20 10:00,B{n % 8 + 1},示例花园{n % 8 + 1}号楼\n" for n in range(60)
)


@pytest.fixture
def office(scored: Office, tmp_path: Path) -> Office:
    """Return a scored office with an address that a person must decide on."""
    scored.imports.import_file(ME, "complaints", written(tmp_path / "unsure.csv", UNSURE))
    return scored


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def until_done(work: Callable[[], object], clicks: list[Callable[[], object]]) -> int:
    """Click in four threads for as long as the work takes; return how often was clicked."""
    done = threading.Event()

    def click(place: int) -> int:
        count = 0
        while not done.is_set() or not count:
            clicks[(place + count) % len(clicks)]()
            count += 1
        return count

    with ThreadPoolExecutor(5) as threads:
        clicked = [threads.submit(click, place) for place in range(4)]
        try:
            threads.submit(work).result(timeout=PATIENCE_S)
        finally:
            done.set()
        return sum(each.result(timeout=PATIENCE_S) for each in clicked)


def test_everyone_who_asks_at_once_gets_the_answer_of_one_who_asks_alone(office: Office) -> None:
    questions: list[Callable[[], Any]] = [
        lambda layer=layer: office.risk_map.layer(ME, layer=layer) for layer in LAYERS
    ]
    questions += [lambda: office.address_review.queue(ME), lambda: office.imports.tables(ME)]
    alone = [ask() for ask in questions]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda ask: ask(), questions * 3))
    for expected, answer in zip(alone * 3, together, strict=True):
        pd.testing.assert_frame_equal(expected, answer)


def test_threads_that_ended_leave_their_sessions_to_the_next(office: Office) -> None:
    for _ in range(12):
        thread = threading.Thread(target=office.imports.tables, args=(ME,))
        thread.start()
        thread.join(PATIENCE_S)
    assert len(office._engine._sessions._made) <= 3


def test_an_import_its_undo_and_a_decision_disturb_nobody_who_clicks(
    office: Office, tmp_path: Path
) -> None:
    file = written(tmp_path / "complaints.csv", COMPLAINTS)
    unit = str(office.risk_map.top(ME, k=1)[0]["unit"])
    before = office.imports.tables(ME).set_index("table")["rows"]
    waiting = office.address_review.queue(ME).iloc[0]

    def change() -> None:
        result = office.imports.import_file(ME, "complaints", file)
        assert result.rows_in == result.accepted + result.quarantined + result.duplicates
        assert result.accepted == 60
        office.address_review.decide(
            ME,
            table=waiting["table"],
            address=waiting["address"],
            building_id=waiting["candidates"][0],
        )
        office.imports.undo(ME, result.import_id)

    clicked = until_done(
        change,
        [
            lambda: office.risk_map.layer(ME, layer="building"),
            lambda: office.scores.explain(ME, unit),
            lambda: office.imports.tables(ME),
            lambda: office.imports.preview(ME, "complaints", file),
            lambda: office.address_review.queue(ME),
            lambda: office.imports.history(ME),
        ],
    )
    assert clicked >= 4
    assert office.imports.tables(ME).set_index("table")["rows"].equals(before)
    assert office.verify(ME).problems == ()


def test_two_who_score_the_same_day_arrive_at_the_same_snapshot(office: Office) -> None:
    day = date(2026, 11, 20)
    with ThreadPoolExecutor(2) as threads:
        scored = [threads.submit(office.scores.run, ME, as_of=day) for _ in range(2)]
        ids = {each.result(timeout=PATIENCE_S).snapshot_id for each in scored}
    assert len(ids) == 1
    assert office.verify(ME).problems == ()
