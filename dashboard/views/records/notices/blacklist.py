"""What is handed over to the education bureau for its blacklist: the bureau decides."""

from dashboard.ui.frame import Page
from dashboard.views.records.notices import exposure, notice_list
from data.contracts.notice_vocabulary import NoticeKind
from governance.access.permissions import Action, may


def show(page: Page) -> None:
    """List what was handed over, and begin another list."""
    page.caption(
        "The office hands the decided list over; whether somebody is blacklisted, the education "
        "bureau decides. What it answers is noted on each list."
    )
    notice_list.show(page, (str(NoticeKind.BLACKLIST),), key="handovers")
    if may(page.actor, Action.DRAFT_NOTICES):
        page.subheader("Begin a list")
        exposure.choose(page, NoticeKind.BLACKLIST, key="handover")
