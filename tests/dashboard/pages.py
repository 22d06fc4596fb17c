"""What tests of pages share: a page run as Streamlit runs it, and what can be read from it."""

from pathlib import Path
from typing import Any

from patience import PATIENCE_S
from streamlit.testing.v1 import AppTest

import dashboard
from dashboard.ui import task_panel

vars(task_panel)["PATIENCE_S"] = PATIENCE_S  # a test looks at what a page says in the end
MAIN = Path(dashboard.__file__).with_name("main.py")
"""Matters only where something fails: a run ends by itself."""
_SCRIPT = """
from dashboard.ui import frame
from dashboard.views.{view} import page as view

page = frame.open_page()
if page is not None:
    view.show(page)
"""


def page_of(view: str, **query: str) -> AppTest:
    """Return the page of a folder of ``dashboard.views``, not yet run."""
    app = AppTest.from_string(_SCRIPT.format(view=view))
    for name, value in query.items():
        app.query_params[name] = value
    return app


def main_page() -> AppTest:
    """Return the program as it starts, not yet run."""
    return AppTest.from_file(str(MAIN))


def run(app: AppTest) -> AppTest:
    """Run a page once; nothing may be raised."""
    app.run(timeout=PATIENCE_S)
    assert [str(each.value) for each in app.exception] == []
    return app


def opened(view: str, **query: str) -> AppTest:
    """Open the page of a folder of ``dashboard.views``."""
    return run(page_of(view, **query))


def texts(app: AppTest) -> str:
    """Return everything that a page says in sentences."""
    parts = (app.title, app.header, app.subheader, app.markdown, app.caption, app.info,
             app.success, app.warning, app.error)  # fmt: skip
    return "\n".join(str(element.value) for part in parts for element in part)


def html(app: AppTest) -> str:
    """Return what a page draws as HTML of its own."""
    return "".join(element.proto.body for element in app.get("html"))


def labels(app: AppTest, kind: str) -> list[str]:
    """Return the labels of all elements of a kind, such as ``button``."""
    return [element.label for element in app.get(kind)]


def labelled(elements: Any, label: str) -> Any:
    """Return the first of some elements with a label."""
    return next(each for each in elements if each.label == label)


def press(app: AppTest, button: str) -> AppTest:
    """Press the button of a key or, where no key is such, of a label, and run the page."""
    found = next((b for b in app.button if b.key == button), None)
    (found or labelled(app.button, button)).click()
    return run(app)
