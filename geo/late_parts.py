"""Parts of an object that are imported and built when they are first asked for.

The object's class annotates each part with module and class, as text; it imports the modules for
the checker of types alone. So whoever uses few parts waits for few imports.
"""

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from typing import Any, TypeVar

from geo.garbage import no_collection

Owner = TypeVar("Owner")
Build = Callable[[Any, type[Any]], object]
"""Builds a part for its owner, given the class of the part."""


class LatePart(cached_property[Any]):
    """A part that is imported and built when it is first asked for.

    ``path``: its module and class, with dots.
    """

    def __init__(self, path: str, build: Build) -> None:
        super().__init__(lambda owner: build(owner, self.kind))
        self.module, _, self._class = path.rpartition(".")

    @property
    def kind(self) -> type[Any]:
        """The class of the part."""
        with no_collection():
            kind: type[Any] = getattr(import_module(self.module), self._class)
        return kind


def late_parts(build: Build) -> Callable[[type[Owner]], type[Owner]]:
    """Make every annotation of a class a late part, which ``build`` builds."""

    def replace(owner: type[Owner]) -> type[Owner]:
        for name, path in owner.__annotations__.items():
            part = LatePart(path, build)
            part.__set_name__(owner, name)
            setattr(owner, name, part)
        owner.__annotations__ = {}
        return owner

    return replace


def part_modules(owner: type) -> tuple[str, ...]:
    """Name the modules of a class's late parts: what a server imports before anybody waits."""
    return tuple(part.module for part in vars(owner).values() if isinstance(part, LatePart))
