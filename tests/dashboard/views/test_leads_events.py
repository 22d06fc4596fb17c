"""The parts of the page Leads about one event, links and buildings on no list."""

from collections.abc import Callable

import pandas as pd
import pytest
from pages import opened, run, texts

from dashboard.i18n import translator
from dashboard.views.leads import links, merge
from governance.access.permissions import local_owner
from governance.cases.links.network import network_around
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
