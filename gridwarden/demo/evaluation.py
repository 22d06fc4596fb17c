"""The demonstration's evaluation: half a minute of work, done while people look at its pages."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from governance.scores.evaluation import DEFAULT_HORIZON
from risk.evaluation.targets.geography import BUILDING
from risk.evaluation.targets.questions import FOUND, INSPECTED

if TYPE_CHECKING:
    from governance.access.permissions import Actor
    from governance.office import Office
    from governance.scores.evaluation import Progress

FIRST_PAGES_S: Final = 15.0
"""Until then the server has the machine for itself."""


def evaluate_in_background(office: Office, actor: Actor, *, after_s: float = FIRST_PAGES_S) -> bool:
    """Begin what the evaluation page shows first, unless there is an answer; say whether it began.

    The page shows how far it is, and anybody who may evaluate can stop it. What is not finished
    when the server ends begins anew with the next.
    """
    from dashboard.views.evaluation.question import panel

    if office.evaluation.latest(actor) is not None:
        return False

    def work(tell: Progress) -> object:
        tell("read", 0, 1)
        time.sleep(after_s)
        return office.evaluation.evaluate(
            actor, event=FOUND, unit=BUILDING, among=INSPECTED, horizon=DEFAULT_HORIZON,
            progress=tell,
        )  # fmt: skip

    return panel.bench.start(actor.id, work) is not None
