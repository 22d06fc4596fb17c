"""Settings of where an office's data lies, and what sums it."""

import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from data.workspace.sections import section, wrong_setting

EngineKind = Literal["duckdb", "spark"]
_SECRET: Final = re.compile("secret|passw|token|key|credential|connection_string", re.IGNORECASE)
_SPARK_SECRET: Final = re.compile(
    r"secret|passw|token|(?:access|account|session|api|private)[._-]?key", re.IGNORECASE
)
_NO_VALUE_OF_ONE: Final = re.compile(r"(?:provider|file|path|enabled|regex)$", re.IGNORECASE)
"""Endings of Spark's names that tell where or how a secret is had, not the secret."""
_HIDDEN: Final = "…"


@section
class StoreSettings:
    """Where the store is: an SQLAlchemy URL, or empty for ``gridwarden.db`` in the folder."""

    url: str = ""


@section
class LakeSettings:
    """Where imported rows lie: an address of fsspec, or empty for ``lake`` in the folder."""

    path: str = ""
    """Such as ``s3://bucket/office``, or the absolute path of another folder."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What its driver is told, such as ``endpoint_url``. No secret: drivers read those from the
    environment or from files of their own.
    """

    def __post_init__(self) -> None:
        """Refuse what is no address, and secrets, which must not stand in a file of settings."""
        if self.path and "://" not in self.path and not Path(self.path).is_absolute():
            raise wrong_setting("lake_address", key="path")
        parts = urlsplit(self.path)
        if "://" in self.path and (parts.password is not None or parts.query):  # ?sig=… signs
            raise wrong_setting("no_secret", key="path", seen=_HIDDEN)
        secret = sorted(filter(_SECRET.search, self.options))
        if secret:
            raise wrong_setting("no_secret", key="options", seen=secret)


@section
class EngineSettings:
    """What sums the tables: DuckDB in this process, or a Spark that reads the same files."""

    kind: EngineKind = "duckdb"
    master: str = "local[*]"
    """Spark's address, such as ``local[4]`` or ``spark://host:7077``."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Settings of Spark's own, by their names. No secret: Spark reads those from the environment or
    from files of its own.
    """

    def __post_init__(self) -> None:
        """Refuse secrets, which must not stand in a file of settings."""
        named = (name for name in self.options if _SPARK_SECRET.search(name))
        if secret := sorted(name for name in named if not _NO_VALUE_OF_ONE.search(name)):
            raise wrong_setting("no_secret", key="options", seen=secret)
