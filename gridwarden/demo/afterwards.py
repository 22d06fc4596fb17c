"""What of the demonstration is made while people look at its pages: earlier scores, evaluation."""

import atexit
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Final

from governance.access.permissions import Actor
from governance.office import Office
from governance.scores.evaluation import DEFAULT_HORIZON, Progress
from risk.evaluation.targets.geography import BUILDING
from risk.evaluation.targets.questions import FOUND, INSPECTED

FIRST_PAGES_S: Final = 15.0
"""Until then the server has the machine for itself."""


def score_earlier_in_background(folder: Path, *, buildings: int, seed: int) -> Thread:
    """Have a process of its own make the scores of earlier months, and pages say so meanwhile.

    What is not finished when the server ends is made with the next.
    """
    from dashboard.runtime import background_tasks

    command = (sys.executable, "-m", "gridwarden", "-w", str(folder), "demo", "--no-serve")
    city = ("--buildings", str(buildings), "--seed", str(seed))

    def work() -> None:
        time.sleep(FIRST_PAGES_S)
        with subprocess.Popen((*command, *city), stdout=subprocess.DEVNULL) as scoring:  # noqa: S603 -- ours
            atexit.register(scoring.terminate)
            scoring.wait()
            atexit.unregister(scoring.terminate)
        background_tasks.earlier_scores.clear()

    background_tasks.earlier_scores.set()
    thread = Thread(target=work, name="earlier scores", daemon=True)
    thread.start()
    return thread


def evaluate_in_background(
    office: Office, actor: Actor, *, after: Thread | None = None, after_s: float = FIRST_PAGES_S
) -> bool:
    """Begin what the evaluation page shows first, unless there is an answer; say whether it began.

    The page shows how far it is, and anybody who may evaluate can stop it. What is not finished
    when the server ends begins anew with the next. Where something else is made first, it waits.
    """
    from dashboard.views.evaluation.question import panel

    if office.evaluation.latest(actor) is not None:
        return False

    def work(tell: Progress) -> object:
        tell("read", 0, 1)
        if after is None:
            time.sleep(after_s)
        else:
            after.join()
        return office.evaluation.evaluate(
            actor, event=FOUND, unit=BUILDING, among=INSPECTED, horizon=DEFAULT_HORIZON,
            progress=tell,
        )  # fmt: skip

    return panel.runner.start(actor.id, work) is not None
