"""What the server writes to its log: facts that we chose, and nothing that somebody typed.

Texts of other packages may quote a query, a row, a path, so of their records only where they came
from is written, and of an exception its kind and its frames.
"""

import json
import logging
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Any, Final

OURS: Final = "gridwarden"
FACTS: Final = "gridwarden_facts"
"""Attribute of a record with what is to be written of it."""
_MOST_FRAMES: Final = 30


class FactsFormatter(logging.Formatter):
    """Write one line for each record: a JSON object, or ``name=value`` for people."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self.converter = time.gmtime
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        facts = {
            "at": f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            **_facts_of(record),
        }
        if self._as_json:
            return json.dumps(facts, ensure_ascii=False, default=str)
        return " ".join(f"{name}={_plain(value)}" for name, value in facts.items())


def log_event(event: str, /, *, level: int = logging.INFO, **facts: object) -> None:
    """Write an event of ours with its facts, which must be about nobody.

    ``event``: what happened, such as ``request``; the name of the logger below ours.
    """
    logging.getLogger(f"{OURS}.{event}").log(level, event, extra={FACTS: facts})


def write_logs(*, as_json: bool) -> None:
    """Let every logger of this process write so, those of Streamlit and uvicorn as well."""
    import streamlit.logger

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(FactsFormatter(as_json=as_json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(OURS).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    # Streamlit gives each logger a handler of its own, also to those that come later
    streamlit.logger.setup_formatter = _hand_on
    streamlit.logger.update_formatter()
    take_over_uvicorn()


def take_over_uvicorn() -> None:
    """Let uvicorn's loggers hand on, too; once more after it began, which gives them handlers.

    Of what it says only warnings and worse are written: a request has its line from us.
    """
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.NOTSET)
        _hand_on(logger)


def _hand_on(logger: logging.Logger) -> None:
    logger.handlers.clear()
    logger.propagate = True


def _facts_of(record: logging.LogRecord) -> dict[str, Any]:
    chosen = getattr(record, FACTS, None)
    facts: dict[str, Any] = dict(chosen) if isinstance(chosen, Mapping) else {
        "where": f"{record.module}:{record.lineno}"
    }  # fmt: skip
    if record.exc_info and record.exc_info[0] is not None:
        frames = traceback.extract_tb(record.exc_info[2])[-_MOST_FRAMES:]
        facts["exception"] = record.exc_info[0].__name__
        facts["frames"] = [f"{_short(frame.filename)}:{frame.lineno}" for frame in frames]
    return facts


def _short(path: str) -> str:
    """Return the end of a path, without the folders of this machine."""
    return "/".join(path.replace("\\", "/").split("/")[-3:])


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)
