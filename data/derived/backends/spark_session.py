"""A Spark session as the settings name it; one for the whole process."""

import atexit
import os
import sys
from importlib.util import find_spec
from threading import Lock
from typing import Any, Final

import ibis

from data.workspace.sections import SettingsError
from data.workspace.storage_settings import EngineSettings

_DEFAULTS: Final = {
    "spark.app.name": "Gridwarden",
    "spark.sql.session.timeZone": "UTC",  # times of a workspace are local and know no zone
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",  # standard output belongs to the command
    "spark.log.level": "ERROR",
}


class SparkBackend:
    """Ibis's backend on a Spark session, opened when it is first asked, for every thread.

    ``settings``: its master, and options of Spark's own.
    ``session``: a pyspark ``SparkSession`` that runs already, instead of one by the settings.
    """

    def __init__(self, settings: EngineSettings, *, session: Any = None) -> None:  # noqa: ANN401 -- pyspark ships no types
        self._settings, self._session = settings, session
        self._backend: Any = None
        self._opening = Lock()

    def current(self) -> Any:  # noqa: ANN401 -- an Ibis backend
        """Return the backend.

        Raises `SettingsError`: ``spark_not_installed`` without pyspark; ``spark_unreachable`` when
        no session starts.
        """
        with self._opening:
            if self._backend is None:
                self._backend = ibis.pyspark.connect(self._session or start_spark(self._settings))
        return self._backend

    def close(self) -> None:
        """Leave the session to the process: other engines use it as well."""


def start_spark(settings: EngineSettings) -> Any:  # noqa: ANN401 -- a pyspark SparkSession
    """Return the session of this process, begun by the settings where there is none.

    Raises `SettingsError`: ``spark_not_installed`` without pyspark; ``spark_unreachable`` when no
    session starts.
    """
    if not find_spec("pyspark"):
        raise SettingsError(
            "spark_not_installed",
            setting="engine.kind",
            what_to_do="Install the extra: pip install gridwarden[spark]",
        )
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(settings.master)
    for name, value in (_DEFAULTS | dict(settings.options)).items():
        builder = builder.config(name, value)
    begun_before = SparkSession.getActiveSession() is not None
    try:
        session = builder.getOrCreate()
    except (PySparkException, OSError, RuntimeError) as error:
        raise SettingsError(
            "spark_unreachable", setting="engine.master", seen=settings.master
        ) from error
    if not begun_before:
        atexit.register(session.stop)  # or its workers are lost first and say so at length
    return session
