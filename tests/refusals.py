"""What a refusal says: its code, and those of its facts that a test names."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from geo.errors import GridwardenError


@contextmanager
def refused_as(code: str, **facts: object) -> Iterator[None]:
    """Demand that the block is refused with a code, and with these among its facts."""
    with pytest.raises(GridwardenError) as caught:
        yield
    seen = {name: caught.value.facts.get(name) for name in facts}
    assert (caught.value.code, seen) == (code, facts)
