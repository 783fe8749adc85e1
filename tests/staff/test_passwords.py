"""Password rules and hashes."""

import pytest

from supply.errors import Invalid
from supply.staff import passwords


@pytest.mark.parametrize(
    ("password", "part"),
    [
        ("short 7", "at least 8"),
        ("x" * 201, "at most 200"),
        ("Maria Gonzalez", "not be the name"),
        ("MARIA.GONZALEZ", "not be the name"),
        ("Password1", "first that anybody tries"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, part: str) -> None:
    with pytest.raises(Invalid, match=part) as refused:
        passwords.check(password, "maria.gonzalez", "Maria Gonzalez")
    assert password not in refused.value.message


@pytest.mark.parametrize("password", ["12 apples", "ñandú über alles", "a" * 200, "maria.gonzalez 2"])
def test_eight_characters_that_are_no_name_are_enough(password: str) -> None:
    passwords.check(password, "maria.gonzalez", "Maria Gonzalez")


def test_a_hash_is_argon2id_salted_and_matches_only_its_password() -> None:
    first, second = passwords.hash_of("correct horse"), passwords.hash_of("correct horse")
    assert first.startswith("$argon2id$")
    assert first != second
    assert passwords.matches(first, "correct horse")
    assert not passwords.matches(first, "Correct horse")


def test_a_password_typed_on_another_keyboard_matches() -> None:
    composed, decomposed = "caf\u00e9 au lait", "cafe\u0301 au lait"
    assert passwords.matches(passwords.hash_of(composed), decomposed)


def test_nobody_and_rubbish_match_nothing() -> None:
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches("no hash at all", "anything goes")
