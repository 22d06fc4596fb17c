"""What was found wrong in a workspace."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that no longer holds: a code for the wording, where it is, and the facts."""

    code: str
    where: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it in one English line."""
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.items())
        return f"{self.where}: {self.code.replace('_', ' ')}" + (f" ({facts})" if facts else "")


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What was looked at, by kind, and everything that was wrong."""

    checked: dict[str, int]
    """Kind → how many things were looked at."""
    problems: tuple[Problem, ...]
    unchecked: dict[str, int] = field(default_factory=dict)
    """Kind → how many things carry nothing that they could be checked by; only kinds with any."""

    @property
    def sound(self) -> bool:
        """Whether nothing was wrong."""
        return not self.problems
