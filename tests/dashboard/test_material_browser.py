"""Lead material in a browser: taken in over a broken line, taken over by two, verified."""

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from small_browser import PASSWORD, add_account
from visits import WAIT_MS, grave_findings, settled, sideways_px

from data.workspace.clock import DEFAULT_ZONE
from gridwarden.compose import create_workspace, open_office
from tests.dashboard.conftest import serving
from tests.governance.records.evidence.conftest import photo, sound

pytestmark = pytest.mark.browser
SIZES = {390: 844, 1440: 900}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
PEOPLE = {"chief": "grid_chief", "officer": "enforcement_officer", "second": "enforcement_officer"}
SOUND = sound(5_300_000)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = create_workspace(tmp_path_factory.mktemp("material") / "office")
    office = open_office(folder)
    for login, role in PEOPLE.items():
        add_account(office, login, role)
    office.close()
    with serving(folder) as where:
        yield where


def enter(
    browser: Any, address: str, login: str, *, language: str = "zh", width: int = 1440
) -> Any:
    """Sign somebody in and open the page of material."""
    made = browser.new_context(
        locale=LOCALES[language], viewport={"width": width, "height": SIZES[width]},
        accept_downloads=True,
    )  # fmt: skip
    page = made.new_page()
    page.goto(f"{address}/gw/sign-in?lang={language}&next=/material")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.goto(f"{address}/material?lang={language}")
    page.get_by_role("heading", level=1).wait_for(timeout=WAIT_MS)
    settled(page)
    return page


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
    browser: Any, address: str, tmp_path: Path
) -> None:
    chief = enter(browser, address, "chief")
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
    chief.context.close()

    officer = enter(browser, address, "officer")
    year_number = officer.evaluate("() => new Date().getFullYear()")
    number = f"CL-{year_number}-0001"
    officer.goto(f"{address}/material?lang=zh&material={number}")
    officer.locator(".gw-marking img").wait_for(timeout=WAIT_MS)
    confirm(officer, "提请接管")
    officer.context.close()

    second = enter(browser, address, "second")
    second.goto(f"{address}/material?lang=zh&material={number}")
    confirm(second, "确认接管")
    says(second, "证据")
    assert save(second, "保存原件") == photo(size=(900, 600))
    second.get_by_text("导出证据包").click()
    second.get_by_label("用途和接收方").wait_for(timeout=WAIT_MS)
    settled(second)
    second.get_by_label("用途和接收方").fill("移送区教体局")
    second.get_by_label("用途和接收方").press("Enter")
    content = save(second, "保存证据包")
    second.context.close()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path)
    ran = subprocess.run(  # noqa: S603 -- Python itself
        [sys.executable, "-I", "-S", str(tmp_path / "verify.py")],
        capture_output=True, check=False, encoding="utf-8",
    )  # fmt: skip
    assert ran.stdout.splitlines()[-1] == "SOUND 通过", ran.stdout + ran.stderr


def test_an_upload_goes_on_after_the_page_was_loaded_again(
    browser: Any, address: str, tmp_path: Path
) -> None:
    page, file = enter(browser, address, "chief"), tmp_path / "再传.wav"
    file.write_bytes(sound(4_200_000) + b"again")
    page.goto(f"{address}/material?lang=zh&part=add")
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
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.locator(".gw-evidence-slot[data-ready]").wait_for(timeout=WAIT_MS)
    says(page, "再传.wav：已传")
    page.locator(".gw-evidence-way input").first.set_input_files(str(file))
    says(page, "已收存：CL-")
    assert offsets[3] == offsets[2]
    page.context.close()


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("language", LOCALES)
def test_the_pages_fit_and_are_sound(
    browser: Any, address: str, language: str, width: int, tmp_path: Path
) -> None:
    page = enter(browser, address, "officer", language=language, width=width)
    first = f"CL-{datetime.now(DEFAULT_ZONE).year}-0001"
    for number, query in enumerate(("", "&part=add", f"&material={first}")):
        page.goto(f"{address}/material?lang={language}{query}")
        page.get_by_role("heading", level=1).wait_for(timeout=WAIT_MS)
        settled(page)
        page.screenshot(path=tmp_path / f"{number}.png", full_page=True)
        assert sideways_px(page) == 0
        assert grave_findings(page) == []
    page.context.close()
