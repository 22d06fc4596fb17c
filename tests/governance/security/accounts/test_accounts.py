"""Rules of accounts: who is let in, who is kept out, who may give whom which rights."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from moving_clock import MovingClock

from governance.access.passwords import HashCost, PasswordHashes, PasswordRefusedError
from governance.access.permissions import Actor, NotAllowedError, Scope, local_owner
from governance.access.roles import GRANTED, ROLES
from governance.office import Office
from governance.security.accounts.authentication import ADDRESS_POLICY, SignInError
from governance.security.accounts.grants import AccountError
from gridwarden.compose import open_office

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
GOOD = "Lotus-river-77"
BETTER = "Granite+moon-31"
OWNER = local_owner()
MINUTE = timedelta(minutes=1)


@dataclass
class Place:
    """An office with a clock, and people who are made in one line."""

    office: Office
    clock: MovingClock
    known: dict[str, str] = field(default_factory=dict)

    def person(self, login: str, *roles: str, scope: Scope | None = None) -> Actor:
        """Make an account whose owner has chosen a password, and return who acts by it."""
        once = self.add(login, name=login, roles=roles, scope=scope)
        assert once is not None
        self.change_password(Actor(login, login, ()), old=once, new=GOOD)
        actor = self.office.sign_in.act_as(login, GOOD)
        assert actor.roles == roles
        return actor

    @property
    def checked(self) -> int:
        """How many hashes of passwords were checked."""
        return self.office.sign_in._authenticator.hashes.verifications

    def add(self, login: str, **more: Any) -> str | None:
        return self.office.accounts.add(OWNER, login, **more)

    def by_password(self, login: str, password: str, **more: Any) -> Any:
        return self.office.sign_in.by_password(login, password, **more)

    def change_password(self, actor: Actor, **more: Any) -> None:
        self.office.sign_in.change_password(actor, **more)

    def acting(self, token: str) -> Actor | None:
        return self.office.sessions.actor(token)

    def lines(self, *actions: str) -> list[tuple[str, str, dict[str, Any]]]:
        with self.office._workspace.store.begin() as unit:
            found = reversed(unit.audit.newest(500))
            return [(e.actor, e.action, dict(e.facts)) for e in found if e.action in actions]


def refused(code: str, call: Callable[..., object], *args: Any, **options: Any) -> Any:
    with pytest.raises((SignInError, AccountError, NotAllowedError)) as caught:
        call(*args, **options)
    assert caught.value.code == code
    return caught.value


@pytest.fixture
def url(request: pytest.FixtureRequest, empty_store: Callable[[], str]) -> str:
    return empty_store() if getattr(request, "param", "") == "postgresql" else ""


on_each_database = pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
"""For rules that the database's own locks, conflicts and limits hold up."""


@pytest.fixture
def settings() -> str:
    return ""


@pytest.fixture
def place(tmp_path: Path, empty_folder: Path, url: str, settings: str) -> Iterator[Place]:
    folder = shutil.copytree(empty_folder, tmp_path / "office")
    (folder / "gridwarden.toml").write_text(
        f'{settings}\n[store]\nurl = "{url}"\n', encoding="utf-8"
    )
    clock = MovingClock(NOW)
    office = open_office(folder, now=clock)
    yield Place(office, clock)
    office.close()


def test_the_first_start_makes_one_administrator_with_a_password_for_one_use(place: Place) -> None:
    once = place.office.accounts.ensure_first_administrator()
    assert once is not None
    assert len(once) >= 16
    signed = place.by_password("ADMIN", once)
    assert signed.must_change
    assert place.office.accounts.ensure_first_administrator() is None
    assert list(place.office.accounts.all(OWNER)["roles"]) == [("system_administrator",)]


