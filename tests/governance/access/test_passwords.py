"""What a password must be, and what one-time passwords are."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.access.passwords import (
    COMMON,
    LEAST_CLASSES,
    LEAST_LENGTH,
    READABLE,
    HashCost,
    PasswordHashes,
    one_time_password,
    password_problems,
)

CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)


@pytest.fixture(scope="module")
def hashes() -> PasswordHashes:
    return PasswordHashes(HashCost(memory_kib=8, rounds=1, lanes=1))


@given(st.text(alphabet="".join(CLASSES), max_size=40))
def test_length_and_kinds_of_signs_are_judged_as_a_plain_count_does(password: str) -> None:
    problems = password_problems(password, login="somebody")
    kinds = sum(any(sign in kind for sign in password) for kind in CLASSES)
    assert ("too_short" in problems) == (len(password) < LEAST_LENGTH)
    assert ("too_plain" in problems) == (kinds < LEAST_CLASSES)


@given(st.sampled_from(sorted(COMMON)), st.text(alphabet="0123456789!@#", max_size=8))
def test_digits_and_marks_around_a_common_word_do_not_hide_it(word: str, around: str) -> None:
    for password in (word + around, around + word, word.upper() + around):
        assert "too_common" in password_problems(password, login="somebody")


@given(st.text(alphabet=string.ascii_letters, min_size=2, max_size=20), st.integers(0, 9999))
def test_a_password_is_not_the_login_with_a_number(login: str, number: int) -> None:
    assert "same_as_login" in password_problems(f"{login.upper()}{number}!", login=login.casefold())


def test_every_rule_that_is_broken_is_named_at_once() -> None:
    assert password_problems("aaa", login="aaa") == (
        "too_short", "too_plain", "same_as_login", "too_common",
    )  # fmt: skip


@pytest.mark.parametrize(
    "good", ["Lotus-river-77", "荷花开了Lotus7", "tr0ub4dor & 3", "ＡＢＣdef1234５"]
)
def test_a_good_password_breaks_no_rule(good: str) -> None:
    assert password_problems(good, login="li", name="李") == ()


def test_one_time_passwords_are_long_readable_and_never_the_same() -> None:
    made = [one_time_password() for _ in range(200)]
    assert len(set(made)) == 200
    assert all(len(each) >= 16 and set(each) <= {*READABLE, "-"} for each in made)


def test_a_hash_is_argon2id_and_names_its_cost() -> None:
    made = PasswordHashes(HashCost()).make("x")
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_hash_of_another_cost_is_outdated(hashes: PasswordHashes) -> None:
    assert not hashes.is_outdated(hashes.make("x"))
    dearer = PasswordHashes(HashCost(memory_kib=16, rounds=1, lanes=1))
    assert dearer.is_outdated(hashes.make("x"))


def test_the_same_password_typed_on_another_keyboard_holds(hashes: PasswordHashes) -> None:
    made = hashes.make("Ａbc１２３")
    assert hashes.holds(made, "Abc123")
    assert not hashes.holds(made, "abc123")
    assert not hashes.holds("no hash at all", "abc123")
    assert not hashes.holds(None, "")
