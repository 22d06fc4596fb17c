"""A decision recorded on a case is an event that the score learns from, from then on."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from case_steps import MANAGER, OFFICER, WHOLE_WAY, go, lead, take_in
from imported import copied_office

from data.store.repositories.cases.inbox import InboxQuery
from governance.access.permissions import Actor
from governance.office import Office
from risk.config.score import ScoreConfig
from risk.events.rows import violation_rows
from tests.governance.conftest import NOW


@pytest.fixture(scope="module")
def decided(filled_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Return an office in which a case of B3 was decided; to be read, never changed."""
    with copied_office(filled_folder, tmp_path_factory.mktemp("decided"), now=NOW) as office:
        take_in(office, lead(building_id="B3"))
        go(office, 6)
        yield office


def decisions(office: Office, **asked: object) -> list[dict[str, object]]:
    rows = office._engine.table("violations", **asked)  # type: ignore[arg-type]
    return list(rows.to_pyarrow().to_pylist())


def test_a_decision_is_a_violation_at_its_place_with_how_it_came_about(decided: Office) -> None:
    (row,) = decisions(decided)
    assert (row["decision_no"], row["building_id"]) == ("示教罚字〔2026〕第9号", "B3")
    assert (row["case_no"], row["lead_source"]) == ("XS-2026-0001", "12345热线")
    assert row["penalty"] in (["罚款"], "罚款")
    assert row["event_at"] == datetime(2026, 11, 24)  # noqa: DTZ001 -- a local day


def test_it_is_known_only_from_when_it_was_recorded(decided: Office) -> None:
    assert decisions(decided, cut=datetime(2026, 11, 24, 11, 59)) == []  # noqa: DTZ001
    assert len(decisions(decided, cut=datetime(2026, 11, 24, 12, 1))) == 1  # noqa: DTZ001


def test_it_is_written_once_and_again_where_it_is_missing(
    decided: Office, actor: Actor, tmp_path: Path
) -> None:
    with copied_office(decided._workspace.root, tmp_path, now=NOW) as office:
        office.cases.catch_up(actor)
        history = office.imports.history(actor)
        made = history[history["table"] == "violations"]
        assert len(made) == 1
        office.imports.undo(actor, made["import_id"].iloc[0])
        assert office.cases.catch_up(actor).decisions == 1
        assert len(decisions(office)) == 1


def test_a_corrected_number_takes_the_place_of_the_one_before_from_when_that_was_recorded(
    decided: Office, actor: Actor, tmp_path: Path
) -> None:
    with copied_office(decided._workspace.root, tmp_path, now=NOW) as office:
        told = {"decision_no": "示教罚字〔2026〕第10号", "reason": "录入有误"}
        office.cases.act(OFFICER, "XS-2026-0001", "correct", told)
        (row,) = decisions(office)
        assert row["decision_no"] == told["decision_no"]
        (before,) = decisions(decided)
        assert row["learnt_at"] == before["learnt_at"]
        assert office.cases.catch_up(actor).decisions == 0


def test_a_file_of_the_office_s_own_with_the_number_before_is_left_alone(
    decided: Office, actor: Actor, tmp_path: Path
) -> None:
    with copied_office(decided._workspace.root, tmp_path / "o", now=NOW) as office:
        history = office.imports.history(actor)
        (made,) = history.loc[history["table"] == "violations", "import_id"]
        office.imports.undo(actor, made)
        file = tmp_path / "decisions.csv"
        file.write_text("案号,决定日期,地址,线索编号\n示教罚字〔2026〕第9号,2026-11-24,"
                        "示例花园3号楼,XS-2026-0001\n", encoding="utf-8")  # fmt: skip
        office.imports.import_file(actor, "violations", file)
        told = {"decision_no": "示教罚字〔2026〕第10号", "reason": "录入有误"}
        office.cases.act(OFFICER, "XS-2026-0001", "correct", told)
        assert len(decisions(office)) == 2


def test_a_decision_without_a_penalty_is_no_event(office: Office) -> None:
    take_in(office, lead(building_id="B3"))
    go(office, 5)
    officer, action, facts = WHOLE_WAY[5]
    office.cases.act(officer, "XS-2026-0001", action, facts | {"outcome": "不予处罚"})
    assert decisions(office) == []


def test_the_score_reads_it_at_its_next_run(decided: Office) -> None:
    cut = datetime(2026, 11, 25)  # noqa: DTZ001
    rows = violation_rows(decided._engine, cut=cut, config=ScoreConfig())
    assert rows.count().to_pyarrow().as_py() == 1
    assert decided.cases.inbox(MANAGER, InboxQuery(stages=("decided",))).total == 1
