"""Roles as data: what each may do, and why. Which rows a person may see is the scope's to say."""

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What a person can ask the product to do."""

    ENTER = "enter"
    SEE_REGISTER = "see_register"
    SEE_MAP = "see_map"
    SEE_REASONS = "see_reasons"
    SEE_ROWS = "see_rows"
    SEE_COMPLAINTS = "see_complaints"
    SEE_IDENTITY = "see_identity"
    IMPORT = "import"
    UNDO_IMPORT = "undo_import"
    MANAGE_IMPORTS = "manage_imports"
    REVIEW_ADDRESS = "review_address"
    END_BUILDINGS = "end_buildings"
    SCREEN_TEXTS = "screen_texts"
    SCORE = "score"
    EVALUATE = "evaluate"
    EXPORT = "export"
    EXPORT_UNMASKED = "export_unmasked"
    APPROVE_UNMASKED = "approve_unmasked"
    VERIFY = "verify"
    SEE_START = "see_start"
    SEE_RESPONSIBILITY = "see_responsibility"
    EDIT_RESPONSIBILITY = "edit_responsibility"
    PROPOSE_ASSIGNMENT = "propose_assignment"
    APPROVE_ASSIGNMENT = "approve_assignment"
    SEE_VISITS = "see_visits"
    RECORD_VISIT = "record_visit"
    SEE_CASES = "see_cases"
    TAKE_LEADS = "take_leads"
    MERGE_LEADS = "merge_leads"
    SEE_LINKS = "see_links"
    VERIFY_CASES = "verify_cases"
    DECIDE_CASES = "decide_cases"
    MANAGE_CASES = "manage_cases"
    REPORT_PUBLICLY = "report_publicly"
    SEE_PUBLIC_REPORTS = "see_public_reports"
    DECIDE_REWARD = "decide_reward"
    PAY_REWARD = "pay_reward"
    SEE_LEDGER = "see_ledger"
    EDIT_LEDGER = "edit_ledger"
    APPROVE_LEDGER = "approve_ledger"
    SET_LEDGER_RULES = "set_ledger_rules"
    SEE_EVIDENCE = "see_evidence"
    ADD_EVIDENCE = "add_evidence"
    TAKE_OVER_EVIDENCE = "take_over_evidence"
    EXPORT_EVIDENCE = "export_evidence"
    SEE_NOTICES = "see_notices"
    DRAFT_NOTICES = "draft_notices"
    APPROVE_NOTICES = "approve_notices"
    SEE_PLAN = "see_plan"
    MAKE_PLAN = "make_plan"
    PUBLISH_PLAN = "publish_plan"
    DESIGN_TRIAL = "design_trial"
    SEAL_TRIAL = "seal_trial"
    CANCEL_TRIAL = "cancel_trial"
    READ_TRIAL = "read_trial"
    MANAGE_ACCOUNTS = "manage_accounts"
    GRANT_ROLES = "grant_roles"
    READ_AUDIT = "read_audit"
    ACCEPT_AUDIT = "accept_audit"
    ANSWER_SUBJECTS = "answer_subjects"
    ERASE_PERSONAL = "erase_personal"
    PRUNE_AUDIT = "prune_audit"
    BACK_UP = "back_up"
    RESTORE = "restore"
    SEE_OFFICES = "see_offices"
    TELL_FIGURES = "tell_figures"


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of permissions, with the reason for having them."""

    name: str
    """Name in the store and in settings."""
    actions: frozenset[Action]
    reason: str
    """Why: what the person's work is."""
    exclusive: bool = False
    """Whether it goes with no other role: who runs, guards or checks the system does no office work
    in it.
    """


_INSIDE = {Action.ENTER, Action.SEE_REGISTER, Action.SEE_MAP}
_LOOK = _INSIDE | {Action.SEE_VISITS}
_WHY = {Action.SEE_REASONS, Action.SEE_ROWS, Action.SEE_COMPLAINTS, Action.SEE_RESPONSIBILITY}
_FEED = {Action.IMPORT, Action.UNDO_IMPORT, Action.MANAGE_IMPORTS, Action.REVIEW_ADDRESS,
         Action.END_BUILDINGS, Action.SCREEN_TEXTS, Action.SCORE, Action.VERIFY}  # fmt: skip
_PLAN = {Action.SEE_START, Action.EVALUATE, Action.EXPORT, Action.EXPORT_UNMASKED}
_ASSIGN = {Action.PROPOSE_ASSIGNMENT, Action.EDIT_RESPONSIBILITY}
_PATROL = {Action.SEE_PLAN, Action.MAKE_PLAN, Action.PUBLISH_PLAN}
_TRIAL = {Action.DESIGN_TRIAL, Action.SEAL_TRIAL, Action.CANCEL_TRIAL, Action.READ_TRIAL}

_LEDGER = {Action.SEE_LEDGER, Action.EDIT_LEDGER}
_NOTICES = {Action.SEE_NOTICES, Action.DRAFT_NOTICES}

