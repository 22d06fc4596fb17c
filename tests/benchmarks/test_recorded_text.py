"""Rules of the recordings: what a run draws is hidden, what the product says is not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.behaviour.recorded_text import Normaliser, compare

BEGUN = datetime(2026, 11, 28, 4, 0, tzinfo=UTC)


@pytest.fixture
def normaliser() -> Normaliser:
    return Normaliser(BEGUN, {"/somewhere/run1": "<work>"})


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("20261128T123708-2ec51b", "<import>"),
        ("20260830-0a7bed0d12e5 of /somewhere/run1/out.csv", "20260830-<random> of <work>/out.csv"),
        ('"seconds": 3.483', '"seconds": "<seconds>"'),
        (r'"{\"seconds\": 3.4}"', r'"{\"seconds\": \"<seconds>\"}"'),
        ("received 2026-11-27 08:15, scored 871.2", "received 2026-11-27 08:15, scored 871.2"),
    ],
)
def test_only_what_a_run_draws_is_hidden(normaliser: Normaliser, said: str, told: str) -> None:
    assert normaliser.text(said) == told


def test_moments_of_the_run_are_hidden_in_both_zones(normaliser: Normaliser) -> None:
    now = datetime.now(tz=UTC)
    normaliser = Normaliser(now - timedelta(minutes=5))
    for zone in (0, 8):
        assert normaliser.text(f"{now + timedelta(hours=zone):%Y-%m-%dT%H:%M:%S}") == "<now>"


def test_a_changed_cell_changes_the_summary_of_a_table(normaliser: Normaliser) -> None:
    table = pd.DataFrame({"unit": ["B1"] * 40, "score": [1.0] * 40})
    other = table.assign(score=[1.0] * 39 + [2.0])
    assert normaliser.summary(table)["columns"] == ["unit", "score"]
    assert normaliser.summary(table)["rows"] == 40
    assert normaliser.summary(table) != normaliser.summary(other)


def test_a_file_is_known_by_its_rows_whatever_their_order(normaliser: Normaliser) -> None:
    assert normaliser.file(b"unit,at\n1,a\n2,b\n") == normaliser.file(b"unit,at\n2,b\n1,a\n")
    assert normaliser.file(b"unit,at\n1,a\n2,b\n") != normaliser.file(b"unit,at\n1,b\n2,a\n")


def test_lists_are_cut_but_never_silently(normaliser: Normaliser) -> None:
    long = list(range(1000))
    assert len(normaliser.json(long)) < 1000
    assert normaliser.json(long) != normaliser.json([*long[:-1], -1])


def test_comparing_names_what_is_missing_and_what_differs(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder, name, text in (
        (before, "gone.txt", "a"), (before, "same.txt", "b"), (after, "same.txt", "b"),
        (before, "publish_plan.json", "c"), (after, "plans.publish.json", "d"),
    ):  # fmt: skip
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    reports = list(compare(before, after, names={"plans.publish": "publish_plan"}))
    assert reports == ["only before: gone.txt", "differs: publish_plan.json\n@@ -1 +1 @@\n-c\n+d"]
