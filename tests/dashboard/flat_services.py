"""Let the flat fake office be asked as the real one is: by services."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

SERVICES: dict[str, dict[str, str]] = {
    "overview": {"summary": "start"},
    "imports": {
        "template": "template",
        "preview": "preview_import",
        "import_file": "import_file",
        "history": "imports",
        "undo": "undo_import",
        "tables": "tables",
        "quarantine": "quarantine",
        "export_quarantine": "export_quarantine",
    },
    "address_review": {
        "queue": "review_queue",
        "decide": "decide_review",
        "withdraw": "withdraw_review",
    },
    "grid_check": {"problems": "grid_problems"},
    "calendar": {
        "days": "calendar_days",
        "gaps": "calendar_gaps",
        "spans": "calendar_spans",
        "save": "save_calendar",
    },
    "scores": {"run": "score", "snapshots": "snapshots", "explain": "explain", "trend": "trend"},
    "risk_map": {
        "layer": "atlas",
        "register": "register",
        "note_export": "note_export",
        "top": "top",
        "find": "find",
    },
    "monitoring": {
        "pin_reference": "pin_reference",
        "pinned_reference": "pinned_reference",
        "drift": "drift",
        "reporting": "reporting",
        "time_factors": "time_factors",
    },
    "evaluation": {
        "backtest": "backtest",
        "run_plans": "run_plans",
        "evaluate": "evaluate",
        "latest": "evaluation",
        "options": "evaluation_options",
    },
    "responsibility": {
        "chain": "chain",
        "history": "responsibility_history",
        "duties_of_day": "duties_of_day",
        "work": "responsibility_work",
        "staff": "staff",
        "communities": "communities",
    },
    "duties": {
        "set_duty": "set_duty",
        "end": "end_duty",
        "undo": "undo_change",
        "changes": "duty_changes",
    },
    "handovers": {"rows": "handovers", "sheet": "handover_sheet"},
    "constraints": {
        "limits": "assignment_limits",
        "set_warden_limit": "set_warden_limit",
        "set_building_need": "set_building_need",
        "set_absence": "set_absence",
        "remove_absence": "remove_absence",
    },
    "assignment": {
        "preview": "preview_assignment",
        "propose": "propose_assignment",
        "community_codes": "community_codes",
        "proposal": "proposal",
        "proposals": "proposals",
        "approve": "approve_assignment",
        "undo": "undo_assignment",
    },
    "visits": {
        "record": "record_visit",
        "record_many": "record_visits",
        "propose_next": "propose_next",
        "undo": "undo_visit",
        "correct": "correct_visit",
    },
    "worklist": {
        "my_buildings": "my_buildings",
        "building": "building_for_warden",
        "visits": "visits",
        "versions": "visit_versions",
    },
    "coverage": {"summary": "coverage", "breaches": "breaches"},
    "photos": {"attach": "attach_photo", "read": "photo"},
    "plans": {
        "preview": "plan_preview",
        "make": "make_plan",
        "get": "plan",
        "all": "plans",
        "of_week": "plan_of_week",
        "versions": "plan_versions",
        "publish": "publish_plan",
        "cancel": "cancel_plan",
        "people": "plan_people",
    },
    "plan_edits": {
        "move_stop": "move_stop",
        "remove_stop": "remove_stop",
        "add_stop": "add_stop",
        "lock_stops": "lock_stops",
        "replan": "replan",
        "undo": "undo_plan_change",
    },
    "teams": {"all": "teams", "save": "save_team", "remove": "remove_team"},
    "team_routes": {"my_patrol": "my_patrol", "sheets": "team_sheets"},
    "plan_evaluation": {"evaluate": "evaluate_plan"},
    "campaigns": {"summary": "campaign_summary"},
    "accounts": {
        "ensure_first_administrator": "ensure_first_administrator",
        "all": "accounts",
        "grantable_roles": "grantable_roles",
        "add": "add_account",
        "lock": "lock_account",
        "unlock": "unlock_account",
        "reset_password": "reset_password",
    },
    "grants": {"set_rights": "set_rights"},
    "sign_in": {
        "facts": "sign_in_facts",
        "by_password": "sign_in",
        "act_as": "act_as",
        "needs_password": "needs_password",
        "owner_of": "owner_of",
        "demo_roles": "demo_roles",
        "by_demo": "demo_sign_in",
        "by_directory": "sign_in_by_directory",
        "change_password": "change_password",
    },
    "sessions": {
        "session": "session_of_token",
        "actor": "actor_of_token",
        "sign_out": "sign_out",
        "sign_out_everywhere": "sign_out_everywhere",
    },
    "demo_accounts": {"add_people": "add_demo_people", "add": "add_demo_account"},
    "audit": {
        "log": "audit_log",
        "state": "audit_state",
        "export": "export_audit",
        "accept": "accept_audit",
        "prune": "prune_audit",
    },
    "exports": {
        "export_table": "export_table",
        "ask_unmasked": "ask_unmasked",
        "approve_unmasked": "approve_unmasked",
        "refuse_unmasked": "refuse_unmasked",
        "requests": "export_requests",
        "export_unmasked": "export_unmasked",
    },
    "complainants": {"look_up": "complainant"},
}
"""Service of the real office: its methods, and what the fake calls each."""


class Composed:
    """A flat fake behind the services of the real office."""

    def __init__(self, flat: Any) -> None:
        object.__setattr__(self, "flat", flat)

    def __getattr__(self, name: str) -> Any:
        if name not in SERVICES:
            return getattr(self.flat, name)
        known = SERVICES[name].items()
        return SimpleNamespace(
            **{new: getattr(self.flat, old) for new, old in known if hasattr(self.flat, old)}
        )

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.flat, name, value)