def test_whoever_must_change_a_password_can_do_nothing_else(place: Place) -> None:
    once = place.add("li", name="李", roles=("planner",), scope=Scope.whole())
    assert once is not None
    token = place.by_password("li", once).token
    session = place.office.sessions.session(token)
    assert session is not None
    assert session.must_change
    assert (session.actor.roles, bool(session.actor.scope)) == ((), False)
    assert place.acting(token) is None
    place.change_password(session.actor, old=once, new=GOOD, token=token)
    actor = place.acting(token)
    assert actor is not None
    assert actor.roles == ("planner",)
    refused("sign_in_failed", place.by_password, "li", once)


def test_a_login_is_the_same_however_it_is_typed(place: Place) -> None:
    place.person("li")
    assert place.by_password(" ＬＩ ", GOOD).login == "li"
    refused("login_taken", place.add, "Li", name="x")
    for unusable in ("", "x", "a b", "local", "x" * 65, "'; --"):
        refused("login_unusable", place.add, unusable, name="x")


def test_a_token_is_kept_as_its_hash_alone(place: Place) -> None:
    place.person("li")
    token = place.by_password("li", GOOD).token
    assert len(token) >= 43
    with place.office._workspace.store.begin() as unit:
        kept = [session.token_sha256 for session in unit.accounts.sessions()]
        hashes = [account.password_hash or "" for account in unit.accounts.all()]
    assert token not in kept
    assert all(each.startswith("$argon2id$") for each in hashes)


def test_unknown_logins_and_wrong_passwords_get_one_answer_for_one_check_each(place: Place) -> None:
    """Equal effort is counted in checked hashes, for accounts without a password as well."""
    place.person("li")
    place.add("dir", name="x", directory=True)
    told = []
    for login in ("li", "nobody", "dir", ""):
        before = place.checked
        error = refused("sign_in_failed", place.by_password, login, "wrong")
        told.append((str(error), error.facts, place.checked - before))
    assert told == [told[0]] * 4
    assert told[0][2] == 1


@on_each_database
@pytest.mark.parametrize("login", ["li", "nobody"])
def test_five_failures_in_a_row_block_a_login_for_a_quarter_of_an_hour(
    place: Place, login: str
) -> None:
    place.person("li")
    for _ in range(5):
        refused("sign_in_failed", place.by_password, login, "wrong")
    checked = place.checked
    place.clock.ahead(14 * MINUTE)
    refused("sign_in_blocked", place.by_password, login, GOOD)
    assert place.checked == checked
    place.clock.ahead(1 * MINUTE)
    if login == "li":
        assert place.by_password(login, GOOD)
    else:
        refused("sign_in_failed", place.by_password, login, GOOD)


@on_each_database
def test_guesses_sent_at_the_same_moment_are_let_through_no_more_often(place: Place) -> None:
    place.person("li")
    before = place.checked

    def guess(number: int) -> str:
        with pytest.raises(SignInError) as caught:
            place.by_password("li", f"wrong{number}")
        return caught.value.code

    with ThreadPoolExecutor(8) as crowd:
        codes = list(crowd.map(guess, range(16)))
    assert place.checked - before == 5
    assert sorted(codes) == ["sign_in_blocked"] * 11 + ["sign_in_failed"] * 5


@on_each_database
def test_two_administrators_locked_at_the_same_moment_leave_one(place: Place) -> None:
    logins = ("boss", "second")
    for login in logins:
        place.person(login, "system_administrator")

    def lock(login: str) -> str:
        try:
            place.office.accounts.lock(OWNER, login)
        except AccountError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(lock, logins)) == ["done", "last_administrator"]


def test_a_hash_made_cheaper_than_today_is_made_anew_at_the_next_sign_in(place: Place) -> None:
    place.person("li")
    place.office.sign_in._authenticator.hashes = PasswordHashes(
        HashCost(memory_kib=16, rounds=1, lanes=1)
    )
    place.by_password("li", GOOD)
    with place.office._workspace.store.begin() as unit:
        account = unit.accounts.of_login("li")
        assert account is not None
        assert "m=16," in (account.password_hash or "")
    place.by_password("li", GOOD)


