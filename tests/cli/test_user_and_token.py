"""`supply user` and `supply token`: what they print, where, and with which exit status."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from supply.cli.main import supply


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command on a database that was just set up."""
    monkeypatch.setenv("SUPPLY_DATA", str(tmp_path))
    for name in ("SUPPLY_USER", "SUPPLY_CONFIG", "SUPPLY_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def command(*words: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(supply, list(words), input=typed)

    assert command("setup").exit_code == 0
    return command


def test_a_person_with_two_roles_is_added_and_listed(run: Callable[..., Result]) -> None:
    added = run("user", "add", "maria", "--role", "nurse", "--role", "waste")
    assert (added.exit_code, added.stdout) == (0, "")
    people = [json.loads(line) for line in run("user", "list", "--json").stdout.splitlines()]
    said = {"name": "maria", "display_name": "maria", "email": None, "roles": ["nurse", "waste"], "disabled_at": None}
    assert said in people


def test_a_person_is_added_with_a_mail_address(run: Callable[..., Result]) -> None:
    added = run("user", "add", "maria", "--role", "nurse", "--email", " maria@example.org ", "--json")
    assert json.loads(added.stdout)["email"] == "maria@example.org"


def test_a_token_is_printed_alone_and_another_each_time(run: Callable[..., Result]) -> None:
    run("user", "add", "maria", "--role", "nurse")
    first, second = (run("token", "create", "--user", "maria") for _ in range(2))
    assert first.exit_code == second.exit_code == 0
    assert first.stdout.startswith("supply_")
    assert len(first.stdout.split()) == 1
    assert first.stdout != second.stdout


@pytest.mark.parametrize(
    ("words", "typed", "status", "sentence"),
    [
        (("user", "add", "maria", "--role", "nurse"), None, 1, "already called"),
        (("user", "add", "kim", "--role", "nurse", "--password-stdin"), "short\n", 1, "at least 8 characters"),
        (("user", "add", "kim", "--role", "nurse", "--password-stdin"), "", 1, "No password came"),
        (("user", "add", "kim", "--role", "king"), None, 2, "king"),
        (("user", "add", "kim"), None, 2, "--role"),
        (("user", "add", "kim", "--role", "nurse", "--email", "kim"), None, 1, "This is no mail address"),
        (("token", "create", "--user", "zoe"), None, 1, "Nobody here is called 'zoe'"),
    ],
)
def test_a_refusal_is_one_line_on_stderr_and_changes_nothing(
    run: Callable[..., Result], words: tuple[str, ...], typed: str | None, status: int, sentence: str
) -> None:
    run("user", "add", "maria", "--role", "nurse")
    answer = run(*words, typed=typed)
    assert answer.exit_code == status
    assert answer.stdout == ""
    assert sentence in answer.stderr
    assert '"kim"' not in run("user", "list", "--json").stdout
