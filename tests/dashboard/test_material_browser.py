"""Lead material in a browser: taken in over a broken line, taken over by two, verified."""

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from small_browser import PASSWORD, add_account
from visits import PHONE, WAIT_MS, WIDE, faults, left_at_the_end, settled, tab_of, telling

from data.workspace.clock import DEFAULT_ZONE
from gridwarden.compose import create_workspace, open_office
from tests.dashboard.conftest import serving
from tests.governance.records.evidence.conftest import photo, sound

pytestmark = pytest.mark.browser
PEOPLE = {"chief": "grid_chief", "officer": "enforcement_officer", "second": "enforcement_officer"}
SOUND = sound(5_300_000)
FIRST = f"CL-{datetime.now(DEFAULT_ZONE).year}-0001"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = create_workspace(tmp_path_factory.mktemp("material") / "office")
    office = open_office(folder)
    for login, role in PEOPLE.items():
        add_account(office, login, role)
    office.close()
    with serving(folder) as where:
        yield where


@contextmanager
def tab_in(profile: Any, address: str) -> Iterator[Any]:
    made = tab_of(profile)
    made.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    with left_at_the_end(made, address, {}), telling(profile):
        yield made


@pytest.fixture
def tab(visitors: dict[str, Any], address: str) -> Iterator[Any]:
    """Return a tab of a Chinese browser."""
    with tab_in(visitors["zh"], address) as made:
        yield made


def enter(tab: Any, address: str, login: str, query: str = "") -> Any:
    """Sign somebody in and open the page of material."""
    form = {"login": login, "password": PASSWORD}
    tab.context.clear_cookies()
    answer = tab.request.post(
        f"{address}/gw/sign-in", form=form, headers={"origin": address}, max_redirects=0
    )
    assert answer.status == 303, answer.text()
    look(tab, address, query)
    return tab


def look(tab: Any, address: str, query: str) -> None:
    tab.goto(f"{address}/material{query}")
    tab.get_by_role("heading", level=1).wait_for(timeout=WAIT_MS)
    settled(tab)


def says(page: Any, text: str) -> None:
    page.get_by_text(text).filter(visible=True).first.wait_for(timeout=WAIT_MS)


def save(page: Any, label: str) -> bytes:
    with page.expect_download(timeout=WAIT_MS) as found:
        page.get_by_role("button", name=label).click(timeout=WAIT_MS)
    return Path(found.value.path()).read_bytes()


def confirm(page: Any, step: str) -> None:
    """Take a step that is explained before."""
    page.get_by_role("button", name=step).first.click()
    page.get_by_role("button", name=step).nth(1).click()
    says(page, f"已完成：{step}")


def test_from_a_photo_and_a_sound_over_a_broken_line_to_a_pack_that_is_sound(
    tab: Any, address: str, tmp_path: Path
) -> None:
    chief = enter(tab, address, "chief")
    chief.get_by_role("tab", name="收存材料").click()
    chief.locator(".gw-evidence-slot[data-ready]").wait_for(timeout=WAIT_MS)
    broken = {"pieces": 0}

    def cut(route: Any) -> None:
        """Break the line at the third piece, once."""
        broken["pieces"] += 1
        if broken["pieces"] == 3:
            route.abort("connectionreset")
        else:
            route.continue_()

    chief.route("**/gw/evidence/uploads/*?offset=*", cut)
    files = [
        {"name": "现场.png", "mimeType": "image/png", "buffer": photo(size=(900, 600))},
        {"name": "谈话.wav", "mimeType": "audio/wav", "buffer": SOUND},
    ]
    chief.locator(".gw-evidence-way input").first.set_input_files(files)
    chief.get_by_text(re.compile("已收存：CL-.*0001、CL-.*0002")).wait_for(timeout=WAIT_MS)
    assert broken["pieces"] > len(SOUND) / 1_048_576
    chief.unroute_all()

    officer = enter(tab, address, "officer", f"?material={FIRST}")
    officer.locator(".gw-marking img").wait_for(timeout=WAIT_MS)
    confirm(officer, "提请接管")

    second = enter(tab, address, "second", f"?material={FIRST}")
    confirm(second, "确认接管")
    says(second, "证据")
    assert save(second, "保存原件") == photo(size=(900, 600))
    second.get_by_text("导出证据包").click()
    second.get_by_label("用途和接收方").wait_for(timeout=WAIT_MS)
    settled(second)
    second.get_by_label("用途和接收方").fill("移送区教体局")
    second.get_by_label("用途和接收方").press("Enter")
    content = save(second, "保存证据包")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    ran = subprocess.run(  # noqa: S603 -- Python itself
        [sys.executable, "-I", "-S", str(tmp_path / "verify.py")],
        capture_output=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert ran.stdout.splitlines()[-1] == "SOUND 通过", ran.stdout + ran.stderr


def test_an_upload_goes_on_after_the_page_was_loaded_again(
    tab: Any, address: str, tmp_path: Path
) -> None:
    page, file = enter(tab, address, "chief", "?part=add"), tmp_path / "再传.wav"
    file.write_bytes(sound(4_200_000) + b"again")
    page.locator(".gw-evidence-slot[data-ready]").wait_for(timeout=WAIT_MS)
    offsets: list[str] = []

    def note(route: Any) -> None:
        offsets.append(route.request.url.split("offset=")[1].split("&")[0])
        if len(offsets) == 3:
            return  # never answered: the page is loaded again meanwhile
        route.continue_()

    page.route("**/gw/evidence/uploads/*?offset=*", note)
    page.locator(".gw-evidence-way input").first.set_input_files(str(file))
    page.wait_for_function(
        "() => document.querySelector('.gw-evidence-files progress')?.value >= 40"
    )
    while len(offsets) < 3:  # the progress is told before the next piece is sent
        page.wait_for_timeout(20)
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.locator(".gw-evidence-slot[data-ready]").wait_for(timeout=WAIT_MS)
    says(page, "再传.wav：已传")
    page.locator(".gw-evidence-way input").first.set_input_files(str(file))
    says(page, "已收存：CL-")
    assert offsets[3] == offsets[2]


def test_the_pages_fit_and_are_sound(visitors: dict[str, Any], address: str) -> None:
    """In the longer words of the two languages; the elements are the same in both."""
    with tab_in(visitors["en"], address) as page:
        enter(page, address, "officer", "?lang=en")
        assert faults(page, (WIDE, PHONE)) == []
        for query in ("part=add", f"material={FIRST}"):
            look(page, address, f"?lang=en&{query}")
            assert faults(page, (WIDE, PHONE)) == []
