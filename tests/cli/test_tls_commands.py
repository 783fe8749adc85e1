"""`supply tls` as whoever looks after the server types it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from supply.cli.main import supply
from supply.tls import names

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(names.socket, "gethostname", lambda: "elm-server")

    def run(*arguments: str) -> Result:
        return CliRunner(env={"SUPPLY_DATA": str(tmp_path), "SUPPLY_CONFIG": ""}).invoke(supply, ["tls", *arguments])

    return run


def fingerprint(run: Run) -> str:
    return json.loads(run("show", "--json").stdout)["fingerprint"]


def test_one_command_makes_a_certificate_and_says_how_to_go_on(run: Run, tmp_path: Path) -> None:
    made = run("init", "--name", "supply.local")
    assert made.exit_code == 0, made.output
    assert "https://supply.local:8000" in made.stderr
    assert "http://supply.local:8080/trust" in made.stderr
    shown = json.loads(run("show", "--json").stdout)
    assert {"supply.local", "elm-server", "elm-server.local", "localhost", "127.0.0.1"} <= set(shown["names"])
    assert shown["is_own_authority"] is True
    assert "supply room" in run("show").stdout
    assert "PRIVATE" not in made.output + run("show").output


def test_said_again_the_devices_still_trust_it(run: Run, tmp_path: Path) -> None:
    run("init")
    authority = (tmp_path / "tls" / "authority.crt").read_bytes()
    first = fingerprint(run)
    assert run("init", "--name", "kiosk.local").exit_code == 0
    assert (tmp_path / "tls" / "authority.crt").read_bytes() == authority
    assert fingerprint(run) != first


def test_a_name_beyond_the_authority_needs_a_new_one(run: Run, tmp_path: Path) -> None:
    run("init")
    refused = run("init", "--name", "supply.example.org")
    assert refused.exit_code == 1
    assert "--new-authority" in refused.stderr
    authority = (tmp_path / "tls" / "authority.crt").read_bytes()
    assert run("init", "--name", "supply.example.org", "--new-authority").exit_code == 0
    assert (tmp_path / "tls" / "authority.crt").read_bytes() != authority


def test_off_puts_the_files_aside_and_there_is_no_tls_any_more(run: Run, tmp_path: Path) -> None:
    run("init")
    assert run("off").exit_code == 0
    assert run("show").exit_code == 1
    assert run("off").exit_code == 1
    assert [path.name for path in tmp_path.glob("tls-*/authority.key")] == ["authority.key"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("init", "--name", "https://supply.local"), "no name of a computer"),
        (("acme", "--name", "supply.example.org", "--email", "a@example.org"), "--agree"),
        (("acme", "--name", "supply.local", "--email", "a@example.org", "--agree"), "supply tls init"),
        (("acme", "--name", "supply.example.org", "--email", "nobody", "--agree"), "no mail address"),
        (("show",), "supply tls init"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(run: Run, arguments: tuple[str, ...], says: str) -> None:
    refused = run(*arguments)
    assert refused.exit_code == 1
    assert says in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
