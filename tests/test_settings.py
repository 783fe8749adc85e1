"""Settings: defaults, one overlay, and every wrong key named."""

from pathlib import Path

import pytest

from supply.errors import Invalid
from supply.settings import load

ROOT = Path(__file__).parent.parent


def test_the_defaults_stand_alone(tmp_path: Path) -> None:
    settings = load(None, {"SUPPLY_DATA": str(tmp_path)})
    assert (settings.server.host, settings.server.port) == ("127.0.0.1", 8000)
    assert settings.database_url == f"sqlite:///{tmp_path / 'supply.db'}"


def test_a_file_and_the_environment_are_laid_over_them(tmp_path: Path) -> None:
    file = tmp_path / "office.toml"
    file.write_text('[office]\nname = "Elm Street"\n[scanning]\nseparators = ["^"]\n')
    settings = load(None, {"SUPPLY_CONFIG": str(file), "PORT": "9000", "HOST": "0.0.0.0"})
    assert settings.office.name == "Elm Street"
    assert settings.office.timezone == "America/New_York"
    assert settings.scanning.separators == ("^",)
    assert (settings.server.host, settings.server.port) == ("0.0.0.0", 9000)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[office]\nnmae = "Elm"\n', "office.nmae"),
        ("[surprise]\na = 1\n", "surprise"),
        ('[office]\ntimezone = "Mars/Olympus"\n', "Mars/Olympus"),
        ('[server]\nport = "many"\n', "server.port"),
        ('[server]\naddress = "supply.example.org"\n', "server.address: Value error, 'supply.example.org' is no web"),
        ('[server]\naddress = "ftp://supply.example.org"\n', "such as https://supply.example.org"),
        ('[server]\naddress = "https://"\n', "no web address"),
        ('[server]\naddress = "http://a b"\n', "no web address"),
        ("[server\n", "TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    file = tmp_path / "office.toml"
    file.write_text(text)
    with pytest.raises(Invalid) as refused:
        load(file, {})
    assert named in refused.value.message


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", ""),
        ("http://10.0.0.5:8000", "http://10.0.0.5:8000"),
        ("https://supply.example.org/", "https://supply.example.org"),
    ],
)
def test_the_address_people_type_is_empty_or_a_web_address(tmp_path: Path, written: str, meant: str) -> None:
    file = tmp_path / "office.toml"
    file.write_text(f'[server]\naddress = "{written}"\n')
    assert load(file, {}).server.address == meant


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"nothing\.toml"):
        load(tmp_path / "nothing.toml", {})


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "config").glob("*.toml")))
def test_the_documented_examples_are_right(name: str) -> None:
    load(ROOT / "config" / name, {})
