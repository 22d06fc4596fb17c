"""Run the command line with ``python -m gridwarden``."""

from gridwarden.cli import app

if __name__ == "__main__":
    app(prog_name="gridwarden")
