"""The examples in the documentation of geo are true."""

import doctest
import importlib
import pkgutil

import pytest

import geo

MODULES = [info.name for info in pkgutil.iter_modules(geo.__path__, "geo.") if not info.ispkg]


@pytest.mark.parametrize("name", MODULES)
def test_every_example_gives_what_it_says(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
