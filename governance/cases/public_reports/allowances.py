"""How often something may be done: a leaky bucket, without a store."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """So many uses at once, and as many again evenly over each span.

    Within any span at most twice ``most`` uses are let through, in the long run ``most``.
    """

    most: int
    per: timedelta

    def left(self, used: float, *, since: datetime, at: datetime) -> float:
        """Return what is still used up at a time, of what was at an earlier one."""
        drained = self.most * max(at - since, timedelta()) / self.per
        return max(0.0, used - drained)

    def wait(self, used: float) -> timedelta | None:
        """Return how long to wait for one more use, None where it may be now."""
        over = used + 1 - self.most
        return self.per * (over / self.most) if over > 0 else None
