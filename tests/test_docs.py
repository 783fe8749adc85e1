"""The documents tell the truth: the import table, every command, every file that is linked."""

import re
from pathlib import Path

import click
import pytest

from supply.cli.main import supply as command
from tests.test_architecture import MAY_IMPORT

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])


def test_readme_prints_the_import_table_that_is_tested() -> None:
    printed = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    assert printed == {name: " ".join(sorted(set(may))) or "–" for name, may in MAY_IMPORT.items()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert missing == []


def commands(group: click.Group, prefix: str = "supply") -> list[str]:
    found = []
    for name, each in sorted(group.commands.items()):
        found += commands(each, f"{prefix} {name}") if isinstance(each, click.Group) else [f"{prefix} {name}"]
    return found


def test_every_command_is_in_the_administrators_guide() -> None:
    text = (ROOT / "docs" / "administrator.md").read_text("utf-8")
    assert [name for name in commands(command) if name not in text] == []


def test_the_folders_of_the_map_are_the_folders_there_are() -> None:
    named = set(re.findall(r"^supply/(\w+)/", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE))
    there = {p.parent.name for p in (ROOT / "supply").glob("*/__init__.py")}
    assert named == there
