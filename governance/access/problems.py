"""Something wrong with what was asked, told together with everything else that is wrong."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InputProblem:
    """Something wrong with a plan, a team or a visit as it was asked for.

    ``seen``, ``expected``: the value, and what would do.
    """

    code: str
    """For the wording (``plan_problem.<code>``, ``visit_problem.<code>``)."""
    field: str
    seen: str = ""
    expected: str = ""

    def __str__(self) -> str:
        """Say it in one English line."""
        expected = f"; expected {self.expected}" if self.expected else ""
        return f"{self.field}: {self.code.replace('_', ' ')} ({self.seen}){expected}"
