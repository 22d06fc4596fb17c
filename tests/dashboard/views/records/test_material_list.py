"""The list of material leaves as a workbook for who may export."""

from collections.abc import Callable
from typing import Any

import pytest
from case_street import MANAGER
from pages import labels, opened

from governance.access.permissions import Actor, Scope
from governance.office import Office
from tests.governance.records.evidence.conftest import photo, send

OFFICER = Actor("officer", "执法甲", ("enforcement_officer",), Scope.whole())


@pytest.mark.parametrize(("language", "said"), [("zh", "下载 Excel"), ("en", "Download as Excel")])
def test_the_list_is_offered_as_a_workbook_to_who_may_export(
    serve: Callable[..., Any], own_two: Office, language: str, said: str
) -> None:
    send(own_two, MANAGER, photo())
    for actor, offered in ((MANAGER, True), (OFFICER, False)):
        serve(own_two, actor)
        app = opened("records.evidence", lang=language)
        assert (said in labels(app, "download_button")) == offered