def test_success_forgets_the_failures_before_it(place: Place) -> None:
    place.person("li")
    for _ in range(3):
        for _ in range(4):
            refused("sign_in_failed", place.by_password, "li", "wrong")
        place.by_password("li", GOOD)


@on_each_database
def test_an_attempt_is_forgotten_with_the_next_one_a_day_later(place: Place) -> None:
    for login in ("li", "wang"):
        refused("sign_in_failed", place.by_password, login, "wrong", address="10.0.0.9")
        place.clock.ahead(timedelta(hours=25))
    authenticator = place.office.sign_in._authenticator
    with place.office._workspace.store.begin() as unit:
        kept = [unit.accounts.attempts(authenticator.subject("login", each)) is not None
                for each in ("li", "wang")]  # fmt: skip
    assert kept == [False, True]


def test_guessing_the_old_password_of_an_open_session_is_blocked_alike(place: Place) -> None:
    li = place.person("li")
    for _ in range(5):
        refused("password_wrong", place.change_password, li, old="wrong", new=BETTER)
    refused("sign_in_blocked", place.change_password, li, old=GOOD, new=BETTER)


@on_each_database
def test_one_address_is_slowed_down_whatever_logins_it_tries(place: Place) -> None:
    place.person("li")
    for number in range(ADDRESS_POLICY.most):
        refused("sign_in_failed", place.by_password, f"u{number}", "x", address="10.0.0.9")
    refused("sign_in_slowed", place.by_password, "li", GOOD, address="10.0.0.9")
    assert place.by_password("li", GOOD, address="10.0.0.8")
    place.clock.ahead(ADDRESS_POLICY.block)
    assert place.by_password("li", GOOD, address="10.0.0.9")


def test_many_good_sign_ins_from_one_address_slow_nobody_down(place: Place) -> None:
    place.person("li")
    for _ in range(ADDRESS_POLICY.most + 5):
        place.by_password("li", GOOD, address="10.0.0.9")


@on_each_database
def test_a_locked_account_is_told_only_to_who_knows_its_password(place: Place) -> None:
    place.person("li")
    token = place.by_password("li", GOOD).token
    place.office.accounts.lock(OWNER, "li")
    assert place.office.sessions.session(token) is None
    refused("sign_in_failed", place.by_password, "li", "wrong")
    refused("account_locked", place.by_password, "li", GOOD)
    place.office.accounts.unlock(OWNER, "li")
    assert place.by_password("li", GOOD)


def test_whoever_does_nothing_for_half_an_hour_is_signed_out(place: Place) -> None:
    place.person("li")
    token = place.by_password("li", GOOD).token
    for _ in range(3):
        place.clock.ahead(29 * MINUTE)
        assert place.acting(token)
    place.clock.ahead(30 * MINUTE)
    assert place.acting(token) is None
    assert place.lines("session_ended") == [("li", "session_ended", {"reason": "idle"})]


def test_nobody_stays_signed_in_longer_than_half_a_day(place: Place) -> None:
    place.person("li")
    token = place.by_password("li", GOOD).token
    for _ in range(35):
        place.clock.ahead(20 * MINUTE)
        assert place.acting(token)
    place.clock.ahead(20 * MINUTE)
    assert place.acting(token) is None


def test_a_clock_that_was_ahead_leaves_no_session_that_never_ends(place: Place) -> None:
    place.person("li")
    year = timedelta(days=365)
    place.clock.ahead(year)
    ahead = place.by_password("li", GOOD).token
    place.clock.ahead(-year)
    assert place.acting(ahead) is None
    place.clock.ahead(timedelta(hours=1))
    token = place.by_password("li", GOOD).token
    place.clock.ahead(timedelta(hours=-1))
    assert place.acting(token), "who works on is not signed out for an hour"
    place.clock.ahead(30 * MINUTE)
    assert place.acting(token) is None, "half an hour counts by the clock of now"


