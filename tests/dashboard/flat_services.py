"""Let the stand-in for visits be asked as the real office is: by services."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

SERVICES: dict[str, dict[str, str]] = {
    "visits": {
        "record_many": "record_visits",
        "propose_next": "propose_next",
        "undo": "undo_visit",
    },
    "worklist": {
        "my_buildings": "my_buildings",
        "building": "building_for_warden",
    },
    "photos": {"attach": "attach_photo"},
    "team_routes": {"my_patrol": "my_patrol"},
    "sessions": {
        "session": "session_of_token",
        "actor": "actor_of_token",
    },
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
