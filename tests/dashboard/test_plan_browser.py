"""A week is planned, moved, published and walked, in a real browser over the real office."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from visits import PHONE, WAIT_MS, Visit, grave_findings, small_targets, visiting

from data.workspace.clock import Clock

pytestmark = pytest.mark.browser

WHY = ("随机", "抽检", "到期应查", "风险高", "同行普查", "发现可能", "find_chance", "floor_due",
       "random_arm", "ordinary", "complaint")  # fmt: skip
"""Words that only who plans may read; none of them belongs to anything else a team is sent."""
CARDS = ".gw-b-card"


def test_a_planner_makes_moves_locks_replans_and_publishes_and_the_team_walks_it(
    visitors: dict[str, Any], workplace: Any
) -> None:
    with visiting(visitors, workplace.address) as visit:
        make(visit)
        look_at_the_week(visit)
        open_a_building(visit)
        drag_to_the_other_team(visit)
        move_by_keyboard(visit)
        undo(visit)
        lock_and_replan(visit)
        found = findings(visit)
        hand_over_by_finger(visit)
        publish_by_keyboard(visit)
        found += findings(visit)
        publish_anew_by_keyboard(visit)
    with visiting(visitors, workplace.address, role="warden", size=PHONE) as visit:
        walk(visit)
        found += findings(visit)
    assert found == []


def make(visit: Visit) -> None:
    """Plan this week, quickly."""
    page = visit.page
    visit.open("plan?part=make")
    choose_week_of(visit, Clock(lambda: datetime.now(UTC)).today())
    page.get_by_text("更多选项").click()
    page.get_by_role("spinbutton", name="计算多少秒").fill("1")
    page.get_by_text("同时算出多一支队伍能多发现多少").click()
    visit.press("排计划")
    page.locator(CARDS).first.wait_for(timeout=WAIT_MS)
    visit.says("计划已排好，存为草稿")
    visit.settled()


def choose_week_of(visit: Visit, day: date) -> None:
    """Type a day into the field that asks for the week."""
    field = visit.page.locator(".st-key-plan_week")
    field.locator("[role=spinbutton]").first.click()
    visit.page.keyboard.type(f"{day:%Y%m%d}")
    visit.page.keyboard.press("Escape")
    field.page.get_by_text(re.compile(rf"^{day.year}年.* – ")).first.wait_for(timeout=WAIT_MS)


def look_at_the_week(visit: Visit) -> None:
    """Open one shift of the week by keyboard, then the whole day again."""
    page, day = visit.page, ".gw-w [data-choice^='day:'][aria-pressed=true]"
    shift = page.locator(".gw-w-shift[data-shown]").first
    name = str(shift.get_attribute("data-choice")).removeprefix("shift:")
    chosen = str(page.locator(day).get_attribute("data-choice"))
    shift.focus()
    page.keyboard.press("Enter")
    page.locator(".gw-b-column").nth(1).wait_for(state="detached", timeout=WAIT_MS)
    assert page.locator(".gw-b-column").get_attribute("data-shift") == name
    assert page.evaluate("document.activeElement.dataset.choice") == f"shift:{name}"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.choice") == chosen
    page.keyboard.press("Enter")
    page.locator(".gw-b-column").nth(1).wait_for(timeout=WAIT_MS)
    visit.settled()


def columns(visit: Visit) -> list[list[str]]:
    """Return the buildings of each column of the board, in order."""
    return [
        column.locator(CARDS).evaluate_all("cards => cards.map(card => card.dataset.building)")
        for column in visit.page.locator(".gw-b-column").all()
    ]


def told(visit: Visit, text: str) -> None:
    """Wait until the board says what became of a change."""
    visit.page.locator(".gw-b-status").get_by_text(text).wait_for(timeout=WAIT_MS)
    visit.page.wait_for_function("!document.querySelector('.gw-b-columns[aria-busy]')")


def open_a_building(visit: Visit) -> None:
    """Open the page of a card's building by keyboard, beside the board."""
    page = visit.page
    card = page.locator(CARDS).first
    card.focus()
    page.keyboard.press("Tab")
    with page.expect_popup() as opening:
        page.keyboard.press("Enter")
    opening.value.get_by_role("heading", name="楼栋", exact=True).wait_for(timeout=WAIT_MS)
    assert f"unit={card.get_attribute('data-building')}" in opening.value.url
    opening.value.close()


def drag_to_the_other_team(visit: Visit) -> None:
    """Drag the first card of the first team to the top of the second one's column."""
    first, second = columns(visit)
    page, moved = visit.page, first[0]
    card = page.locator(f"[data-building='{moved}']")
    card.evaluate("card => card.scrollIntoView({ block: 'center' })")  # or the edge scrolls it
    here = page.locator(f"[data-building='{moved}']").bounding_box()
    there = page.locator(f"[data-building='{second[0]}']").bounding_box()
    page.mouse.move(here["x"] + 60, here["y"] + 10)
    page.mouse.down()
    page.mouse.move(here["x"] + 90, here["y"] + 20, steps=3)
    page.mouse.move(there["x"] + 60, there["y"] + 4, steps=5)
    page.mouse.up()
    told(visit, "二队 · ")
    assert columns(visit) == [first[1:], [moved, *second]]


