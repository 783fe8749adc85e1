"""The house holds: who may import whom, how long things are, what they are called, where broad excepts stand."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import supply

ROOT = Path(supply.__file__).parent
REPOSITORY = ROOT.parent

_STOCK = ["staff", "audit", "barcodes", "db", "errors"]
_PURCHASING = ["stock", "replenishment", *_STOCK]
_WASTE = ["stock", *_STOCK]
_EXCHANGE = ["stock", "purchasing", "waste", "replenishment", *_STOCK]
_STATIONS = ["stock", "purchasing", "waste", "labels", "replenishment", *_STOCK]
_MONITORING = ["alerts", "backup", "stations", "exchange", *_STATIONS]
_REPORTS = ["monitoring", "documents", "settings", *_MONITORING]

# The row may import the names listed, and itself. README prints this table, and a test compares the two.
MAY_IMPORT: dict[str, list[str]] = {
    "errors": [],
    "settings": ["errors"],
    "db": ["errors"],
    "barcodes": ["errors"],
    "audit": ["db", "errors"],
    "staff": ["audit", "db", "errors"],
    "stock": _STOCK,
    "replenishment": ["errors"],
    "purchasing": _PURCHASING,
    "waste": _WASTE,
    "labels": ["audit", "barcodes", "db", "errors"],
    "documents": ["barcodes", "errors"],
    "exchange": _EXCHANGE,
    "stations": _STATIONS,
    "alerts": ["audit", "db", "errors"],
    "backup": ["db", "audit", "stock", "errors"],
    "monitoring": _MONITORING,
    "reports": _REPORTS,
    "devices": ["barcodes", "errors"],
    "jobs": ["monitoring", "reports", "documents", "settings", "tls", *_MONITORING],
    "web": ["reports", "tls", *_REPORTS],
    "worker": ["jobs", "devices", "stations", "labels", "db", "settings", "errors"],
    "agent": ["devices", "settings", "errors"],
    "tls": ["settings", "errors"],
    "migrations": [
        *("db", "errors", "audit", "staff", "stock", "stations", "jobs", "alerts", "labels", "purchasing", "waste"),
        "backup",
    ],
}
ANYTHING = {"cli", "__main__", "demo", "bench"}  # entrances, the demonstration and the benchmarks see every package
# Outside libraries that one package owns; nobody else imports them.
OWNED = {
    "biip": {"barcodes"},
    "pyzbar": {"barcodes"},
    "cv2": {"barcodes", "devices"},
    "zxingcpp": {"barcodes", "labels", "devices"},
    "argon2": {"staff"},
    "serial": {"devices"},
    "hid": {"devices"},
    "evdev": {"devices"},
    "usb": {"devices"},
    "zeroconf": {"devices"},
    "win32print": {"devices"},
    "win32ui": {"devices"},
    "win32con": {"devices"},
    "cryptography": {"tls"},
    "acme": {"tls"},
    "josepy": {"tls"},
    "requests": {"tls", "agent"},
    "escpos": {"devices"},
    "flask": {"web"},
    "cheroot": {"web"},
    "flask_openapi": {"web"},
    "apscheduler": {"jobs"},
    "openpyxl": {"exchange", "documents"},
    "reportlab": {"documents"},
    "click": {"cli"},
    "smtplib": {"alerts"},
    "alembic": {"migrations"},
}
FORBIDDEN_WORDS = {"utils", "helpers", "common", "misc", "manager", "service", "handler", "processor", "data", "info"}
BROAD_EXCEPTS = {
    "worker/process.py": 1,
    "devices/printers/loop.py": 1,
    "jobs/runner.py": 1,
    "web/problems.py": 1,
}
FILE_LINES = 400
FUNCTION_LINES = 60


def modules() -> list[Path]:
    return sorted(p for p in ROOT.rglob("*.py") if "versions" not in p.parts)


def package_of(path: Path) -> str:
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            if node.module == "supply":
                for alias in node.names:
                    yield node, f"supply.{alias.name}"
            elif node.module:
                yield node, node.module


def wrong_imports(path: Path, source: str) -> Iterator[str]:
    package = package_of(path)
    for node, name in imports(ast.parse(source)):
        parts = name.split(".")
        where = f"{path.name}:{node.lineno}"
        if parts[0] == "supply" and len(parts) > 1:
            target = parts[1]
            fine = package in ANYTHING or target in {package, *MAY_IMPORT.get(package, [])}
            if package == "web" and name == "supply.jobs.models":
                fine = True
            if not fine:
                yield f"{where}: {package} may not import {target}"
        elif parts[0] in OWNED and package not in OWNED[parts[0]] | ANYTHING:
            yield f"{where}: {parts[0]} belongs to {', '.join(sorted(OWNED[parts[0]]))}"


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_every_arrow_points_one_way() -> None:
    assert [wrong for path in modules() for wrong in wrong_imports(path, path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("stock/sabotage.py", "from supply.web.app import create_app"),
        ("stock/sabotage.py", "import flask"),
        ("web/sabotage.py", "from supply.devices import open"),
        ("purchasing/sabotage.py", "from supply import waste"),
    ],
)
def test_control_a_wrong_arrow_is_found(path: str, source: str) -> None:
    assert list(wrong_imports(ROOT / path, source)) != []


def test_every_package_has_its_row() -> None:
    packages = {package_of(path) for path in modules()} - {"__init__"}
    assert packages - set(MAY_IMPORT) - ANYTHING == set()


def test_imports_stand_at_the_top_except_optional_hardware() -> None:
    late = []
    for path in modules():
        if package_of(path) in {"devices", "barcodes"}:
            continue
        for function in functions(ast.parse(path.read_text("utf-8"))):
            late += [f"{path}:{node.lineno}" for node, _ in imports(function)]
    assert late == []


def test_nothing_hides_behind_type_checking() -> None:
    assert [str(p) for p in modules() if "TYPE_CHECKING" in p.read_text("utf-8")] == []


def test_package_files_hold_a_docstring_only() -> None:
    for path in modules():
        if path.name == "__init__.py":
            body = ast.parse(path.read_text("utf-8")).body
            assert len(body) == 1, path
            assert isinstance(body[0], ast.Expr), path


def test_every_module_says_what_it_owns() -> None:
    assert [str(p) for p in modules() if ast.get_docstring(ast.parse(p.read_text("utf-8"))) is None] == []


def test_files_and_functions_stay_short() -> None:
    long = [f"{p}: {n} lines" for p in modules() if (n := len(p.read_text("utf-8").splitlines())) > FILE_LINES]
    for path in modules():
        for function in functions(ast.parse(path.read_text("utf-8"))):
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > FUNCTION_LINES:
                long.append(f"{path}:{function.lineno} {function.name}: {lines} lines")
    assert long == []


def test_names_are_real_names() -> None:
    wrong = []
    for path in modules():
        words = set(re.split(r"[_\W]+", str(path.relative_to(ROOT)).removesuffix(".py")))
        wrong += [f"{path}: {word}" for word in words & FORBIDDEN_WORDS]
    assert wrong == []


def test_broad_excepts_stand_only_where_a_loop_must_survive() -> None:
    found: dict[str, int] = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.ExceptHandler):
                continue
            kind = node.type
            if kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"}):
                name = str(path.relative_to(ROOT))
                found[name] = found.get(name, 0) + 1
    assert {name: n for name, n in found.items() if n > BROAD_EXCEPTS.get(name, 0)} == {}


def test_only_the_ledger_writes_movements_and_balances() -> None:
    writing = re.compile(r"(insert|update|delete)\w*\(\s*(session,\s*)?(table_of\()?(Movement|Balance)\b")
    wrong = [str(p) for p in modules() if p.name != "ledger.py" and writing.search(p.read_text("utf-8"))]
    assert wrong == []


def test_no_path_or_host_of_a_machine_stands_in_the_project() -> None:
    locks = "\n".join(p.read_text("utf-8") for p in (REPOSITORY / "requirements").glob("*.txt"))
    assert re.search(r"https?://|--index-url|--find-links", locks) is None
