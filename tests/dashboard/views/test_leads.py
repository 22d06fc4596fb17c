"""The page Leads shows what a text tells of, marks its words and takes the office's own."""

from collections.abc import Callable
from typing import Any

import pytest
from pages import html, opened, run, texts

from dashboard.ui.table import MOST_ROWS
from governance.access.permissions import local_owner
from governance.office import Office

pytestmark = pytest.mark.usefixtures("served_city")


def test_a_text_is_told_by_its_forms_and_its_words_are_marked_as_text_alone() -> None:
    app = opened("leads")
    app.text_area(key="leads_text").set_value("<b>初二树学</b>一对一，上门，150元/小时")
    run(app)
    assert "一对一" in texts(app)
    shown = html(app)
    assert "&lt;b&gt;" in shown
    assert 'class="gw-disguised" title="数学">树学</mark>' in shown


def test_many_texts_are_told_one_by_one() -> None:
    app = opened("leads")
    app.session_state["leads_part"] = "many"
    run(app)
    app.text_area(key="leads_texts").set_value("初二数学一对一，上门，150元/小时\n补牙多少钱\n")
    run(app)
    assert "2 条中有 1 条涉及学科培训" in texts(app)
    assert app.dataframe[0].value.iloc[:, 2].tolist() == ["一对一", ""]


def test_the_words_of_the_product_and_the_office_are_shown(served_city: Office) -> None:
    app = opened("leads")
    app.session_state["leads_part"] = "words"
    run(app)
    product = served_city.screening.terms(local_owner())
    assert len(app.dataframe[-1].value) == min(MOST_ROWS, (~product["own"]).sum())


def test_pasted_adverts_are_told_before_they_are_taken_in_and_then_become_leads(
    serve: Callable[..., Any], own_city: Office
) -> None:
    office: Office = serve(own_city)
    app = opened("leads")
    app.session_state["leads_part"] = "adverts"
    run(app)
    listings = "初二数学一对一，上门，150元/小时，加V:lao_shi88\n\n出售二手自行车"
    app.text_area(key="leads_adverts").set_value(listings)
    run(app)
    assert "2 条中有 1 条涉及学科培训" in texts(app)
    assert "lao_shi88" not in html(app)
    app.button(key="leads_adverts_go").click()
    run(app)
    assert "录入 2 条广告，新增 1 条线索" in texts(app)
    kept = office._engine.table("adverts").to_pyarrow().to_pylist()
    assert {row["tutoring"] for row in kept} == {True, False}
    assert not any("lao_shi88" in str(row) for row in kept)
