"""What goes back to the hotline: its form, in its order, without a score and without numbers."""

import ast
import io
from pathlib import Path

import openpyxl
import pytest
from case_steps import CHIEF, CLERK, MANAGER, OFFICER, WHOLE_WAY, go, lead, take_in

import governance.cases
from governance.access.permissions import NotAllowedError
from governance.cases.texts import RESULT_COLUMNS
from governance.office import Office

NO = "XS-2026-0001"
HANDLED = (
    "11月24日，收到反映。11月24日，经现场核查，反映的情况属实。"
    "11月24日，已移送，由区教育和体育局处理。"
    "11月24日，处理结果为罚款（示教罚字〔2026〕第9号）。11月24日，以电话方式答复反映人。"
)


def test_one_block_tells_the_whole_way_in_the_hotline_s_form(empty_office: Office) -> None:
    take_in(empty_office, lead("250912101108115401"))
    go(empty_office, len(WHOLE_WAY))
    assert empty_office.cases.ticket_text(CLERK, NO).splitlines() == [
        "工单编号：250912101108115401",
        "诉求属实：是",
        "超职责诉求：否",
        "申请类型：办结",
        "联系群众：已联系",
        "联系时间：2026-11-24 12:00",
        "是否解决：是",
        f"办理情况：{HANDLED}",
        "公开答复内容：已依法查处",
        "满意度：满意",
    ]


def test_a_returned_ticket_says_why(empty_office: Office) -> None:
    take_in(empty_office, lead())
    empty_office.cases.act(CLERK, NO, "return", {"return_reason": "不属本街道"})
    text = empty_office.cases.ticket_text(CLERK, NO)
    assert "超职责诉求：是" in text
    assert "未解决原因：不属本街道" in text


def test_a_batch_goes_back_as_one_workbook_in_the_hotline_s_columns(empty_office: Office) -> None:
    take_in(empty_office, lead("250912101108115401"), lead("250912101108115402"))
    go(empty_office, 4)
    content = empty_office.cases.results_workbook(CLERK, [NO, "XS-2026-0002", NO])
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert rows[0] == RESULT_COLUMNS
    assert [row[0] for row in rows[1:]] == ["250912101108115401", "250912101108115402"]
    with empty_office._workspace.store.begin() as unit:
        line = unit.audit.newest()[0]
        assert (line.action, line.facts["cases"], line.facts["rows"]) == ("export", 2, 2)


def test_numbers_that_somebody_typed_do_not_leave(empty_office: Office) -> None:
    take_in(empty_office, lead("250912101108115401"))
    go(empty_office, 6)
    reply = {"reply_by": "电话", "reply": "已告知13800000001，身份证370902199001011234"}
    empty_office.cases.act(CLERK, NO, "reply", reply)
    text = empty_office.cases.ticket_text(CLERK, NO)
    assert "13800000001" not in text
    assert "370902199001011234" not in text
    assert "250912101108115401" in text


@pytest.mark.parametrize("actor", [CHIEF, MANAGER, OFFICER], ids=lambda actor: str(actor.id))
def test_only_who_answers_the_hotline_takes_results_out(
    empty_office: Office, actor: object
) -> None:
    with pytest.raises(NotAllowedError):
        empty_office.cases.results_workbook(actor, [])  # type: ignore[arg-type]


def test_no_file_of_cases_reads_a_score() -> None:
    """So no text of a case can hold one: neither the score's rooms nor a snapshot are imported.

    The list of buildings on no list is ordered by the score and is of no case.
    """
    ours = Path(governance.cases.__file__).parent
    for path in set(ours.rglob("*.py")) - set((ours / "unlisted").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert not [n for n in names if n.startswith(("risk", "data.results"))], path
            assert not (isinstance(node, ast.Attribute) and node.attr == "_snapshots"), path


def test_what_is_told_of_a_scored_place_holds_neither_score_nor_tier(scored: Office) -> None:
    scored.cases.catch_up(MANAGER)
    rows = scored.cases.inbox(MANAGER).rows
    assert "B3" in set(rows["building_id"])
    for case_no in rows["case_no"]:
        view = scored.cases.case(MANAGER, case_no)
        told = f"{view.facts} {view.leads.to_dict()} {view.history.to_dict()}"
        told += scored.cases.ticket_text(MANAGER, case_no)
        assert not {"score", "tier", "红色", "橙色", "风险"} & set(told.replace("'", " ").split())
        assert "风险" not in told
        assert "score" not in told
