"""What a browser complains about fails a test, but for what ended because the page was left."""

from __future__ import annotations

from visits import Visit

FETCH = "TypeError: Failed to fetch (http://127.0.0.1/gw/assets/map/street_map.js)"
OTHER = "TypeError: undefined is not a function (http://127.0.0.1/x.js)"


def test_a_request_given_up_explains_one_failed_fetch_and_nothing_else() -> None:
    visit = Visit(page=None, address="", complaints=[FETCH, OTHER, FETCH], given_up=1)
    assert visit.unexplained() == [OTHER, FETCH]


def test_a_failed_fetch_without_a_request_given_up_is_a_complaint() -> None:
    assert Visit(page=None, address="", complaints=[FETCH]).unexplained() == [FETCH]
