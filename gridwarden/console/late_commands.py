"""Commands by name, each imported with its module when it is first asked for."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import typer
from typer.main import get_group

from geo.garbage import no_collection

_registered: dict[str, typer.Typer] = {}
"""Module → what its commands are registered on."""


def registered_by(module: str) -> typer.Typer:
    """Return what the commands of a module are registered on."""
    return _registered.setdefault(module, typer.Typer(rich_markup_mode=None))


@cache
def commands_of(module: str) -> Mapping[str, Any]:
    """Import a module and return its commands by name."""
    with no_collection():
        import_module(module)
        return get_group(registered_by(module)).commands


class LateCommands(Mapping[str, Any]):
    """The commands of several modules, in order.

    ``modules``: the names of its commands, by module.
    """

    def __init__(self, modules: Mapping[str, Sequence[str]]) -> None:
        self._modules = {name: module for module, names in modules.items() for name in names}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 -- typer keeps its command class to itself
        """Return a command."""
        return commands_of(self._modules[name])[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self._modules)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._modules)
