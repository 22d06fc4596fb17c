"""Who watches does nothing that is watched, and who reads the log neither repairs nor cuts it."""

import pytest

from governance.access.roles import ADMINISTRATORS, GRANTED, ROLES, Action

KEEPS_THE_LOG = {Action.ACCEPT_AUDIT, Action.PRUNE_AUDIT}
WATCHES = {Action.ENTER, Action.READ_AUDIT, Action.VERIFY}


@pytest.mark.parametrize("name", ["auditor", "audit_administrator"])
def test_who_audits_reads_and_verifies_and_does_nothing_else(name: str) -> None:
    assert ROLES[name].actions == WATCHES


def test_no_account_can_have_the_log_accepted_or_cut() -> None:
    assert not [name for name in GRANTED if ROLES[name].actions & KEEPS_THE_LOG]
    keeping = {name for name, role in ROLES.items() if role.actions & KEEPS_THE_LOG}
    assert keeping == {"local_owner"}


def test_only_who_is_exclusively_there_for_it_reads_the_log() -> None:
    reading = {name for name in GRANTED if Action.READ_AUDIT in ROLES[name].actions}
    assert reading == {"auditor", "audit_administrator"}
    assert all(ROLES[name].exclusive for name in reading)


def test_who_runs_guards_and_checks_the_system_share_no_power_over_it() -> None:
    powers = [ROLES[name].actions - WATCHES for name in (*ADMINISTRATORS, "auditor")]
    assert sum(map(len, powers)) == len(frozenset().union(*powers))


def test_every_role_that_watches_goes_with_no_other() -> None:
    assert all(ROLES[name].exclusive for name in (*ADMINISTRATORS, "auditor"))
