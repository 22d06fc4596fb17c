"""Layers of the map are asked for once, until something changes."""

import pytest

from dashboard.maps.layer_cache import LayerChoice, forget_layers, layer_payload, map_layer


@pytest.mark.usefixtures("served_city")
def test_a_layer_is_asked_for_once_until_it_is_forgotten(newest: str) -> None:
    choice = LayerChoice("grid", newest)
    first = map_layer(choice)
    assert map_layer(choice) is first
    payload = layer_payload(choice)
    assert layer_payload(choice) is payload
    forget_layers()
    assert map_layer(choice) is not first
    assert layer_payload(choice) == payload