def test_use_is_written_down_at_most_once_a_minute(place: Place) -> None:
    place.person("li")
    token = place.by_password("li", GOOD).token

    def seen() -> datetime:
        with place.office._workspace.store.begin() as unit:
            return unit.accounts.sessions()[0].last_seen_at

    first = seen()
    place.clock.ahead(timedelta(seconds=59))
    place.acting(token)
    assert seen() == first
    place.clock.ahead(timedelta(seconds=1))
    place.acting(token)
    assert seen() == first + MINUTE


def test_signing_out_ends_it_for_every_tab_and_says_so_once(place: Place) -> None:
    place.person("li")
    token = place.by_password("li", GOOD).token
    place.office.sessions.sign_out(token)
    place.office.sessions.sign_out(token)
    assert place.acting(token) is None
    assert len(place.lines("sign_out")) == 1


@on_each_database
def test_signing_in_elsewhere_ends_the_session_before(place: Place) -> None:
    place.person("li")
    first, second = (place.by_password("li", GOOD).token for _ in range(2))
    assert place.acting(first) is None
    assert place.acting(second)


@pytest.mark.parametrize("settings", ["[sign_in]\nsingle_session = false"])
def test_where_the_office_allows_it_phone_and_desk_stay_signed_in(place: Place) -> None:
    li = place.person("li")
    tokens = [place.by_password("li", GOOD).token for _ in range(3)]
    assert all(place.acting(token) for token in tokens)
    place.change_password(li, old=GOOD, new=BETTER, token=tokens[1])
    assert [bool(place.acting(t)) for t in tokens] == [False, True, False]
    assert place.office.sessions.sign_out_everywhere(li) == 1
    assert not any(place.acting(token) for token in tokens)


def test_a_password_is_to_be_changed_after_ninety_days(place: Place) -> None:
    place.person("li")
    place.clock.ahead(timedelta(days=89))
    assert not place.by_password("li", GOOD).must_change
    place.clock.ahead(timedelta(days=1))
    assert place.by_password("li", GOOD).must_change
    refused("password_change_due", place.office.sign_in.act_as, "li", GOOD)


@pytest.mark.parametrize("settings", ["[sign_in]\npassword_days = 0"])
def test_an_office_can_leave_passwords_alone(place: Place) -> None:
    place.person("li")
    place.clock.ahead(timedelta(days=4000))
    assert not place.by_password("li", GOOD).must_change


@on_each_database
def test_none_of_the_last_five_passwords_is_taken_again(place: Place) -> None:
    li = place.person("li")
    passwords = [GOOD, *(f"Lotus-river-{n}" for n in range(10, 16))]
    for old, new in pairwise(passwords):
        with pytest.raises(PasswordRefusedError) as caught:
            place.change_password(li, old=old, new=old)
        assert caught.value.problems == ("used_before",)
        place.change_password(li, old=old, new=new)
    with pytest.raises(PasswordRefusedError):
        place.change_password(li, old=passwords[-1], new=passwords[-5])
    place.change_password(li, old=passwords[-1], new=GOOD)


def test_a_one_time_password_is_not_kept_by_changing_it_to_itself(place: Place) -> None:
    once = place.add("li", name="x")
    assert once is not None
    with pytest.raises(PasswordRefusedError):
        place.change_password(Actor("li", "x", ()), old=once, new=once)


def test_a_reset_gives_a_new_password_for_one_use_and_ends_every_session(place: Place) -> None:
    system = place.person("boss", "system_administrator")
    place.person("li")
    token = place.by_password("li", GOOD).token
    once = place.office.accounts.reset_password(system, "li")
    assert place.acting(token) is None
    refused("sign_in_failed", place.by_password, "li", GOOD)
    assert place.by_password("li", once).must_change


def test_no_administrator_takes_over_another_by_resetting_a_password(place: Place) -> None:
    system = place.person("boss", "system_administrator")
    place.person("guard", "security_administrator")
    refused("other_administrator", place.office.accounts.reset_password, system, "guard")
    assert place.office.accounts.reset_password(OWNER, "guard")


