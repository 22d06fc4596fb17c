"""Let the stand-ins for plans be asked as the real office is: by services."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

SERVICES: dict[str, dict[str, str]] = {
    "plans": {
        "make": "make_plan",
        "get": "plan",
        "all": "plans",
        "of_week": "plan_of_week",
        "versions": "plan_versions",
        "publish": "publish_plan",
        "cancel": "cancel_plan",
        "people": "plan_people",
    },
    "plan_edits": {
        "move_stop": "move_stop",
        "remove_stop": "remove_stop",
        "add_stop": "add_stop",
        "lock_stops": "lock_stops",
        "replan": "replan",
        "undo": "undo_plan_change",
    },
    "teams": {"all": "teams", "save": "save_team", "remove": "remove_team"},
    "team_routes": {"my_patrol": "my_patrol", "sheets": "team_sheets"},
    "plan_evaluation": {"evaluate": "evaluate_plan"},
    "campaigns": {"summary": "campaign_summary"},
}
"""Service of the real office: its methods, and what the stand-in calls each."""


class Composed:
    """A stand-in behind services of the real office, and that office's own for all others.

    Parameters
    ----------
    flat
        Answers the methods of SERVICES that it has; of a service with any, nothing else is asked.
    base
        The office behind; None where nothing else is asked.
    """

    def __init__(self, flat: Any, base: Any = None) -> None:
        self.flat, self._base = flat, base
        for service, methods in SERVICES.items():
            answered = {
                new: getattr(flat, old) for new, old in methods.items() if hasattr(flat, old)
            }
            if answered:
                setattr(self, service, SimpleNamespace(**answered))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.flat if hasattr(self.flat, name) else self._base, name)
