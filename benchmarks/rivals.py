"""What benchmarks measure beside ours and the project's environment does not have.

It is installed apart, as the file of each benchmark says, under an interpreter that is named in
RIVALS_PYTHON.
"""

import os
import subprocess
import sys
from pathlib import Path

RIVALS_PYTHON = os.environ.get("RIVALS_PYTHON", sys.executable)


def is_there(
    rival: str, program: str, *, python: str = RIVALS_PYTHON, within: Path | None = None
) -> bool:
    """Say whether a rival can run; print why not.

    ``program``: imports what it needs. ``within``: the folder in which it runs.
    """
    command = [python, "-c", program]
    done = subprocess.run(command, check=False, capture_output=True, cwd=within)  # noqa: S603 -- a fixed text
    if done.returncode:
        print(f"{rival}: NOT RUN, it is not installed; see the top of the benchmark's file")
    return not done.returncode