def test_nobody_changes_their_own_rights(place: Place) -> None:
    guard = place.person("guard", "security_administrator")
    boss = place.person("boss", "system_administrator")
    office = place.office
    refused("own_rights", office.grants.set_rights, guard, "guard", roles=["office_manager"])
    refused("own_rights", office.grants.set_rights, guard, "guard", scope=Scope.whole())
    refused("own_rights", office.grants.set_rights, guard, "guard", person="P0001")
    refused("own_rights", office.accounts.reset_password, boss, "BOSS")
    refused("own_rights", office.accounts.lock, boss, "boss")


def test_one_administrator_makes_accounts_and_another_gives_rights(place: Place) -> None:
    boss = place.person("boss", "system_administrator")
    guard = place.person("guard", "security_administrator")
    office = place.office
    office.accounts.add(boss, "li", name="李")
    for rights in ({"roles": ("warden",)}, {"scope": Scope.whole()}, {"person_id": "P0001"}):
        refused("not_allowed", office.accounts.add, boss, "wu", name="吴", **rights)
    refused("not_allowed", office.accounts.add, guard, "wu", name="吴")
    refused("not_allowed", office.grants.set_rights, boss, "li", roles=["warden"])
    refused("not_allowed", office.accounts.lock, guard, "li")
    office.grants.set_rights(guard, "li", roles=["planner", "enforcement_officer"])
    office.grants.set_rights(guard, "li", scope=Scope.whole())


def test_only_while_there_is_no_security_administrator_the_systems_may_name_one(
    place: Place,
) -> None:
    boss = place.person("boss", "system_administrator")
    office = place.office
    refused("not_allowed", office.accounts.add, boss, "x1", name="x", roles=("office_manager",))
    office.accounts.add(boss, "watch", name="x", roles=("audit_administrator",))
    office.accounts.add(boss, "x2", name="x")
    office.grants.set_rights(boss, "x2", roles=["security_administrator"])
    for role in ("security_administrator", "audit_administrator"):
        refused("not_allowed", office.accounts.add, boss, "x3", name="x", roles=(role,))
    office.accounts.lock(boss, "x2")
    refused(
        "not_allowed", office.grants.set_rights, boss, "watch", roles=["security_administrator"]
    )


def test_administrators_auditors_and_outsiders_hold_no_second_role(place: Place) -> None:
    place.add("li", name="x")
    give = place.office.grants.set_rights
    for alone in (name for name in GRANTED if ROLES[name].exclusive or name == "property_owner"):
        for other in set(GRANTED) - {alone}:
            refused("roles_conflict", give, OWNER, "li", roles=[alone, other])


def test_the_machine_s_own_role_is_given_to_nobody(place: Place) -> None:
    refused("role_unknown", place.add, "x1", name="x", roles=("local_owner",))


def test_the_last_system_administrator_is_neither_locked_nor_demoted(place: Place) -> None:
    place.person("boss", "system_administrator")
    refused("last_administrator", place.office.accounts.lock, OWNER, "boss")
    refused("last_administrator", place.office.grants.set_rights, OWNER, "boss", roles=["planner"])
    place.person("second", "system_administrator")
    place.office.accounts.lock(OWNER, "second")
    refused("last_administrator", place.office.accounts.lock, OWNER, "boss")


def test_rights_taken_away_are_gone_at_the_next_click(place: Place) -> None:
    place.person("li", "planner", scope=Scope.whole())
    token = place.by_password("li", GOOD).token
    place.office.grants.set_rights(OWNER, "li", roles=["warden"], scope=Scope.nothing())
    actor = place.acting(token)
    assert actor is not None
    assert (actor.roles, bool(actor.scope)) == (("warden",), False)


def test_only_administrators_and_auditors_see_the_accounts(place: Place) -> None:
    for role in GRANTED:
        actor = Actor("x1", "x", (role,))
        if ROLES[role].exclusive:
            assert place.office.accounts.all(actor).empty
        else:
            refused("not_allowed", place.office.accounts.all, actor)


