"""What runs in one process of an office: ``python -m gridwarden.processes.office_process``."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from geo.errors import GridwardenError
from governance.access.permissions import local_owner
from gridwarden.compose import open_office, place_in, serve_dashboard


def main(arguments: Sequence[str]) -> None:
    """Serve one office on a socket until told to end, or let it tell its figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--installation", type=Path)
    parser.add_argument("--office", default="")
    parser.add_argument("--figures", action="store_true")
    parser.add_argument("folder", type=Path)
    parser.add_argument("socket", type=Path, nargs="?")
    options = parser.parse_args(arguments)
    place = place_in(options.installation, options.office) if options.installation else None
    if options.figures:
        with closing(open_office(options.folder, place=place)) as office:
            office.roll_ups.tell(local_owner(), anyway=True)
        return
    threading.Thread(target=_end_with_standard_input, daemon=True).start()
    serve_dashboard(
        open_office(options.folder, place=place), options.folder,
        host=place.host if place else "", socket=options.socket,
    )  # fmt: skip


def _end_with_standard_input() -> None:
    """End when who started this process is gone, and its end of the pipe with it."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except GridwardenError as error:
        sys.exit(str(error))
