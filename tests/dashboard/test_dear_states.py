"""What stands in for a service is asked as the service is."""

from __future__ import annotations

import inspect
from typing import Any

import dear_states
import pytest
from fake_visits import VisitAnswers
from flat_services import SERVICES

from governance.office import Office
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


def test_made_up_visits_take_what_the_services_take(empty_office: Office) -> None:
    made = VisitAnswers()
    answered = [(service, new, old) for service, methods in SERVICES.items()
                for new, old in methods.items() if hasattr(made, old)]  # fmt: skip
    assert len(answered) > 5
    for service, new, old in answered:
        real = getattr(getattr(empty_office, service), new)
        assert parameters(getattr(made, old)) == parameters(real), f"{service}.{new}"


def test_every_class_that_stands_in_is_compared() -> None:
    made_here = {each for each in vars(dear_states).values()
                 if inspect.isclass(each) and each.__module__ == dear_states.__name__}  # fmt: skip
    assert made_here == set(REAL)
