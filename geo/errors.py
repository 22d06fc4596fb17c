"""The one base of every failure that Gridwarden anticipates."""

from typing import Any


class GridwardenError(Exception):
    """Carry an anticipated failure as a code and its facts.

    The code finds the user's wording in the translation catalogue, which fills in the facts.
    ``str()`` gives a plain English sentence for logs, scripts and developers. Modules derive
    their own class for each failure that a caller may want to tell apart.

    ``code``: stable snake_case name of the failure, e.g. ``unknown_datum``.
    ``**facts``: what the wording needs. By custom ``seen`` is the offending value, ``expected``
    what would have been right and ``what_to_do`` the next step; anything else is named as the
    reader would name it. Values are kept as given, so they should be printable.

    Examples
    --------
    >>> str(GridwardenError("unknown_datum", seen="wgs85", expected="wgs84, gcj02 or bd09"))
    "Unknown datum: seen 'wgs85'; expected wgs84, gcj02 or bd09."
    """

    def __init__(self, code: str, **facts: Any) -> None:  # noqa: ANN401 -- facts are of any kind
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        """Say the failure in one plain English sentence."""
        facts = dict(self.facts)
        what_to_do = facts.pop("what_to_do", None)
        parts = [_clause(name, value) for name, value in facts.items() if value is not None]
        sentence = self.code.replace("_", " ").capitalize()
        sentence += f": {'; '.join(parts)}." if parts else "."
        return f"{sentence} {what_to_do}" if what_to_do else sentence

    def __repr__(self) -> str:
        """Show the class, the code and the facts."""
        facts = "".join(f", {name}={value!r}" for name, value in self.facts.items())
        return f"{type(self).__name__}({self.code!r}{facts})"


def _clause(name: str, value: object) -> str:
    words = name.replace("_", " ")
    if name == "expected":
        return f"{words} {value}"
    if isinstance(value, list | tuple | set | frozenset):
        return f"{words} {', '.join(str(item) for item in value)}"
    return f"{words} {value!r}"
