"""The notebooks: kept as plain text that can be compared, and run from end to end on small data."""

import ast
import json
import re
import runpy
import sys
import tempfile
from pathlib import Path
from typing import Any

import altair as alt
import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SMALL = {
    "01_from_one_row_to_one_number": "FILES, BUILDINGS = 7, 60",
    "02_does_it_beat_counting": (
        "SMALL, SMALL_BUILDINGS, SMALL_WINDOWS = True, 500, 2\n"
        "SMALL_ORIGINS = '2025-07-01:2025-09-01:2mo'"
    ),
    "03_the_feedback_loop": "RUNS = 300",
    "04_hotspots": "SHUFFLES, PERMUTATIONS = 30, 199",
    "05_who_looks_where": "SMALL = True",
}
"""What each notebook is told here, so that it takes seconds: its own checks hold all the same."""
HEADLINES = 2

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> dict[str, Any]:
    """Return a notebook as the JSON it is."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def sources(path: Path, kind: str) -> list[str]:
    """Return the texts of all cells of a kind."""
    return ["".join(cell["source"]) for cell in read(path)["cells"] if cell["cell_type"] == kind]


def test_there_are_the_five_notebooks_of_the_plan() -> None:
    assert [path.name[:3] for path in NOTEBOOKS] == ["01_", "02_", "03_", "04_", "05_"]


@every_notebook
def test_a_notebook_is_kept_without_outputs_counts_or_machine_facts(path: Path) -> None:
    notebook = read(path)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert notebook["metadata"]["language_info"] == {"name": "python"}
    for cell in notebook["cells"]:
        assert set(cell["metadata"]) <= {"tags"}
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@every_notebook
def test_a_notebook_is_written_in_one_way_so_that_versions_compare_line_by_line(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n"


@every_notebook
def test_each_cell_keeps_a_name_of_its_own(path: Path) -> None:
    names = [cell["id"] for cell in read(path)["cells"]]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in names)


@every_notebook
def test_a_notebook_opens_with_a_headline_in_chinese_and_one_in_english(path: Path) -> None:
    headlines = [
        line for line in sources(path, "markdown")[0].splitlines() if re.match(r"#{1,2} ", line)
    ]
    assert len(headlines) == HEADLINES
    assert re.search(r"[\u4e00-\u9fff]", headlines[0])
    assert re.search(r"[A-Za-z]{4}", headlines[1])


@every_notebook
def test_a_notebook_fetches_nothing_and_reads_no_environment(path: Path) -> None:
    code = "\n".join(sources(path, "code"))
    assert not re.search(r"https?://|environ|getenv|pip install|requests|urllib", code)


@every_notebook
def test_a_notebook_takes_its_rules_from_the_packages(path: Path) -> None:
    code = "\n".join(sources(path, "code"))
    assert re.search(r"^from (risk|simulation\.patrols)\.", code, flags=re.MULTILINE)


def as_program(source: str) -> str:
    """Return a cell as lines of a program, which draws what the last expression gives."""
    body = ast.parse(source).body
    if isinstance(last := body[-1], ast.Expr):
        last.value = ast.Call(ast.Name("draw", ast.Load()), [last.value], [])
    return ast.unparse(ast.Module(body, []))


def draw(shown: object) -> None:
    """Draw as Jupyter does."""
    drawn = getattr(shown, "_repr_mimebundle_", None) or getattr(shown, "_repr_html_", None)
    assert drawn is None or drawn()


@every_notebook
@pytest.mark.filterwarnings("default")
def test_a_notebook_runs_from_end_to_end_on_small_data(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process: a kernel of its own would load every library again."""
    monkeypatch.chdir(FOLDER)
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    cells = [cell for cell in read(path)["cells"] if cell["cell_type"] == "code"]
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    told = ["\n" + SMALL[path.stem] if cell in tagged else "" for cell in cells]
    lines = [
        as_program("".join(cell["source"]) + more) for cell, more in zip(cells, told, strict=True)
    ]
    program = tmp_path / "notebook.py"
    program.write_text("\n".join(lines), encoding="utf-8")
    with alt.renderers.enable():
        runpy.run_path(str(program), init_globals={"draw": draw}, run_name="__main__")
