"""Figures in the form that Prometheus reads; every label comes from a list of ours.

Processes of one office that were started with a folder for their counts keep them there: whichever
of them is asked tells the sums.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from dashboard.runtime import context
from data.integrity.backup.program import program_version
from governance.security.operations import ServerFigures

BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})


COUNTS_FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable by which prometheus-client finds the folder, when it is imported."""


class RequestFigures:
    """Counts of requests since the server started.

    Memory and processor time are told where one process serves alone.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        together = COUNTS_FOLDER in os.environ
        registry = None if together else self.registry
        self._requests = Counter(
            "gridwarden_requests", "Requests answered.", ("route", "method", "status"),
            registry=registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "gridwarden_request_seconds", "Until a request was answered.", ("route",),
            buckets=BUCKETS_S, registry=registry,
        )  # fmt: skip
        self.connections = Gauge(
            "gridwarden_connections", "Pages that are open in a browser.",
            registry=registry, multiprocess_mode="livesum",
        )  # fmt: skip
        build = Gauge(
            "gridwarden_build", "Processes of the program.", ("version",),
            registry=registry, multiprocess_mode="livesum",
        )  # fmt: skip
        build.labels(program_version()).set(1)
        (MultiProcessCollector if together else ProcessCollector)(registry=self.registry)
        self.registry.register(_OfficeFigures())

    def note(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self.registry)


class _OfficeFigures(Collector):
    """What the office counts, asked for at each reading."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Name nothing beforehand: that would ask the store while the program starts."""
        yield from ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield what the office counts now."""
        yield from _families(context.office().operations.figures())


def _families(figures: ServerFigures) -> Iterator[GaugeMetricFamily]:
    single = {
        ("store_seconds", "Until the store answered."): figures.store_seconds,
        ("active_people", "People who are signed in and active."): figures.active_people,
        ("imports", "Imports in the lake."): figures.imports,
    }
    for (name, text), value in single.items():
        yield GaugeMetricFamily(f"gridwarden_{name}", text, value=value)
    labelled: dict[tuple[str, str, str], Mapping[str, float]] = {
        ("waiting", "How many wait.", "queue"): figures.waiting,
        ("oldest_seconds", "Age of the oldest that waits.", "queue"): figures.oldest,
        ("age_seconds", "Age of the newest of a kind.", "kind"): figures.ages,
    }
    for (name, text, label), values in labelled.items():
        family = GaugeMetricFamily(f"gridwarden_{name}", text, labels=[label])
        for each, value in values.items():
            family.add_metric([each], value)
        yield family


requests = RequestFigures()
"""Those of this process."""
