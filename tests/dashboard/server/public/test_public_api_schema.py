"""Schemathesis asks the public API for what its description promises, within bounds and seeded."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from public_office import picture
from schemathesis import GenerationMode
from small_browser import HERE, Browser

from dashboard.server.public.site import PUBLIC, public_site
from governance.access.permissions import local_owner
from governance.office import Office

API = f"{PUBLIC}/api/v1"
DESCRIPTION = f"{PUBLIC}/api/openapi.json"
PHOTOS = [picture("red", "JPEG"), picture("green", "PNG"), picture("blue", "WEBP")]
OPERATIONS = [("/reports", "POST"), ("/outcome", "POST")]


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_is_as_the_description_says(
    browser: Browser, taking: Office, path: str, method: str, mode: GenerationMode
) -> None:
    schemathesis.openapi.format("binary", st.sampled_from(PHOTOS))
    app = browser._transport.app
    schema = schemathesis.openapi.from_asgi(DESCRIPTION, app, headers={"host": "localhost"})

    @given(case=schema[path][method].as_strategy(generation_mode=mode))
    @settings(
        max_examples=8,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        case.call_and_validate(base_url=HERE + API)

    ask()
    assert taking.verify(local_owner()).sound
    if (path, mode) == ("/reports", GenerationMode.POSITIVE):
        assert taking.cases.inbox(local_owner()).total > 2, "not all were refused"


def test_the_description_names_every_route_of_the_api(browser: Browser, taking: Office) -> None:
    assert taking
    described = browser.ask("GET", DESCRIPTION, headers={}).json()
    known = {f"/api/v1{path}" for path in described["paths"]} | {"/api/openapi.json"}
    assert {r.path for r in public_site().routes if r.path.startswith("/api/")} == known
    for operation in (each["post"] for each in described["paths"].values()):
        for content in operation["requestBody"]["content"].values():
            Draft202012Validator.check_schema(content["schema"])
