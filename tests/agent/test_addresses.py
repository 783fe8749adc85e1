"""Which server an agent talks to, and where its token may come from."""

from pathlib import Path

import pytest

from supply.agent.addresses import Address, read_token, server_address
from supply.errors import Invalid

TOKEN = "supply_station_" + "a" * 30


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://[::1]:8000/", "http://localhost:8000"])
def test_this_machine_is_talked_to_without_encryption(url: str) -> None:
    assert server_address(url, is_insecure_allowed=False).port == 8000


def test_another_machine_only_with_encryption_unless_allowed() -> None:
    assert server_address("https://supply.example/x", is_insecure_allowed=False) == Address(
        True, "supply.example", 443, "/x"
    )
    with pytest.raises(Invalid, match="without encryption"):
        server_address("http://supply.example", is_insecure_allowed=False)
    assert not server_address("http://supply.example", is_insecure_allowed=True).is_secure


@pytest.mark.parametrize("url", ["", "supply.example", "ftp://a", "https://u:p@a", "https://a?token=x", "https://a:b"])
def test_an_address_that_cannot_be_right_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="address of the server"):
        server_address(url, is_insecure_allowed=True)


def test_a_token_is_read_from_its_file_or_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.touch(mode=0o600)
    file.write_text(TOKEN + "\n")
    assert read_token(file, {}) == read_token(None, {"SUPPLY_TOKEN": TOKEN}) == TOKEN
    file.chmod(0o644)
    with pytest.raises(Invalid, match="chmod 600"):
        read_token(file, {})


@pytest.mark.parametrize("token", ["", "short", "has space " + "a" * 20, "a" * 300])
def test_what_is_no_token_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_token(None, {"SUPPLY_TOKEN": token})
    assert not token or token not in refused.value.message