@on_each_database
def test_the_list_of_accounts_says_how_each_stands(place: Place) -> None:
    office = place.office
    for login in ("active", "due", "locked", "blocked"):
        place.person(login)
    office.accounts.add(OWNER, "new", name="x")
    office.accounts.reset_password(OWNER, "due")
    office.accounts.lock(OWNER, "locked")
    for _ in range(5):
        refused("sign_in_failed", office.sign_in.by_password, "blocked", "x")
    office.sign_in.by_password("active", GOOD)
    listed = office.accounts.all(OWNER).set_index("login")
    assert all(listed.loc[login, "state"] == login for login in listed.index)
    assert listed["sessions"].to_dict() == dict.fromkeys(listed.index, 0) | {"active": 1}


@pytest.mark.parametrize("settings", ["", "[office]\ndemo = true"])
def test_one_click_signs_in_nowhere_but_in_the_demonstration(place: Place, settings: str) -> None:
    """Neither an account of an office nor a setting alone is enough."""
    place.person("li", "planner")
    assert place.office.sign_in.demo_roles() == ()
    refused("demo_only", place.office.sign_in.by_demo, "planner")
    if not settings:
        refused(
            "demo_elsewhere", place.office.demo_accounts.add, OWNER, "demo", name="x",
            role="planner", scope=Scope.whole(),
        )  # fmt: skip


@pytest.mark.parametrize("settings", ["[office]\ndemo = true"])
def test_a_demonstration_account_has_no_password_and_many_visitors(place: Place) -> None:
    made = {"name": "示范", "role": "planner", "scope": Scope.whole()}
    assert place.office.demo_accounts.add(OWNER, "demo", **made)
    assert not place.office.demo_accounts.add(OWNER, "demo", **made)
    assert place.office.sign_in.demo_roles() == ("planner",)
    tokens = [place.office.sign_in.by_demo("planner").token for _ in range(2)]
    assert all(place.acting(token) for token in tokens)
    for password in ("", "demo", "None"):
        refused("sign_in_failed", place.by_password, "demo", password)
    assert not place.office.sign_in.needs_password("demo")
    assert place.office.sign_in.act_as("demo", None).roles == ("planner",)
    refused("demo_only", place.office.sign_in.by_demo, "warden")
    refused("no_password", place.office.accounts.reset_password, OWNER, "demo")


@on_each_database
def test_the_directory_opens_only_accounts_made_for_it_and_bound_to_nobody_else(
    place: Place,
) -> None:
    place.person("local-li")
    place.add("dir-li", name="x", roles=("warden",), directory=True)
    office = place.office
    refused("directory_unknown", office.sign_in.by_directory, "s1", "nobody")
    refused("directory_unknown", office.sign_in.by_directory, "s1", "local-li")
    refused("directory_unknown", office.sign_in.by_directory, "", "dir-li")
    signed = office.sign_in.by_directory("s1", "Dir-Li")
    assert not signed.must_change
    assert office.sessions.actor(signed.token)
    refused("directory_unknown", office.sign_in.by_directory, "s2", "dir-li")
    office.accounts.lock(OWNER, "dir-li")
    refused("account_locked", office.sign_in.by_directory, "s1", "dir-li")


