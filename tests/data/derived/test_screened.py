"""The forms that rows' texts tell of are derived beside them, and follow the word list."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from data.contracts.screening.office_terms import ADD, TERMS_SETTING, OfficeTerm
from data.contracts.screening.screen import Screener
from data.derived.screened import screen_texts, screening_fingerprint
from data.engine import Engine
from data.ingest.run import import_file
from data.workspace.folder import Workspace

NOW = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- local times throughout
TEXTS = [
    "初二数学一对一,上门辅导,200元一小时",
    "出售二手自行车一辆",
    "高三数学飞天小课,老师上门,每次三百",
]


def imported(workspace: Workspace, folder: Path) -> Engine:
    (folder / "a.csv").write_text("广告编号,广告内容\n" + "\n".join(
        f'A{n},"{text}"' for n, text in enumerate(TEXTS)), encoding="utf-8")  # fmt: skip
    import_file(workspace, "adverts", folder / "a.csv", now=NOW)
    return Engine(workspace)


def told(engine: Engine, table: str = "adverts") -> dict[str, tuple[str, bool]]:
    rows = engine.table(table).to_pyarrow().to_pylist()
    return {row["row_key"]: (row["form_tags"], row["tutoring"]) for row in rows}


def test_rows_have_the_forms_that_their_texts_tell_together(
    workspace: Workspace, tmp_path: Path
) -> None:
    screener = Screener()
    expected = {
        f"A{n}": ("、".join(each.forms), each.tutoring)
        for n, each in enumerate(screener.screen(TEXTS))
    }
    assert told(imported(workspace, tmp_path)) == expected
    assert expected["A0"][1]
    assert expected["A1"] == ("", False)


def test_a_change_of_the_offices_words_screens_stored_rows_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    engine = imported(workspace, tmp_path)
    before = told(engine)
    with workspace.store.begin() as unit:
        unit.settings.put(TERMS_SETTING, [["竞赛", ADD, "飞天小课", ""]])
        unit.commit()
    after = told(engine)
    assert "竞赛" not in before["A2"][0]
    assert "竞赛" in after["A2"][0].split("、")
    assert {key: after[key] for key in ("A0", "A1")} == {key: before[key] for key in ("A0", "A1")}


def test_complaints_are_screened_by_title_and_content(
    workspace: Workspace, put_rows: Callable[..., object]
) -> None:
    put_rows(
        workspace,
        "complaints",
        [
            {
                "ticket_no": "T1",
                "title": "反映补课",
                "content": "家里有老师给初中生一对一补数学,收费",
            },
            {"ticket_no": "T2", "title": "电梯坏了", "content": "一周没修"},
            {"ticket_no": "T3"},
        ],
    )
    found = told(Engine(workspace), "complaints")
    assert "一对一" in found["T1"][0]
    assert (found["T2"], found["T3"]) == (("", False), ("", False))


def test_the_fingerprint_of_the_words_is_that_of_the_list_and_the_offices_own() -> None:
    own = (OfficeTerm("竞赛", ADD, "飞天小课"),)
    assert screening_fingerprint(()) == screening_fingerprint(())
    assert screening_fingerprint(own) != screening_fingerprint(())


def test_texts_that_repeat_or_are_empty_are_told_as_one_by_one() -> None:
    screener = Screener()
    texts = [TEXTS[0], "", TEXTS[1], TEXTS[0]]
    together = screen_texts(texts, lambda: screener).to_pylist()
    assert together == [screen_texts([text], lambda: screener).to_pylist()[0] for text in texts]
    assert screen_texts([], lambda: screener).num_rows == 0


def test_the_words_have_one_fingerprint_in_every_process() -> None:
    asked = "from data.derived.screened import screening_fingerprint as f; print(f(()))"
    told = {
        subprocess.run(  # noqa: S603 -- our own interpreter
            [sys.executable, "-c", asked], env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True, check=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert told == {f"{screening_fingerprint(())}\n".encode()}
