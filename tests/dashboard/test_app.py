"""The application starts as Streamlit expects it to."""

from pathlib import Path

import pytest
import streamlit.config
from streamlit.web.server.app_discovery import discover_asgi_app

from dashboard import app as dashboard_app
from dashboard.runtime import context
from dashboard.server import errors


def test_streamlit_recognises_the_application() -> None:
    found = discover_asgi_app(Path(dashboard_app.__file__))
    assert found.is_asgi_app
    assert found.app_name == "app"


def test_a_failure_of_a_route_is_said_by_the_one_handler() -> None:
    assert dashboard_app.app._exception_handlers == errors.HANDLERS


def test_every_server_option_exists() -> None:
    options = dashboard_app.server_options(host="127.0.0.1", port=8501)
    known = streamlit.config._config_options_template
    assert [name for name in options if name not in known] == []


def test_serving_without_an_office_is_refused() -> None:
    context.withdraw()
    with pytest.raises(context.NoOfficeError):
        dashboard_app.serve(port=0)
