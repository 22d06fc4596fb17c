"""Settings of earlier versions are named and passed over, wherever they stand."""

from pathlib import Path

import pytest

from data.workspace.folder import SETTINGS_TEMPLATE
from data.workspace.retired import RETIRED, find_retired, without_retired
from data.workspace.settings import SECTIONS, read_settings

OLD = {
    "score": {"horizon_days": 90, "weights": {"ring": 0.3, "unvisited": 0.1}, "learning": {"x": 1}},
    "office": {"horizon_days": 90},
}


def test_they_are_named_with_their_section_in_the_order_of_the_file() -> None:
    assert find_retired(OLD) == ("score.horizon_days", "score.weights.unvisited", "score.learning")


def test_what_else_the_file_says_stays() -> None:
    assert without_retired("score", OLD["score"]) == {"weights": {"ring": 0.3}}
    assert without_retired("office", OLD["office"]) == OLD["office"]


@pytest.mark.parametrize("strange", [3, "x", None, [1]])
def test_a_section_that_is_none_is_left_to_who_reads_it(strange: object) -> None:
    assert without_retired("score", strange) == strange
    assert find_retired({"score": strange}) == ()


def test_an_existing_file_with_retired_settings_still_opens_and_tells_them(tmp_path: Path) -> None:
    path = tmp_path / "gridwarden.toml"
    new = SETTINGS_TEMPLATE.read_text("utf-8")
    path.write_text(new + "\nhorizon_days = 90\n[score.learning]\nwindows = 8\n", "utf-8")
    assert read_settings(path).retired == ("score.horizon_days", "score.learning")


def test_a_new_workspace_has_none_and_no_section_of_this_room_retires_what_it_has() -> None:
    assert read_settings(SETTINGS_TEMPLATE).retired == ()
    for name, model in SECTIONS.items():
        assert not RETIRED.get(name, frozenset()) & set(model.__dataclass_fields__)
