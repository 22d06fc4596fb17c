"""The parts of the page Leads about one event, links and buildings on no list."""

from collections.abc import Callable

import pandas as pd
import pytest
from pages import opened, press, run, texts

from dashboard.i18n import translator
from dashboard.views.leads import links, merge
from governance.access.permissions import local_owner
from governance.cases.links.network import network_around
from governance.cases.merging.open_leads import SHOWN
from governance.cases.merging.proposal import Proposal
from governance.cases.merging.service import LeadMergingService
from governance.office import Office


@pytest.fixture
def whole_city(serve: Callable[..., Office], city: Office) -> Office:
    """Serve the city to who may see all of it."""
    return serve(city, local_owner())


def test_buildings_on_no_list_stand_in_the_order_of_the_service(whole_city: Office) -> None:
    app = opened("leads")
    app.session_state["leads_part"] = "unlisted"
    run(app)
    found = whole_city.unlisted.buildings(local_owner())
    assert app.dataframe[0].value.iloc[:, 2].tolist() == found["name"].head(1000).tolist()


def test_parties_of_several_buildings_are_listed_and_drawn(whole_city: Office) -> None:
    app = opened("leads")
    app.session_state["leads_part"] = "links"
    run(app)
    found = whole_city.links.parties(local_owner())
    assert app.dataframe[0].value.iloc[:, 1].tolist() == found["party"].tolist()


def test_one_proposal_at_a_time_is_shown_or_that_there_is_none(whole_city: Office) -> None:
    app = opened("leads")
    app.session_state["leads_part"] = "merging"
    run(app)
    found = whole_city.lead_merging.proposals(local_owner())
    told = f"共 {len(found)} 组" if found else "没有疑似同一事件的线索待确认"
    assert told in texts(app)


def test_proposals_that_a_decision_does_not_touch_stand_and_leads_are_compared_once_all_are_decided(
    serve: Callable[..., Office], city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(city, local_owner())
    compared, decided = list[int](), list[tuple[str, ...]]()
    monkeypatch.setattr(LeadMergingService, "proposals", lambda *_: compared.append(1) or some())
    monkeypatch.setattr(
        LeadMergingService, "reject", lambda _, __, numbers: decided.append(numbers)
    )
    app = opened("leads", part="merging")
    assert "第 1 组，共 3 组" in texts(app)
    press(app, "merging_no")
    assert "第 1 组，共 1 组" in texts(app), "C1 was in two of three"
    assert (decided, len(compared)) == ([("C1", "C2")], 1)
    press(app, "merging_no")
    assert decided[1:] == [("C4", "C5")]
    assert len(compared) == 2


def some() -> list[Proposal]:
    """Return proposals about cases, two of which are about C1."""
    at = pd.Timestamp(2026, 11, 1)
    known = dict.fromkeys(SHOWN, "") | {"channel": "12345", "received_at": at}
    seen = {"place": "", "contact": "", "caller": False, "named": False, "taught": 0.0,
            "days": 1.0, "alike": 0.5}  # fmt: skip
    return [
        Proposal(pair, 1.0, pd.DataFrame([known | seen | {"case_no": each} for each in pair]))
        for pair in (("C1", "C2"), ("C3", "C1"), ("C4", "C5"))
    ]


def test_who_comes_from_a_case_begins_with_the_first_proposal_about_it_or_reads_that_there_is_none(
    serve: Callable[..., Office], city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(city, local_owner())
    monkeypatch.setattr(LeadMergingService, "proposals", lambda *_: some())
    app = opened("leads", part="merging", case="C5")
    assert "第 3 组，共 3 组" in texts(app)
    press(app, "merging_next")
    press(app, "merging_next")
    assert "第 2 组，共 3 组" in texts(app)
    app.query_params["case"] = "C5"
    assert "第 3 组，共 3 组" in texts(run(app)), "and so it does the second time"
    app = opened("leads", part="merging", case="C9")
    assert "没有涉及 C9 的建议" in texts(app)
    assert "第 1 组，共 3 组" in texts(app)


def test_words_are_told_as_a_ground_only_where_they_speak_for_one_event() -> None:
    lead, said = some()[0].leads.iloc[1].copy(), []
    for lead["alike"] in (float("nan"), 0.0, 0.2, 0.6):
        said.append("文字相似" in merge._seen(lead, translator("zh")))
    assert said == [False, False, False, True]


def test_only_what_differs_from_the_first_is_marked_and_texts_stay_texts() -> None:
    marked = merge._marked("示例花园3号楼2单元<b>", "示例花园3号楼")
    assert marked == "示例花园3号楼<mark>2单元&lt;b&gt;</mark>"


def test_a_drawing_names_no_more_than_it_was_given_and_escapes_it() -> None:
    told = pd.DataFrame(
        {"party": ["p1", "p1"], "kind": "firm", "label": "<某>公司", "building_id": ["B1", "B2"],
         "degree": 2, "moved": [False, True]}
    )  # fmt: skip
    network = network_around("B1", told, {"B1": "一号楼", "B2": "二号楼"})
    svg = links.drawing(network, translator("zh"), title="图")
    assert svg.count("<line") == 2
    assert 'class="moved"' in svg
    assert "&lt;某&gt;公司" in svg
