"""Reports to print: of whose building or community it is, masked, and written down."""

from collections.abc import Callable
from typing import Any

import pytest
from case_steps import lead, person, take_in
from small_browser import Browser
from two_communities import COMMUNITY, ESTATES, FOREIGN, OWN

from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from governance.security.compliance.audit import AuditFilter

CHIEF = Actor(
    id="chief", name="网格长", roles=("grid_chief",),
    scope=Scope(communities=frozenset({COMMUNITY["M"]})),
)  # fmt: skip


@pytest.fixture
def snapshot(own_two: Office) -> str:
    return str(own_two.scores.snapshots(local_owner())["snapshot_id"].iloc[0])


def exports(office: Office) -> list[str]:
    log = office.audit.log(local_owner(), AuditFilter(action="export"))
    return [str(facts) for facts in log["facts"]]


def test_a_chief_prints_the_dossier_of_an_own_building_which_is_written_down(
    serve: Callable[..., Any], own_two: Office, snapshot: str
) -> None:
    serve(own_two, CHIEF)
    answer = Browser().get(f"/gw/dossier/{snapshot}/{OWN[0]}?lang=zh")
    assert answer.status_code == 200, answer.text
    assert ESTATES["M"] in answer.text
    assert "不是结论" in answer.text
    assert any(OWN[0] in facts for facts in exports(own_two))


def test_a_chief_prints_the_report_of_the_own_community_alone(
    serve: Callable[..., Any], own_two: Office, snapshot: str
) -> None:
    serve(own_two, CHIEF)
    browser = Browser()
    answer = browser.get(f"/gw/community-report/{COMMUNITY['M']}?lang=zh")
    assert answer.status_code == 200, answer.text
    assert "先看这里" in answer.text
    for path in (f"/gw/community-report/{COMMUNITY['T']}", f"/gw/dossier/{snapshot}/{FOREIGN[0]}"):
        refused = browser.get(path)
        assert refused.status_code in {403, 404, 422}
        assert ESTATES["T"] not in refused.text
    assert not any(COMMUNITY["T"] in facts for facts in exports(own_two))


def test_a_dossier_tells_of_cases_to_who_may_see_them_and_numbers_its_pages(
    serve: Callable[..., Any], own_two: Office, snapshot: str
) -> None:
    take_in(own_two, lead("T7", building_id=OWN[0], title="某某在503室补课"))
    told = {}
    for role in ("office_manager", "planner"):
        serve(own_two, person(role))
        told[role] = Browser().get(f"/gw/dossier/{snapshot}/{OWN[0]}?lang=zh").text
        assert "counter(pages)" in told[role]
        assert "台账（0）" in told[role]
        assert "503室" not in told[role]
    assert "本楼案件（1）" in told["office_manager"]
    assert "待研判" in told["office_manager"]
    assert "本楼案件" not in told["planner"]


@pytest.mark.usefixtures("served_city")
def test_a_dossier_says_where_it_lists_the_weightiest_rows_alone(
    newest: str, first_building: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/gw/dossier/{newest}/{first_building}?lang=zh"
    monkeypatch.setattr("dashboard.documents.reports.dossier.MOST_ROWS", 1)
    assert "分量最重的 1 条。" in Browser().get(address).text
    monkeypatch.setattr("dashboard.documents.reports.dossier.MOST_ROWS", 10_000)
    assert "分量最重的" not in Browser().get(address).text