_ALL = (
    Role(
        "office_manager",
        frozenset(
            _LOOK | _WHY | _FEED | _PLAN | _ASSIGN | _PATROL | _TRIAL
            | {Action.APPROVE_ASSIGNMENT, Action.APPROVE_UNMASKED, Action.SEE_CASES,
               Action.MANAGE_CASES, Action.MERGE_LEADS, Action.SEE_LINKS,
               Action.SEE_PUBLIC_REPORTS, Action.DECIDE_REWARD, Action.PAY_REWARD,
               Action.APPROVE_LEDGER, Action.SET_LEDGER_RULES, Action.SEE_EVIDENCE,
               Action.ADD_EVIDENCE, Action.APPROVE_NOTICES, Action.ERASE_PERSONAL,
               Action.SEE_OFFICES}
            | _LEDGER | _NOTICES
        ),
        "answers for the street: sees all of it, decides who answers for what",
    ),
    Role(
        "planner",
        frozenset(
            _LOOK | _WHY | _FEED | _PLAN | _ASSIGN | _PATROL | _TRIAL | _LEDGER | _NOTICES
        ),
        "decides who looks where next, and feeds the map that this stands on",
    ),
    Role(
        "grid_chief",
        frozenset(
            _LOOK | _WHY | _ASSIGN
            | {Action.RECORD_VISIT, Action.SEE_PLAN, Action.SEE_START, Action.EXPORT,
               Action.SEE_CASES, Action.VERIFY_CASES, Action.APPROVE_LEDGER,
               Action.SEE_EVIDENCE, Action.ADD_EVIDENCE, Action.SEE_NOTICES}
            | _LEDGER
        ),
        "leads the wardens of a community and proposes who takes which building",
    ),
    Role(
        "warden",
        frozenset(_LOOK | {Action.RECORD_VISIT}),
        "looks at the buildings given to them; why one is on the list could betray who reported it",
    ),
    Role(
        "building_head",
        frozenset(_LOOK | {Action.RECORD_VISIT}),
        "looks after one building",
    ),
    Role(
        "hotline_clerk",
        frozenset(
            _INSIDE
            | {Action.SEE_ROWS, Action.SEE_COMPLAINTS, Action.SEE_IDENTITY, Action.IMPORT,
               Action.UNDO_IMPORT, Action.REVIEW_ADDRESS, Action.SCREEN_TEXTS, Action.SEE_CASES,
               Action.TAKE_LEADS, Action.MERGE_LEADS, Action.SEE_PUBLIC_REPORTS,
               Action.PAY_REWARD, Action.ANSWER_SUBJECTS}
        ),
        "takes complaints in and calls people back: the only one who may know who complained",
    ),
    Role(
        "enforcement_officer",
        frozenset(
            _LOOK | _WHY
            | {Action.RECORD_VISIT, Action.SCREEN_TEXTS, Action.SEE_CASES, Action.DECIDE_CASES,
               Action.SEE_LINKS, Action.SEE_LEDGER, Action.SEE_EVIDENCE, Action.ADD_EVIDENCE,
               Action.TAKE_OVER_EVIDENCE, Action.EXPORT_EVIDENCE, Action.SEE_NOTICES,
               Action.APPROVE_NOTICES}
        ),
        "follows a lead on the spot with a second officer",
    ),
    Role(
        "property_owner",
        frozenset({Action.ENTER, Action.SEE_REGISTER}),
        "an outside user: their own building as the register has it, never how likely it is",
    ),
    Role(
        "auditor",
        frozenset({Action.ENTER, Action.READ_AUDIT, Action.VERIFY}),
        "reads who did what, and changes nothing",
        exclusive=True,
    ),
    Role(
        "system_administrator",
        frozenset({Action.ENTER, Action.MANAGE_ACCOUNTS, Action.VERIFY}),
        "keeps the system and its accounts; sees no case and gives no rights",
        exclusive=True,
    ),
    Role(
        "security_administrator",
        frozenset({Action.ENTER, Action.GRANT_ROLES, Action.APPROVE_UNMASKED}),
        "gives roles and scopes; makes no account and reads no case",
        exclusive=True,
    ),
    Role(
        "audit_administrator",
        frozenset(
            {Action.ENTER, Action.READ_AUDIT, Action.VERIFY}
        ),
        "watches the other two administrators, and changes nothing",
        exclusive=True,
    ),
    Role(
        "automatic_scorer",
        frozenset({Action.SCORE, Action.TELL_FIGURES}),
        "the server itself: what is shown is to be today's",
        exclusive=True,
    ),
    Role(
        "public",
        frozenset({Action.REPORT_PUBLICLY}),
        "anybody at all: reports something and asks what became of it, and sees nothing else",
        exclusive=True,
    ),
    Role(
        "local_owner",
        frozenset(Action),
        "the workspace lies on this person's own machine",
    ),
)  # fmt: skip
ROLES: dict[str, Role] = {role.name: role for role in _ALL}
ADMINISTRATORS = ("system_administrator", "security_administrator", "audit_administrator")
GRANTED = tuple(name for name in ROLES if name not in {"local_owner", "automatic_scorer", "public"})
"""Roles that an account can hold: not those of the machine's owner, the server and the public."""
