"""Which version of the program makes backups and serves."""

from importlib.metadata import PackageNotFoundError, version


def program_version() -> str:
    """Return the version; ``not installed`` where the program runs from a folder of its source."""
    try:
        return version("gridwarden")
    except PackageNotFoundError:
        return "not installed"
