"""The page that takes material in leads back to the case it is for."""

from collections.abc import Callable
from typing import Any

import pytest
from case_street import MANAGER
from pages import opened, run
from streamlit.testing.v1 import AppTest

from governance.office import Office


@pytest.fixture
def office(own_two: Office) -> Office:
    return own_two


def links(app: AppTest) -> list[str]:
    return [each.proto.label for each in app.get("page_link")]


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "回到案件 XS-2026-0001"), ("en", "Back to case XS-2026-0001")]
)
def test_who_came_from_a_case_is_led_back_to_it(
    serve: Callable[..., Any], office: Office, language: str, said: str
) -> None:
    serve(office, MANAGER)
    query = {"part": "add", "lang": language}
    assert links(opened("records.evidence", **query)) == []
    app = opened("records.evidence", case="XS-2026-0001", **query)
    assert links(app) == [said]
    app.text_input(key="evidence_for_case").set_value("XS-2026-0002")
    assert links(run(app)) == []
    app.session_state["evidence_added_to"] = "XS-2026-0002"
    assert links(run(app)) == [said.replace("0001", "0002")]
