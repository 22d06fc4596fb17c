"""Settings from environment variables; the only module that reads them."""

import os
from pathlib import Path

WORKSPACE_VARIABLE = "GRIDWARDEN_WORKSPACE"
LANGUAGE_VARIABLE = "GRIDWARDEN_LANGUAGE"
PASSWORD_VARIABLE = "GRIDWARDEN_PASSWORD"  # noqa: S105 -- the name of the variable
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8501


def workspace() -> Path | None:
    """Return the folder of the workspace, or None where none is named."""
    named = os.environ.get(WORKSPACE_VARIABLE)
    return Path(named) if named else None


def language() -> str:
    """Return ``zh`` or ``en``, for messages on a terminal."""
    names = (LANGUAGE_VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((value for name in names if (value := os.environ.get(name))), "")
    return "zh" if chosen.lower().startswith("zh") else "en"


def password() -> str | None:
    """Return the password of who acts by ``--as``, or None: it is asked on the terminal."""
    return os.environ.get(PASSWORD_VARIABLE)