@on_each_database
def test_every_change_leaves_a_line_and_no_line_holds_a_password(place: Place) -> None:
    office = place.office
    once = office.accounts.add(OWNER, "li", name="x")
    assert once is not None
    li = Actor("li", "x", ())
    office.sign_in.change_password(li, old=once, new=GOOD)
    token = office.sign_in.by_password("li", GOOD, address="10.0.0.9").token
    office.sessions.sign_out(token)
    refused("sign_in_failed", office.sign_in.by_password, "my-secret-typed-as-login", BETTER)
    office.grants.set_rights(OWNER, "li", roles=["warden"], scope=Scope.whole())
    office.grants.set_rights(OWNER, "li", roles=["warden"], scope=Scope.whole())
    again = office.accounts.reset_password(OWNER, "li")
    office.accounts.lock(OWNER, "li")
    office.accounts.unlock(OWNER, "li")
    with office._workspace.store.begin() as unit:
        events = [(e.actor, e.action, e.facts) for e in reversed(unit.audit.newest(100))]
    assert [(actor, action) for actor, action, _ in events] == [
        ("local", "account_added"),
        ("li", "password_changed"),
        ("li", "sign_in"),
        ("li", "sign_out"),
        ("unknown", "sign_in_failed"),
        ("local", "rights_set"),
        ("local", "password_reset"),
        ("local", "account_locked"),
        ("local", "account_unlocked"),
    ]
    told = repr(events)
    assert not any(word in told for word in (once, again, GOOD, BETTER, "typed-as-login", token))


def test_an_account_sees_what_its_person_answers_for_today(staffed: Office) -> None:
    """And what was given to it; an outsider only that."""
    office, today = staffed, staffed._local_now().date()
    office.accounts.add(
        OWNER, "li", name="x", roles=("warden",), person_id="P3",
        scope=Scope(buildings=frozenset({"B1"})), directory=True,
    )  # fmt: skip
    token = office.sign_in.by_directory("s", "li").token

    def seen() -> set[str]:
        actor = office.sessions.actor(token)
        assert actor is not None
        return set(actor.scope.buildings)

    before = seen()
    added = next(f"B{n}" for n in range(1, 9) if f"B{n}" not in before)
    change = office.duties.set_duty(
        OWNER, target_kind="building", target_id=added, duty="网格员", person_id="P3",
        valid_from=today,
    )  # fmt: skip
    assert seen() == {*before, added}
    office.duties.undo(OWNER, change)
    assert seen() == before
    office.grants.set_rights(OWNER, "li", roles=["property_owner"])
    assert seen() == {"B1"}
    refused(
        "scope_unknown",
        office.grants.set_rights,
        OWNER,
        "li",
        scope=Scope(buildings=frozenset({"B99"})),
    )


def test_rights_are_given_whole_or_not_at_all(staffed: Office) -> None:
    office = staffed
    office.accounts.add(OWNER, "li", name="x", roles=("warden",))
    before = row_of(office, "li")
    wrong = Scope(buildings=frozenset({"B99"}))
    refused("scope_unknown", office.grants.set_rights, OWNER, "li", roles=["planner"], scope=wrong)
    refused("person_unknown", office.grants.set_rights, OWNER, "li", roles=["planner"], person="X")
    assert row_of(office, "li") == before
    office.grants.set_rights(OWNER, "li", roles=["planner"], scope=Scope.whole(), person="P3")
    after = row_of(office, "li")
    assert (after["roles"], after["person_id"]) == (("planner",), "P3")
    with office._workspace.store.begin() as unit:
        newest = unit.audit.newest(1)[0]
        line = (newest.action, set(newest.facts["after"]))
    assert line == ("rights_set", {"roles", "scope", "person"})
    office.grants.set_rights(OWNER, "li", person="")
    assert row_of(office, "li")["person_id"] is None


def test_a_person_has_one_account_and_stands_in_the_table_of_staff(staffed: Office) -> None:
    office = staffed
    office.accounts.add(OWNER, "li", name="x", person_id="P3")
    refused("person_unknown", office.accounts.add, OWNER, "wu", name="x", person_id="P99")
    refused("person_taken", office.accounts.add, OWNER, "wu", name="x", person_id="P3")
    office.accounts.add(OWNER, "wu", name="x")
    refused("person_taken", office.grants.set_rights, OWNER, "wu", person="P3")


def row_of(office: Office, login: str) -> dict[str, Any]:
    listed = office.accounts.all(OWNER).set_index("login").loc[login]
    return {name: listed[name] for name in ("roles", "scope", "person_id")}