def move_by_keyboard(visit: Visit) -> None:
    """Move a card by the arrow keys, down its column and to the other team, focus going along."""
    first, second = columns(visit)
    page, moved = visit.page, second[0]
    page.locator(f"[data-building='{moved}']").focus()
    page.keyboard.press("Alt+ArrowDown")
    told(visit, "第 2 站")
    assert columns(visit) == [first, [second[1], moved, *second[2:]]]
    page.keyboard.press("Alt+ArrowLeft")
    told(visit, "一队 · ")
    after = columns(visit)
    assert moved in after[0]
    assert after[1] == second[1:]
    assert page.evaluate("document.activeElement.dataset.building") == moved


def undo(visit: Visit) -> None:
    """Take the last change back: the card is with the other team again."""
    before = columns(visit)
    visit.press("撤销")
    told(visit, "已撤销。")
    after = columns(visit)
    assert len(after[0]) == len(before[0]) - 1


def lock_and_replan(visit: Visit) -> None:
    """Lock a card by its key and plan the rest anew: it stays in its shift."""
    page, locked = visit.page, columns(visit)[0][0]
    page.locator(f"[data-building='{locked}']").focus()
    page.keyboard.press("l")
    told(visit, "已锁定")
    visit.press("重排其余")
    visit.says("其余已重新排好，锁定的没有动")
    page.locator(f".gw-b-locked[data-building='{locked}']").wait_for(timeout=WAIT_MS)
    assert locked in columns(visit)[0]


def hand_over_by_finger(visit: Visit) -> None:
    """Unfold the handing over of a day on a phone: all that can be tapped is large enough."""
    page = visit.page
    wide = page.viewport_size
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    visit.press("转交一支队伍的一天")
    visit.says("预览转交结果")
    assert small_targets(page, "[data-testid=stPopoverBody] .stButton button") == []
    page.keyboard.press("Escape")
    page.set_viewport_size(wide)
    visit.settled()


def publish_by_keyboard(visit: Visit) -> None:
    """Publish the plan without a mouse, from the tab before on."""
    keys = visit.page.keyboard
    visit.page.get_by_role("tab", name="看计划").focus()
    keys.press("ArrowRight")  # past the comparison of drafts
    keys.press("ArrowRight")
    keys.press("Enter")
    button = visit.page.get_by_role("button", name="发布", exact=True)
    button.wait_for(timeout=WAIT_MS)
    visit.settled()
    keys.press("Tab")  # the choice of a plan
    keys.press("Tab")
    assert button.evaluate("button => button === document.activeElement")
    keys.press("Enter")
    visit.says("确认发布")
    visit.settled()
    keys.press("Tab")
    keys.press("Enter")
    visit.says("已发布，各队现在能看到自己的路线。")
    visit.settled()


def publish_anew_by_keyboard(visit: Visit) -> None:
    """Change the plan that was published and publish it again."""
    visit.page.get_by_role("tab", name="看计划").click()
    visit.page.locator(f"{CARDS}:not(.gw-b-locked)").first.focus()
    visit.page.keyboard.press("l")
    told(visit, "已锁定")
    visit.settled()
    publish_by_keyboard(visit)


def walk(visit: Visit) -> None:
    """See one's own route on the phone and open its paper; nothing that is sent tells why."""
    heard: list[str] = []
    page = visit.page

    def received(sent: str | bytes) -> None:
        heard.append(sent.decode("utf-8", "replace") if isinstance(sent, bytes) else sent)

    def opened(socket: Any) -> None:
        socket.on("framereceived", received)

    def answered(answer: Any) -> None:
        heard.append(text_of(answer))

    page.on("websocket", opened)
    page.on("response", answered)
    visit.open("my-buildings")
    page.get_by_role("heading", name=re.compile("本队路线 · 一队")).wait_for(timeout=WAIT_MS)
    page.locator(".gw-v-routes li").first.wait_for(timeout=WAIT_MS)
    query = page.get_by_role("link", name="打印路线单（A4）").first.get_attribute("href")
    paper = page.request.get(f"{visit.address}{query}").text()
    assert "一队" in paper
    assert "第 1 页" in paper
    page.remove_listener("websocket", opened)
    page.remove_listener("response", answered)
    everything = "\n".join([*heard, paper])
    assert "一队" in everything
    assert [word for word in WHY if word in everything] == []


def findings(visit: Visit) -> list[tuple[str, str]]:
    """Return what axe finds once nothing is drawn any more: what is half drawn is paler."""
    visit.settled()
    return grave_findings(visit.page)


def text_of(answer: Any) -> str:
    """Return what a route of ours answered as data or a page; scripts and fonts are not told."""
    kind = answer.headers.get("content-type", "")
    return answer.text() if "/gw/" in answer.url and ("json" in kind or "html" in kind) else ""
