"""Evaluations that earlier versions stored, in today's names and with today's figures."""

from collections.abc import Mapping
from typing import Any, Final

from risk.evaluation.report.overstatement import of_top_tenth

RENAMED: Final = {"scorecard": "visit_model", "scorecard_no_area": "visit_model_no_area"}
"""The first names of methods of earlier models, which are shown beside none of today's."""


def upgrade(content: Mapping[str, Any]) -> dict[str, Any]:
    """Bring a stored evaluation, or a file written by ``backtest --json``, up to date.

    ``content``: an object with ``runs`` and ``summary``; whatever else it holds is kept, but for
    ``absent``, the methods that could not run when some needed a package of their own.

    The result: the same with methods under their last names (``map_score``, ``visit_model`` and
    ``visit_model_no_area`` for those of earlier models) and with ``top_tenth`` and ``k`` in each
    line of the summary. Up-to-date content comes back equal.
    """
    return {
        **{name: value for name, value in content.items() if name != "absent"},
        "runs": [{**run, "method": _name(run["method"])} for run in content["runs"]],
        "summary": [_line(line, k=content.get("k")) for line in content["summary"]],
    }


def _line(line: Mapping[str, Any], *, k: int | None) -> dict[str, Any]:
    return {
        "k": k,
        "top_tenth": of_top_tenth(line.get("calibration") or []),
        **line,
        "method": _name(line["method"]),
        "differences": {_name(name): gap for name, gap in line["differences"].items()},
    }


def _name(method: str) -> str:
    return RENAMED.get(method, method)
