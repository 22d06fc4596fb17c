"""Kept answers come back until they are forgotten, stale or crowded out."""

from __future__ import annotations

import pytest

from dashboard.maps.layer_cache import (
    Kept,
    LayerChoice,
    atlas_layer,
    forget_layers,
    layer_payload,
)


def test_an_answer_is_made_once() -> None:
    kept: Kept[int] = Kept(2)
    made = iter([1, 2])
    assert [kept.get("a", lambda: next(made)) for _ in range(3)] == [1, 1, 1]


def test_the_answer_unused_for_longest_goes_first() -> None:
    kept: Kept[str] = Kept(2)
    for key in ("a", "b", "a", "c"):
        kept.get(key, lambda key=key: key)
    assert kept.get("a", lambda: "new") == "a"
    assert kept.get("b", lambda: "new") == "new"


def test_a_stale_answer_is_made_again() -> None:
    now = [0.0]
    kept: Kept[int] = Kept(2, seconds=10, clock=lambda: now[0])
    made = iter([1, 2])
    assert kept.get("a", lambda: next(made)) == 1
    now[0] = 10.0
    assert kept.get("a", lambda: next(made)) == 2


@pytest.mark.usefixtures("served_city")
def test_a_layer_is_asked_for_once_until_it_is_forgotten(newest: str) -> None:
    choice = LayerChoice("grid", newest)
    first = atlas_layer(choice)
    assert atlas_layer(choice) is first
    payload = layer_payload(choice)
    assert layer_payload(choice) is payload
    forget_layers()
    assert atlas_layer(choice) is not first
    assert layer_payload(choice) == payload
