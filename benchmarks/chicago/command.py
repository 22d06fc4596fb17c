"""Run the command line of the product with Chicago's way of writing addresses.

    python -m benchmarks.chicago.command -w chicago serve

Takes the arguments of ``python -m gridwarden``.
"""

from benchmarks.chicago.western_dialect import WesternDialect
from geo.addresses.dialect import use_dialect
from gridwarden.cli import app

if __name__ == "__main__":
    use_dialect(WesternDialect())
    app(prog_name="gridwarden")
