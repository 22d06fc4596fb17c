"""By what a building was somebody's to visit that is no longer theirs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from data.store.repositories.patrols.earlier_stops import EarlierStop
from governance.access.permissions import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRight:
    """A right to visit a building at an earlier time; ``facts`` say in the audit log by what."""

    stop: EarlierStop | None = None
    """The stop of the plan as it was published then; None where it was theirs by duty."""
    facts: Mapping[str, Any] = field(default_factory=dict)


FindEarlier: TypeAlias = Callable[[Actor, str, datetime], EarlierRight | None]
"""Finds the right that an actor had to a building at a local time, in the office's own records."""
