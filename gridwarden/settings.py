"""Settings from environment variables; the only module that reads them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

WORKSPACE_VARIABLE = "GRIDWARDEN_WORKSPACE"
LANGUAGE_VARIABLE = "GRIDWARDEN_LANGUAGE"
PASSWORD_VARIABLE = "GRIDWARDEN_PASSWORD"  # noqa: S105 -- the name of the variable
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8501


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of one process.

    Parameters
    ----------
    workspace
        Folder of the workspace, or None where none was named.
    language
        ``zh`` or ``en``, for messages on a terminal.
    password
        Of who acts by ``--as``, or None: asked on the terminal.
    """

    workspace: Path | None
    language: str
    password: str | None = None


def read_settings() -> Settings:
    """Read the settings of this process from its environment."""
    named = os.environ.get(WORKSPACE_VARIABLE)
    return Settings(
        workspace=Path(named) if named else None,
        language=_language(),
        password=os.environ.get(PASSWORD_VARIABLE),
    )


def _language() -> str:
    names = (LANGUAGE_VARIABLE, "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((value for name in names if (value := os.environ.get(name))), "")
    return "zh" if chosen.lower().startswith("zh") else "en"
