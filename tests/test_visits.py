"""What a browser complains about fails a test, but for what ended because the page was left."""

from types import SimpleNamespace

import pytest
from visits import Visit, is_own_noise, telling

FETCH = "TypeError: Failed to fetch (http://127.0.0.1/gw/assets/map/street/street_map.js)"
OTHER = "TypeError: undefined is not a function (http://127.0.0.1/x.js)"


def test_a_request_given_up_explains_one_failed_fetch_and_nothing_else() -> None:
    visit = Visit(page=None, address="", complaints=[FETCH, OTHER, FETCH], given_up=1)
    assert visit.unexplained() == [OTHER, FETCH]


def test_a_failed_fetch_without_a_request_given_up_is_a_complaint() -> None:
    assert Visit(page=None, address="", complaints=[FETCH]).unexplained() == [FETCH]


@pytest.mark.parametrize(
    ("path", "ours"),
    [("plan/_stcore/health", False), ("start/_stcore/host-config", False),
     ("_stcore/health", True), ("gw/assets/map/street/street_map.js", True)],
)  # fmt: skip
def test_what_is_not_there_is_a_complaint_unless_streamlit_asks_under_a_page_s_path(
    path: str,
    ours: bool,  # noqa: FBT001 -- parametrised
) -> None:
    text = "Failed to load resource: the server responded with a status of 404 (Not Found)"
    message = SimpleNamespace(text=text, location={"url": f"http://127.0.0.1:8501/{path}"})
    assert is_own_noise(message) is not ours


def test_a_wait_that_fails_says_what_the_pages_showed() -> None:
    late = pytest.importorskip("playwright.sync_api").TimeoutError
    body = SimpleNamespace(inner_text=lambda timeout: "Running...")  # noqa: ARG005
    page = SimpleNamespace(url="http://x/start", locator=lambda _: body)
    with pytest.raises(late) as failed, telling(SimpleNamespace(pages=[page])):
        raise late("60 s are over")
    assert failed.value.__notes__ == ["http://x/start showed:\nRunning..."]
