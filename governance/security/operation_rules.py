"""The ``[operations]`` section of ``gridwarden.toml``: logs, figures for monitoring, backups."""

from typing import Final, Literal

from data.workspace.sections import number, section

SECTION: Final = "operations"


@section
class OperationRules:
    """How the server is watched."""

    log_format: Literal["text", "json"] = "text"
    """``text`` for people, ``json`` for programs: one object a line."""
    metrics_token_file: str = ""
    """File of the workspace with a token of 32 characters or more, by which other machines may read
    ``/metrics``; empty where only this machine may.
    """
    backup_days: int = number(7, low=1, high=365)
    """Days after which `gridwarden doctor` misses a new backup."""
    free_gigabytes: float = number(5.0, high=100_000)
    """How much room the disk is to have left."""
