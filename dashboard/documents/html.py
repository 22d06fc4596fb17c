"""Pages of HTML from templates; whatever is filled in is escaped."""

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates"), encoding="utf-8"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, /, **facts: object) -> str:
    """Return a page or a piece of one, filled with facts as plain text."""
    return TEMPLATES.get_template(template).render(facts)
