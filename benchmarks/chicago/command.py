"""Run the command line of the product with Chicago's way of writing addresses.

    python benchmarks/chicago/command.py -w chicago serve

Takes the arguments of ``python -m gridwarden``.
"""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER.parents[1]), str(FOLDER)]

from western_dialect import WesternDialect  # noqa: E402 -- found by the path above

from geo.addresses.dialect import use_dialect  # noqa: E402
from gridwarden.cli import app  # noqa: E402

if __name__ == "__main__":
    use_dialect(WesternDialect())
    app(prog_name="gridwarden")
