"""What stands in for a service is asked as the service is."""

from __future__ import annotations

import inspect
from typing import Any

import dear_states
import pytest

from governance.scores import evaluation, monitoring

REAL: dict[type, type] = {
    dear_states.EvaluationService: evaluation.EvaluationService,
    dear_states.MonitoringService: monitoring.MonitoringService,
}
METHODS = [
    (fake, name)
    for fake in REAL
    for name, method in vars(fake).items()
    if inspect.isfunction(method) and not name.startswith("_")
]


def parameters(method: Any) -> list[tuple[str, object, object]]:
    return [(each.name, each.kind, each.default)
            for each in inspect.signature(method).parameters.values()]  # fmt: skip


@pytest.mark.parametrize(
    ("fake", "name"), METHODS, ids=lambda each: getattr(each, "__name__", each)
)
def test_a_stand_in_takes_what_the_service_takes(fake: type, name: str) -> None:
    assert parameters(getattr(fake, name)) == parameters(getattr(REAL[fake], name))


def test_every_class_that_stands_in_is_compared() -> None:
    made_here = {each for each in vars(dear_states).values()
                 if inspect.isclass(each) and each.__module__ == dear_states.__name__}  # fmt: skip
    assert made_here == set(REAL)
