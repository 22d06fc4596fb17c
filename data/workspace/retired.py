"""Settings that no longer mean anything: ignored, and named, so that an old file still works."""

from collections.abc import Mapping
from typing import Any, Final

RETIRED: Final[Mapping[str, frozenset[str]]] = {
    "score": frozenset(
        {
            *("horizon_days", "season", "interval_events", "learning"),
            *("base_rate", "base_rate_events", "base_rate_window_days"),
            "caps.unvisited_days",
            *("weights.unvisited", "weights.visits_other"),
            *("weights.history_unit", "weights.history_operator", "weights.history_building"),
            *("weights.history_kind", "weights.history_ring", "weights.history_area"),
            "weights.history_grid",
            *("model.reach_penalties", "model.reach_half_life_days", "model.due_knots_days"),
            *("model.least_windows", "model.least_events", "model.targets"),
            "model.evening_from_hour",
        }
    ),
    "monitoring": frozenset({"sources", "reporting.found", "time.evening_hour"}),
}
"""By section the dotted names of settings, or of whole tables, of earlier versions."""


def find_retired(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """List the dotted names of the retired settings that a parsed file gives, in their order."""
    return tuple(
        f"{section}.{key}"
        for section, table in raw.items()
        for key in _given(table)
        if key in RETIRED.get(section, ())
    )


def without_retired(section: str, table: Any) -> Any:  # noqa: ANN401 -- whatever a file says
    """Return what a file says of a section without its retired settings."""
    retired = RETIRED.get(section, frozenset())
    return _without(table, retired, "") if retired else table


def _given(table: Any, path: str = "") -> list[str]:  # noqa: ANN401 -- as above
    """List the dotted names of the settings and tables of a section."""
    if not isinstance(table, Mapping):
        return []
    names = []
    for key, value in table.items():
        names += [path + key, *_given(value, f"{path}{key}.")]
    return names


def _without(table: Any, retired: frozenset[str], path: str) -> Any:  # noqa: ANN401 -- as above
    if not isinstance(table, Mapping):
        return table
    kept = {key: value for key, value in table.items() if path + key not in retired}
    return {key: _without(value, retired, f"{path}{key}.") for key, value in kept.items()}
