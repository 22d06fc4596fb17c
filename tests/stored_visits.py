"""Rows of visits as the store keeps them."""

from datetime import datetime
from typing import Any

NOON = datetime(2026, 11, 24, 12, 0)  # noqa: DTZ001 -- as the store keeps times


def visit_version(visit_id: str = "V1", number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return a version of a visit that found nothing, with some columns changed."""
    return {
        "visit_id": visit_id, "version": number, "key": f"{visit_id}-{number}", "withdrawn": False,
        "recorded_at": NOON, "recorded_by": "wang", "person_id": None, "building_id": "B1",
        "unit": "", "at": NOON, "result": "未发现异常", "signs": [], "pupils": None,
        "teachers": None, "note": "", "next_step": "none", "retry_at": None, "origin": "own",
        "kind": "日查", "minutes": None,
    } | changes  # fmt: skip
