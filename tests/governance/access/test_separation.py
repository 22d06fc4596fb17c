"""Who watches does nothing that is watched, and who reads the log neither mends nor cuts it."""

from governance.access.roles import ADMINISTRATORS, GRANTED, ROLES, Action

KEEPS_THE_LOG = {Action.ACCEPT_AUDIT, Action.PRUNE_AUDIT}
WATCHES = {Action.ENTER, Action.READ_AUDIT, Action.VERIFY}


def test_an_auditor_reads_and_verifies_and_does_nothing_else() -> None:
    assert ROLES["auditor"].actions == WATCHES


def test_who_keeps_the_log_does_nothing_that_it_tells_of_but_keeping_it() -> None:
    for name in GRANTED:
        actions = ROLES[name].actions
        if actions & KEEPS_THE_LOG:
            assert actions == WATCHES | KEEPS_THE_LOG, name
            assert ROLES[name].exclusive


def test_who_runs_guards_and_checks_the_system_share_no_power_over_it() -> None:
    powers = [ROLES[name].actions - WATCHES for name in (*ADMINISTRATORS, "auditor")]
    assert sum(map(len, powers)) == len(frozenset().union(*powers))


def test_every_role_that_watches_goes_with_no_other() -> None:
    assert all(ROLES[name].exclusive for name in (*ADMINISTRATORS, "auditor"))
