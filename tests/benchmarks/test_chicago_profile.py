"""Chicago's words and cycles are settings of its benchmark, not of the product."""

from pathlib import Path

import pytest

from data.workspace.folder import SETTINGS_TEMPLATE
from data.workspace.settings import WorkspaceSettings, read_section, read_settings
from risk.config.score import ScoreConfig
from risk.evaluation.targets.settings import BacktestSettings
from risk.events.purposes import classify_purposes

PROFILE = Path(__file__).parents[2] / "benchmarks" / "chicago"


@pytest.fixture
def chicago(tmp_path: Path) -> WorkspaceSettings:
    """Put the settings of a new workspace and both parts of the profile together."""
    parts = [PROFILE / name for name in ("profile.toml", "backtest.toml")]
    path = tmp_path / "gridwarden.toml"
    text = "".join(part.read_text(encoding="utf-8") for part in (SETTINGS_TEMPLATE, *parts))
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Canvass", "routine"),
        ("Short Form Complaint", "complaint"),
        ("SFP", "complaint"),
        ("Suspected Food Poisoning", "complaint"),
        ("License-Task Force", "licence"),
        ("Complaint Re-Inspection", "revisit"),
        ("Consultation", "other"),
    ],
)
def test_the_profile_tells_what_chicago_s_visits_were_for(
    text: str, expected: str, chicago: WorkspaceSettings
) -> None:
    words = read_section(chicago, "score", ScoreConfig).model.purposes
    assert classify_purposes([text], words).tolist() == [expected]


def test_the_profile_says_how_chicago_is_evaluated(chicago: WorkspaceSettings) -> None:
    settings = read_section(chicago, "backtest", BacktestSettings)
    assert (settings.k, settings.capacities) == (0, (50, 200))
    score = read_section(chicago, "score", ScoreConfig)
    assert "- dup" in score.evidence.duplicate_marks
    assert score.exposure.counts_after_first_inspection


def test_no_default_is_a_word_of_chicago_s() -> None:
    defaults = str(ScoreConfig().to_mapping()).casefold()
    words = ("poison", "sfp", "canvas", "licen", "re-insp", "- dup")
    assert [word for word in words if f"'{word}'" in defaults] == []
