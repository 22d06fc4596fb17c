"""Inspections of which a file has a row for each problem, as cities publish them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.ingest import mapped_file
from data.ingest.results import ImportResult

Send = Callable[..., ImportResult]
Rows = Callable[..., list[Any]]

HEADER = "CAMIS,DBA,BUILDING,STREET,INSPECTION DATE,VIOLATION DESCRIPTION,CRITICAL FLAG,SCORE"
LINES = [
    HEADER,
    "1,A,12,High Street,11/03/2026,mice,Critical,19",
    "2,B,14,High Street,11/03/2026,sink,Not Critical,2",
    "1,A,12,High Street,11/03/2026,walls,Not Critical,19",
    "1,A,12,High Street,11/10/2026,,Not Applicable,0",
    "1,A,12,High Street,11/03/2026,food at 50 F,Critical,19",
    "1,A,12,High Street,11/03/2026,food at 50 F,Critical,19",
]
FACTS = ("raw_address", "critical_count", "other_count", "result")


@pytest.mark.parametrize("batch_rows", [1, 2, 100])
def test_rows_of_a_visit_are_one_visit_with_the_numbers_of_its_problems(
    send: Send, rows_of: Rows, monkeypatch: pytest.MonkeyPatch, batch_rows: int
) -> None:
    monkeypatch.setattr(mapped_file, "BATCH_ROWS", batch_rows)
    result = send("inspections", LINES)
    assert (result.rows_in, result.accepted, result.duplicates) == (6, 3, 3)
    assert sorted(rows_of("inspections", *FACTS)) == [
        ("12 High Street", 0, 0, "未发现异常"),
        ("12 High Street", 3, 1, "属实"),
        ("14 High Street", 0, 1, "未发现异常"),
    ]


@pytest.mark.parametrize("batch_rows", [2, 100])
def test_a_visit_waits_in_quarantine_with_all_of_its_rows(
    send: Send, rows_of: Rows, monkeypatch: pytest.MonkeyPatch, batch_rows: int
) -> None:
    monkeypatch.setattr(mapped_file, "BATCH_ROWS", batch_rows)
    header, first, *rest = LINES
    lines = [header.replace("SCORE", "pupils"), first.replace("19", "many"), *rest]
    result = send("inspections", lines)
    assert (result.accepted, result.quarantined, result.duplicates) == (2, 4, 0)
    assert [at.day for at in rows_of("inspections", "at")] == [3, 10]


def test_a_number_of_the_visit_goes_before_its_place(send: Send, rows_of: Rows) -> None:
    send("inspections", [
        "Inspection ID,address,date,severity", "7,12 High Street,2026-11-03,S - Significant",
        "7,12 High Street,2026-11-03,M - Minor", "8,12 High Street,2026-11-03,M - Minor",
    ])  # fmt: skip
    facts = ("inspection_id", "critical_count", "other_count")
    assert rows_of("inspections", *facts) == [("7", 1, 1), ("8", 0, 1)]


def test_what_a_file_says_of_the_result_goes_before_its_problems(send: Send, rows_of: Rows) -> None:
    send("inspections", [
        "address,date,result,severity", "12 High Street,2026-11-03,Pass,critical",
        "14 High Street,2026-11-04,no entry,", "16 High Street,2026-11-05,,minor",
    ])  # fmt: skip
    assert rows_of("inspections", "result", "critical_count", "other_count", by="at") == [
        ("未发现异常", 1, 0), ("未能进入", None, None), ("未发现异常", 0, 1),
    ]  # fmt: skip


def test_without_a_serious_problem_in_the_file_any_problem_is_a_find(
    send: Send, rows_of: Rows
) -> None:
    send("inspections", [
        "地址,日期,问题级别", "示例花园1号楼,2026-11-03,灯坏", "示例花园2号楼,2026-11-04,无",
    ])  # fmt: skip
    send("inspections", ["地址,日期,问题数", "示例花园3号楼,2026-11-05,2"])
    assert rows_of("inspections", "result", by="at") == ["属实", "未发现异常", "属实"]


def test_the_same_file_again_is_all_duplicates(send: Send, tmp_path: Path) -> None:
    send("inspections", LINES)
    again = tmp_path / "again.csv"
    again.write_text("\n".join([*LINES, ""]) + "\n", encoding="utf-8")
    assert send("inspections", again).accepted == 0


def rows_of_visits(*more: str) -> list[str]:
    header = "inspection id,address,date,violation,risk,line"
    visits = [f"{v},{v} High Street,2026-11-03" for v in range(12)]
    return [header, *(f"{visit},{each},{n}" for n, visit in enumerate(visits) for each in more)]


def test_rows_of_a_visit_that_differ_in_what_nothing_takes_are_told(send: Send) -> None:
    result = send("inspections", rows_of_visits("mice,High Risk", "sink,Low Risk"))
    assert (result.accepted, result.duplicates) == (12, 12)
    assert result.warned_about["rows_of_one_visit"] == ["violation、risk"]
    mapped = send("inspections", rows_of_visits("mice,High Risk", "sink,Low Risk"),
                  mapping={"problem": "risk"})  # fmt: skip
    assert "rows_of_one_visit" not in mapped.warned_about


def test_rows_that_are_the_same_again_are_no_problems_of_a_visit(send: Send) -> None:
    result = send("inspections", rows_of_visits("mice,High Risk", "mice,High Risk"))
    assert (result.accepted, result.duplicates) == (12, 12)
    assert "rows_of_one_visit" not in result.warned_about


EACH = ["12 High Street,2026-11-03,1,0", "14 High Street,2026-11-04,0,2",
        "16 High Street,2026-11-05,0,0"]  # fmt: skip
COUNTED = [
    "Critical Violations,Non-Critical Violations", "# of Critical Violations,# of Minor Violations",
    "NumCritical,NumNonCritical", "Total Critical,Minor Items Found", "重大隐患数,一般隐患数",
    "Priority Violations,Core Violations",
]  # fmt: skip


@pytest.mark.parametrize("headers", COUNTED)
def test_lesser_problems_in_a_column_of_their_own_are_no_find_and_the_rule_is_told(
    send: Send, rows_of: Rows, headers: str
) -> None:
    result = send("inspections", [f"address,date,{headers}", *EACH])
    assert rows_of("inspections", "result", by="at") == ["属实", "未发现异常", "未发现异常"]
    assert headers.partition(",")[0] in result.warned_about["finds_by_serious_problems"]


def test_serious_problems_in_two_columns_are_added(send: Send, rows_of: Rows) -> None:
    lines = ["address,date,Critical1 Violations,Critical2 Violations,NonCritical Violations",
             "12 High Street,2026-11-03,1,2,0", "14 High Street,2026-11-04,0,1,4",
             "16 High Street,2026-11-05,0,,1", "18 High Street,2026-11-06,,,"]  # fmt: skip
    result = send("inspections", lines)
    assert rows_of("inspections", "critical_count", "other_count", "result", by="at") == [
        (3, 0, "属实"), (1, 4, "属实"), (0, 1, "未发现异常"), (None, None, None),
    ]  # fmt: skip
    assert result.warned_about["joined_columns"] == ["Critical1 Violations、Critical2 Violations"]


def test_a_number_that_cannot_be_added_is_refused_as_it_was_sent(send: Send) -> None:
    few = [f"{n} High Street,2026-11-03,0,1" for n in range(1_100)]
    result = send("inspections", ["address,date,Critical 1 Violations,Critical 2 Violations", *few,
                                  "12 Low Street,2026-11-03,1,many"])  # fmt: skip
    assert result.examples["unreadable_number"].seen == "1 + many"


def test_a_severity_that_stands_alone_in_a_header_counts_nothing(send: Send, rows_of: Rows) -> None:
    lines = ["address,date,Priority,Low,High,result", "12 High Street,2026-11-03,1,3,7,pass"]
    assert {"Priority", "Low", "High"} <= {*send("inspections", lines).unmapped}
    assert rows_of("inspections", "critical_count", "other_count") == [(None, None)]


LESSER = ["address,date,remark,Minor Violations", *EACH]


def test_lesser_problems_without_serious_ones_give_no_result_and_that_is_told(
    send: Send, rows_of: Rows
) -> None:
    told = send("inspections", LESSER).warned_about
    assert rows_of("inspections", "result") == [None] * 3
    assert told["lesser_problems_alone"] == ["Minor Violations"]


def test_who_says_so_has_lesser_problems_read_as_finds(send: Send, rows_of: Rows) -> None:
    meant = {"result": {">=1": "属实"}}
    told = send("inspections", LESSER, mapping={"result": "Minor Violations"}, values=meant)
    assert rows_of("inspections", "result", by="at") == ["未发现异常", "属实", "未发现异常"]
    assert "lesser_problems_alone" not in told.warnings


def test_any_problem_is_a_find_where_a_column_counts_all_and_that_is_told(send: Send) -> None:
    result = send("inspections", ["地址,日期,问题数", "示例花园3号楼,2026-11-05,2"])
    assert result.warned_about["finds_by_any_problem"] == ["问题数"]
