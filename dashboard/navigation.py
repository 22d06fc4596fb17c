"""Which pages there are, who sees which, and what each role opens on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from governance.access.permissions import Action, Actor, may
from governance.overview.approvals import ASSIGNMENTS, EXITS, EXPORTS, NOTICES


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that may be on somebody's list: whoever may do any of the actions sees it.

    ``name`` is what links in the code, and ``page.NAME`` in the catalogues, call it. ``url_path``
    never changes: people keep bookmarks. ``module`` has its ``show(page)`` and is imported when
    first shown. Whoever has any of ``roles`` sees the page too. ``group`` is the part of the menu
    that it lies in, one of `GROUPS`; a page without one lies open in the menu. One that is for
    offices ``above`` others is on nobody's list in an office that has none below it.
    """

    name: str
    url_path: str
    module: str
    actions: frozenset[Action]
    roles: frozenset[str] = frozenset()
    group: str = ""
    above: bool = False

    def is_for(self, actor: Actor) -> bool:
        """Say whether a person sees this page."""
        allowed = any(may(actor, action) for action in self.actions)
        return allowed or not self.roles.isdisjoint(actor.roles)


PATROLS, CASES, RECORDS, SYSTEM = GROUPS = ("patrols", "cases", "records", "system")
"""Parts of the menu, in its order."""
FLAT: Final = 7
"""So many pages lie side by side in the menu, in either language at 1440 px; more are grouped."""


def _entry(
    name: str,
    *actions: Action,
    url_path: str = "",
    roles: Collection[str] = (),
    group: str = "",
    folder: str = "",
    above: bool = False,
) -> Entry:
    module = f"dashboard.views.{folder or name}.page"
    return Entry(name, url_path or name, module, frozenset(actions), frozenset(roles), group, above)


PAGES = (
    _entry("start", Action.SEE_START),
    _entry("offices", Action.SEE_OFFICES, folder="start.offices", above=True),
    _entry(
        "my_buildings",
        Action.RECORD_VISIT,
        Action.SEE_VISITS,
        url_path="my-buildings",
        roles=["property_owner"],
        group=PATROLS,
    ),
    _entry("map", Action.SEE_REASONS),
    _entry("plan", Action.SEE_PLAN, group=PATROLS),
    _entry("building", Action.SEE_REASONS, group=PATROLS),
    _entry("responsibility", Action.SEE_RESPONSIBILITY, group=PATROLS),
    _entry("importing", Action.IMPORT, url_path="import", group=SYSTEM),
    _entry("cases", Action.SEE_CASES, group=CASES),
    _entry("leads", Action.SCREEN_TEXTS, group=CASES),
    _entry("ledger", Action.SEE_LEDGER, group=RECORDS, folder="records.ledger"),
    _entry(
        "evidence",
        Action.SEE_EVIDENCE,
        url_path="material",
        group=RECORDS,
        folder="records.evidence",
    ),
    _entry("bulletins", Action.SEE_NOTICES, group=RECORDS, folder="records.notices"),
    _entry("evaluation", Action.EVALUATE, group=SYSTEM),
    _entry(
        "people",
        Action.MANAGE_ACCOUNTS,
        Action.GRANT_ROLES,
        Action.READ_AUDIT,
        Action.APPROVE_UNMASKED,
        Action.EXPORT_UNMASKED,
        Action.ANSWER_SUBJECTS,
        Action.ERASE_PERSONAL,
        group=SYSTEM,
    ),
)
APPROVALS = {
    "people": EXPORTS, "responsibility": ASSIGNMENTS, "ledger": EXITS, "bulletins": NOTICES,
}  # fmt: skip
"""Page → what is approved there."""
OPENS_ON = {
    "office_manager": "start",
    "planner": "plan",
    "grid_chief": "start",
    "warden": "my_buildings",
    "building_head": "my_buildings",
    "hotline_clerk": "importing",
    "enforcement_officer": "my_buildings",
    "property_owner": "my_buildings",
    "auditor": "people",
    "system_administrator": "people",
    "security_administrator": "people",
    "audit_administrator": "people",
    "local_owner": "map",
}


def entries_for(actor: Actor, *, above: bool = False) -> list[Entry]:
    """Return the pages that a person sees, in the order of the menu.

    ``above``: whether their office has others below it.
    """
    return [entry for entry in PAGES if entry.is_for(actor) and (above or not entry.above)]


def menu_of(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """Return pages by the group under which the menu has them; "" has those that lie open in it.

    Few pages all lie open, and so does one that would be alone in its group.
    """
    if len(entries) <= FLAT:
        return {"": list(entries)}
    groups = {group: [each for each in entries if each.group == group] for group in GROUPS}
    several = {group: those for group, those in groups.items() if len(those) > 1}
    return {"": [each for each in entries if each.group not in several], **several}


def building_url(actor: Actor, *, language: str) -> str:
    """Return the address of the building's page up to the building, "" for who has no such page."""
    entry = next((each for each in entries_for(actor) if each.name == "building"), None)
    return "" if entry is None else f"/{entry.url_path}?lang={language}&unit="


def landing_page(actor: Actor) -> Entry | None:
    """Return the page that a person opens on: that of the first of their roles that has one."""
    shown = {entry.name: entry for entry in entries_for(actor)}
    wanted = [OPENS_ON[role] for role in actor.roles if role in OPENS_ON]
    return next((shown[name] for name in wanted if name in shown), next(iter(shown.values()), None))


def redirect_for(path: str, actor: Actor) -> str | None:
    """Return where a page's address should lead instead, or None where it is right.

    The bare address leads to what the person's role opens on; one that nothing answers to leads
    there too, since Streamlit would say so in English over an inert page.
    """
    known = {f"/{entry.url_path}" for entry in PAGES}
    if path.rstrip("/") in known or path.startswith(("/gw/", "/_stcore", "/media/", "/static/")):
        return None
    home = landing_page(actor)
    return f"/{home.url_path}" if home else None
