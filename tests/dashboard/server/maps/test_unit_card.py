"""A unit's card: the page's own figures and points, in either language, as plain text."""

from dataclasses import replace

import pytest
from small_browser import Browser

from dashboard.charts.score import points_table
from dashboard.i18n import translator
from dashboard.maps.content.unit_facts import facts_html
from dashboard.server.maps.unit_card import card
from governance.access.permissions import local_owner
from governance.office import Office

OWNER = local_owner()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("level", ["building", "cell:9", "grid", "community"])
def test_a_card_tells_name_figures_and_every_point_of_the_unit(
    served_city: Office, newest: str, level: str, language: str
) -> None:
    units = served_city.risk_map.layer(OWNER, layer=level, snapshot_id=newest)
    unit = str(units.sort_values("rank")["unit"].iloc[0])
    answer = Browser().get(f"/gw/unit-card/{newest}/{unit}?lang={language}").text
    told = served_city.scores.explain(OWNER, unit, snapshot_id=newest, rows=False)
    say = translator(language)
    assert facts_html(told, say=say) in answer
    points = points_table(told.points, say=say)
    assert answer.count("<tr>") == len(points)
    assert all(text in answer for text in points["text"])


def test_what_a_card_says_is_text_never_markup(served_city: Office, newest: str) -> None:
    unit = str(served_city.risk_map.top(OWNER, k=1)[0]["unit"])
    told = served_city.scores.explain(OWNER, unit, snapshot_id=newest, rows=False)
    evil = '"><img src=x onerror=alert(1)>'
    for marked in (replace(told, name=evil), replace(told, name="幢", unit=evil)):
        assert "<img" not in card(marked, say=translator("zh"))


@pytest.mark.usefixtures("served_city")
def test_an_unknown_unit_has_no_card(newest: str) -> None:
    answer = Browser().ask("GET", f"/gw/unit-card/{newest}/no-such-unit")
    assert (answer.status_code, answer.json()["code"]) == (422, "unit_unknown")
