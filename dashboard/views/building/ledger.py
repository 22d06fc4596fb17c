"""The lines of the ledger about a building, to who may see the ledger."""

from dashboard.ui import links
from dashboard.ui.frame import Page


def show(page: Page, unit: str) -> None:
    """Lead to each line, with where it stands, since when and when it is visited next."""
    found = page.office.ledger.at_building(page.actor, unit)
    if not found:
        return
    say = page.say
    page.subheader("On the ledger ({count})", count=len(found))
    for view in found:
        known = view.facts
        texts = [
            f"**{known['ledger_no']}** {say.name('ledger_status', known['status'])}",
            say.name("ledger_reason", known["in_reason"]),
            say("{days} {days:day|days} on the ledger", days=known["days_on"]),
        ]
        if known["next_on"] is not None:
            texts.append(say("next visit {day}", day=known["next_on"]))
        links.show(page, "ledger", " · ".join(texts), line=str(known["ledger_no"]), part="lines")
