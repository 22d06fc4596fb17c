"""People and audit, over real accounts: each administrator sees and does what is theirs to do."""

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import openpyxl
import pytest
from imported import import_text
from pages import labelled, labels, page_of, press, run, texts
from streamlit.testing.v1 import AppTest

from dashboard.i18n import translator
from dashboard.views.people import audit_log
from dashboard.views.people.accounts import scope_in_words, searched, sees_nothing
from dashboard.views.people.rights import parts_of
from governance.access.permissions import Actor, Scope, local_owner
from governance.office import Office
from governance.security.compliance.audit import AuditFilter
from gridwarden.compose import create_workspace, open_office

SYSTEM, SECURITY = "system_administrator", "security_administrator"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty workspace with a warden's and a planner's account."""
    folder = create_workspace(tmp_path_factory.mktemp("people") / "office")
    office, owner = open_office(folder), local_owner()
    office.accounts.add(owner, "wang", name="王示例", roles=["warden"], person_id="P1")
    office.accounts.add(owner, "li", name="李示例", roles=["planner"], scope=Scope.whole())
    office.close()
    return folder


@pytest.fixture
def office(built: Path, tmp_path: Path) -> Iterator[Office]:
    opened = open_office(shutil.copytree(built, tmp_path / "office"))
    yield opened
    opened.close()


@pytest.fixture
def opened_as(serve: Callable[..., Any], office: Office) -> Callable[..., AppTest]:
    """Return what opens the page for a role, with an account chosen where one is named."""

    def opening(role: str, *, account: str = "", part: str = "") -> AppTest:
        serve(office, Actor(id=f"the_{role}", name=role, roles=(role,), scope=Scope.whole()))
        app = run(page_of("people", lang="en", **({"part": part} if part else {})))
        if account:
            app.selectbox(key="account_chosen").select(account)
            run(app)
        assert [e.value for e in app.error] == []
        return app

    return opening


def account(office: Office, login: str) -> Any:
    return office.accounts.all(local_owner()).set_index("login").loc[login]


@pytest.mark.parametrize(
    ("role", "tabs", "offered", "not_offered"),
    [
        (SYSTEM, ["Accounts", "New account"], {"Lock", "Reset the password"},
         {"Save roles and scope"}),
        (SECURITY, ["Accounts", "Exports"], {"Save roles and scope"},
         {"Lock", "Create the account"}),
        *((role, ["Audit log", "Accounts"], set(),
           {"Lock", "Unlock", "Reset the password", "Create the account", "Save roles and scope"})
          for role in ("auditor", "audit_administrator")),
    ],
)  # fmt: skip
def test_each_administrator_is_offered_their_own_part(
    opened_as: Callable[..., AppTest],
    role: str,
    tabs: list[str],
    offered: set[str],
    not_offered: set[str],
) -> None:
    app = opened_as(role)
    assert labels(app, "tab") == tabs
    assert offered <= set(labels(app, "button"))
    assert not not_offered & set(labels(app, "button"))


def test_who_reads_the_log_is_told_that_it_is_whole(opened_as: Callable[..., AppTest]) -> None:
    assert "whole" in opened_as("auditor").success[0].value


def test_a_locked_account_can_be_unlocked(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    app = press(opened_as(SYSTEM, account="wang"), "account_lock")
    assert account(office, "wang")["state"] == "locked"
    assert "wang is locked" in app.success[0].value
    press(app, "account_unlock")
    assert account(office, "wang")["state"] != "locked"


def test_the_account_that_is_shown_is_the_one_that_is_changed_once_a_search_leaves_it_out(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    app = opened_as(SYSTEM, account="wang")
    app.text_input(key="accounts_search").input("li")
    run(app)
    chosen = app.selectbox(key="account_chosen")
    assert (chosen.value, chosen.proto.set_value) == ("li", True), "the browser is told"
    press(app, "account_lock")
    assert account(office, "li")["state"] == "locked"


def test_the_first_administrator_is_told_what_to_do_next(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    everybody = office.accounts.all(local_owner())
    one = everybody[everybody["login"] == "wang"].reset_index(drop=True)
    assert sees_nothing(one.assign(roles=[("system_administrator",)])).tolist() == [False]
    with patch.object(type(office.accounts), "all", lambda *_: one):
        app = opened_as("system_administrator")
    assert "Only your account is there" in texts(app)


def test_accounts_that_see_nothing_are_named_and_the_first_of_them_is_chosen(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    owner = local_owner()
    office.accounts.add(owner, "zhou", name="周示例")
    office.accounts.add(owner, "zheng", name="郑示例", roles=["planner"], scope=Scope.nothing())
    office.accounts.add(owner, "zhu", name="朱示例", roles=["planner"], scope=Scope.whole())
    app = opened_as("security_administrator")
    named = next(each for each in texts(app).splitlines() if "see nothing yet" in each)
    assert "zhou" in named
    assert "zheng" in named
    assert "zhu" not in named
    assert app.session_state["account_chosen"] in {"zheng", "zhou"}


def test_a_new_password_is_shown_once(opened_as: Callable[..., AppTest], office: Office) -> None:
    app = press(opened_as(SYSTEM, account="wang"), "account_reset")
    assert office.sign_in.by_password("wang", app.code[0].value).must_change
    assert len(press(app, "one_time_done").code) == 0


def test_a_new_account_gets_a_one_time_password_and_no_rights(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    app = opened_as(SYSTEM, part="new")
    app.text_input(key="new_login").input("zhao")
    app.text_input(key="new_name").input("赵示例")
    assert "Not there yet: Security administrator, Audit administrator" in texts(app)
    shown = press(app, "Create the account").code[0].value
    assert [app.text_input(key=key).value for key in ("new_login", "new_name")] == ["", ""]
    made = account(office, "zhao")
    assert (made["name"], tuple(made["roles"])) == ("赵示例", ())
    assert office.sign_in.by_password("zhao", shown).must_change


def test_once_there_is_a_security_administrator_no_role_is_offered_that_is_then_refused(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    assert "Role" in labels(opened_as(SYSTEM, part="new"), "selectbox")
    office.accounts.add(local_owner(), "zhou", name="周示例", roles=[SECURITY])
    assert "Role" not in labels(opened_as(SYSTEM, part="new"), "selectbox")


def test_roles_scope_and_person_are_stored_together(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    app = opened_as(SECURITY, account="wang")
    app.multiselect(key="roles_wang").select("grid_chief")
    app.text_input(key="person_wang").input("P2")
    app.checkbox(key="street_wang").check()
    press(app, "Save roles and scope")
    stored = account(office, "wang")
    assert tuple(stored["roles"]) == ("warden", "grid_chief")
    assert (stored["person_id"], stored["scope"]["street"]) == ("P2", True)


def test_a_refused_right_says_why_and_changes_nothing(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    app = opened_as(SECURITY, account="wang")
    app.multiselect(key="roles_wang").select("auditor")
    assert len(press(app, "Save roles and scope").error) == 1
    assert tuple(account(office, "wang")["roles"]) == ("warden",)


def ask_for_export(app: AppTest) -> AppTest:
    app.text_input(key="ask_reason").input("court order 12")
    return press(app, "Submit request")


def test_an_unmasked_export_takes_two_people_and_happens_once(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    def states() -> list[str]:
        requests = office.exports.requests(local_owner())
        return [each.state for each in requests]

    ask_for_export(opened_as("planner"))
    assert states() == ["open"]
    press(opened_as("office_manager"), "allow_1")
    assert states() == ["approved"]
    assert "Fetch No. 1 once: Buildings" in labels(opened_as("planner"), "download_button")


def test_the_rows_of_one_case_are_told_to_who_asks_and_to_who_decides(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    lines = "工单编号,来电时间,地址,内容\nA1,2026-11-02 10:00,某处,周末补课\n"
    import_text(office, "complaints", lines)
    office.cases.catch_up(local_owner())
    case_no = str(office.cases.inbox(local_owner()).rows["case_no"].iloc[0])
    app = opened_as("office_manager")
    labelled(app.selectbox, "Table").select("complaints")
    labelled(run(app).selectbox, "Which rows").select("case")
    assert "Choose the building, community or case" in texts(run(app))
    app.text_input(key="ask_case").input(case_no)
    assert f"Which: **case {case_no}**" in texts(run(app))
    ask_for_export(app)
    assert f"Which: **case {case_no}**" in texts(opened_as(SECURITY))


def test_who_asked_cannot_allow_it_themselves(opened_as: Callable[..., AppTest]) -> None:
    app = ask_for_export(opened_as("office_manager"))
    assert "Allow once" not in labels(app, "button")


def test_what_waits_for_who_approves_opens_first_and_says_what_it_holds(
    opened_as: Callable[..., AppTest],
) -> None:
    assert "Allow once" not in labels(opened_as(SECURITY), "button")
    ask_for_export(opened_as("planner"))
    app = opened_as(SECURITY)
    assert "Allow once" in labels(app, "button")
    assert "In clear: **Standard address :gray[:small[标准地址]]" in texts(app)
    assert "Stays masked" in texts(app)


def test_a_building_that_nobody_knows_is_refused_and_nothing_stored(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    app = opened_as(SECURITY, account="wang")
    app.text_input(key="buildings_wang").input("月球花园1号楼")
    app.checkbox(key="street_wang").check()
    assert len(press(app, "Save roles and scope").error) == 1
    assert not account(office, "wang")["scope"]["street"]


def test_the_log_tells_its_facts_in_words(opened_as: Callable[..., AppTest]) -> None:
    facts = opened_as("auditor").dataframe[0].value["facts"].tolist()
    assert not [text for text in facts if "{" in text or '"' in text]
    assert any("login wang" in text and "roles Grid warden" in text for text in facts)


def test_the_logs_workbook_reads_as_the_page_and_the_log_says_that_it_was_made(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    rows = opened_as("auditor").dataframe[0].value
    page = SimpleNamespace(say=translator("zh"), office=office, actor=local_owner())
    made = audit_log._workbook(page, "审计日志.xlsx", AuditFilter(), {"li": "李示例"})
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    heads, *lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert heads == ["编号", "时间", "操作人", "操作", "详情"]
    assert len(lines) == len(rows)
    assert not [line for line in lines if "{" in line[4]]
    newest = office.audit.log(local_owner()).iloc[0]
    assert "审计日志.xlsx" in newest["facts"]


def test_the_log_can_be_narrowed_to_a_person_and_an_action(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    office.accounts.lock(Actor("the_one", "one", (SYSTEM,), Scope.whole()), "wang")
    app = opened_as("auditor")
    everything = app.dataframe[0].value
    app.selectbox(key="audit_person").select("the_one")
    narrowed = run(app).dataframe[0].value
    assert 0 < len(narrowed) < len(everything)
    assert set(narrowed["person"]) == {"the_one"}
    actions = app.selectbox(key="audit_action").options
    assert translator("en").name("action", "end_buildings") in actions, "though none is shown"


def test_the_log_can_be_searched_in_its_facts(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    office.accounts.lock(Actor("the_one", "one", (SYSTEM,), Scope.whole()), "wang")
    app = opened_as("auditor")
    events = len(app.dataframe[0].value)
    app.text_input(key="audit_text").input(" WANG ")
    facts = run(app).dataframe[0].value["facts"]
    assert 0 < len(facts) < events
    assert facts.map(lambda held: "wang" in held).all()
    app.text_input(key="audit_text").input("月球花园")
    assert "No event matches." in texts(run(app))


def test_the_log_names_who_has_an_account_beside_the_login(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    office.accounts.lock(Actor("li", "李示例", (SYSTEM,), Scope.whole()), "wang")
    assert "李示例 (li)" in set(opened_as("auditor").dataframe[0].value["person"])


@pytest.mark.parametrize(
    ("wanted", "logins"),
    [("WANG", ["wang"]), ("李示", ["li"]), ("p1", ["wang"]), ("网格员", ["wang"]),
     ("", ["li", "wang"])],
)  # fmt: skip
def test_a_search_finds_logins_names_persons_and_roles(
    office: Office, wanted: str, logins: list[str]
) -> None:
    accounts = office.accounts.all(local_owner())
    assert sorted(searched(accounts, wanted, say=translator("zh"))["login"]) == logins


@pytest.mark.parametrize(
    ("scope", "told"),
    [(Scope.whole(), "the whole sub-district"), (Scope.nothing(), "what the person answers for"),
     (Scope(communities=frozenset({"C1"}), buildings=frozenset({"B2", "B1"})),
      "communities C1; buildings B1, B2")],
)  # fmt: skip
def test_a_scope_is_told_in_words(scope: Scope, told: str) -> None:
    assert scope_in_words(scope, say=translator("en")) == told


@pytest.mark.parametrize("text", ["C 1,C2", "C 1，C2；", " C 1、 C2\n"])
def test_names_may_be_parted_as_people_part_them_and_hold_blanks(text: str) -> None:
    assert parts_of(text) == ["C 1", "C2"]


def test_who_answers_a_person_is_shown_where_something_is_held_and_cannot_erase(
    opened_as: Callable[..., AppTest],
) -> None:
    app = opened_as("hotline_clerk")
    app.text_input(key="personal_phone").input("13800000001")
    run(app)
    app.button(key="personal_ask").click()
    run(app)
    assert "Nothing is held about this person." in texts(app)
    assert "Why it is erased" not in labels(app, "text_input")


def test_who_erases_is_shown_what_was_kept_long_enough_and_no_person(
    opened_as: Callable[..., AppTest], office: Office
) -> None:
    app = opened_as("office_manager", part="personal")
    assert "What is held about this person?" not in labels(app, "button")
    assert "Kept names and numbers" in texts(app)
    app.text_input(key="personal_phone").input("13800000001")
    app.text_input(key="personal_reason").input("asked for it")
    run(app)
    press(app, "Erase")
    log = office.audit.log(local_owner(), AuditFilter(action="erase_personal"))
    assert len(log) == 1
    assert "13800000001" not in log.to_csv()
