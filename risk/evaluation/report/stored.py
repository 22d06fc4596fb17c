"""Evaluations that earlier versions stored, in today's names and with today's figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from risk.evaluation.methods.registry import VISIT_MODEL, WITHOUT_AREA
from risk.evaluation.report.overstatement import of_top_tenth

RENAMED: Final = {"scorecard": VISIT_MODEL, "scorecard_no_area": WITHOUT_AREA}
"""The methods' names before they said that they are not the map's score."""


def upgrade(content: Mapping[str, Any]) -> dict[str, Any]:
    """Bring a stored evaluation, or a file written by ``backtest --json``, up to date.

    ``content``: an object with ``runs``, ``summary`` and ``absent``; whatever else it holds is
    kept.

    The result: the same with methods under the names of `risk.evaluation.methods.registry.METHODS`,
    and with ``top_tenth`` in each line of the summary. Up-to-date content comes back equal.
    """
    return {
        **content,
        "runs": [{**run, "method": _name(run["method"])} for run in content["runs"]],
        "summary": [_line(line) for line in content["summary"]],
        "absent": [_name(name) for name in content["absent"]],
    }


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "top_tenth": of_top_tenth(line.get("calibration") or []),
        **line,
        "method": _name(line["method"]),
        "differences": {_name(name): gap for name, gap in line["differences"].items()},
    }


def _name(method: str) -> str:
    return RENAMED.get(method, method)
