"""Where a printer of the network may be: resolved once, judged, and nothing else is ever connected to."""

import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from supply.devices.emulators.printer import EmulatedPrinter
from supply.devices.errors import DeviceError
from supply.devices.printers.addresses import Reach, judged
from supply.devices.printers.open import open_printer, printer_at

OFFICE = Reach(networks=("192.168.0.0/16", "10.0.0.0/8"), ports=(9100, 631))
HERE = Reach(networks=("127.0.0.0/8",), ports=(9100,))
EVERYWHERE = Reach(networks=("0.0.0.0/0", "::/0"), ports=(9100,))

# What is refused: the host, its port, and what the office allows.
REFUSED: list[tuple[str, int, Reach]] = [
    *((host, 9100, OFFICE) for host in (
        "127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "0.0.0.0", "0.1.2.3", "::", "169.254.169.254",
        "169.254.1.9", "fe80::1", "fe80::1%lo", "fd00:ec2::254", "100.100.100.200", "168.63.129.16", "224.0.0.251",
        "239.255.255.250", "ff02::fb", "255.255.255.255", "240.0.0.1", "192.0.0.192", "8.8.8.8", "172.16.0.1",
        "2001:db8::5", "::ffff:127.0.0.1", "::ffff:192.168.1.5", "::ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::", "2130706433", "3232235777", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "192.168.257",
        "0", "1.2.3.4.5", "192.168.1.5\r\nX", "192.168.1.5 ", "a b", "user@192.168.1.5", "192.168.1.5/x", "",
    )),
    *((host, 9100, EVERYWHERE) for host in (
        "127.0.0.1", "::1", "169.254.169.254", "fe80::1", "0.0.0.0", "::ffff:1.2.3.4",
    )),
    *(("192.168.1.5", port, OFFICE) for port in (22, 80, 5432, 8000, 9101)),
    *(("127.0.0.1", port, HERE) for port in (22, 80, 631, 5432)),
]  # fmt: skip


def printable(case: tuple[str, int, Reach]) -> str:
    return f"{case[0]!r}:{case[1]}"


@pytest.mark.parametrize("case", REFUSED, ids=printable)
def test_an_address_that_is_not_allowed_is_refused_without_a_connection(
    case: tuple[str, int, Reach], monkeypatch: pytest.MonkeyPatch
) -> None:
    host, port, reach = case
    tried: list[Any] = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_: tried.append(args))
    monkeypatch.setattr(socket.socket, "connect", lambda *args: tried.append(args))
    for settings in (
        {"driver": "escpos-network", "host": host, "port": port},
        {"driver": "zpl-network", "host": host, "port": port},
        {"driver": "system", "printer": "labels", "host": host, "port": port},
    ):
        status = open_printer("desk", settings, reach=reach).status()
        assert (status.is_ready, status.is_permanent) == (False, True), status.words
        assert "settings" in status.words
        assert status.words.isprintable()
    assert tried == []


@pytest.mark.parametrize(
    ("host", "port", "reach", "reached"),
    [
        ("192.168.1.5", 9100, OFFICE, "192.168.1.5"),
        ("10.9.8.7", 631, OFFICE, "10.9.8.7"),
        ("127.0.0.1", 40_001, HERE, "127.0.0.1"),
        ("127.0.0.1", 9100, HERE, "127.0.0.1"),
        ("::1", 40_001, Reach(networks=("::1/128",), ports=()), "::1"),
        ("[fd12:3456::9]", 9100, Reach(networks=("fd00::/8",), ports=(9100,)), "fd12:3456::9"),
        ("8.8.8.8", 9100, EVERYWHERE, "8.8.8.8"),
    ],
)
def test_an_address_that_the_office_lists_is_reached(host: str, port: int, reach: Reach, reached: str) -> None:
    assert judged("desk", host, port, reach) == reached


def test_a_name_is_asked_once_and_only_what_was_judged_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that means the printer when it is judged, and this machine when it is asked again (DNS rebinding)."""
    answers, connected = [["192.168.1.5"], ["127.0.0.1"], ["127.0.0.1"]], []
    monkeypatch.setattr(judged, "__kwdefaults__", {"resolver": lambda host: answers.pop(0)})

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    printer = open_printer("desk", {"driver": "escpos-network", "host": "printer.office.example"}, reach=OFFICE)
    assert "takes no connection" in printer.status().words
    assert connected == [("192.168.1.5", 9100)]
    again = printer.status()
    assert (again.is_permanent, "no printer is allowed" in again.words) == (True, True)
    assert connected == [("192.168.1.5", 9100)], "the second answer of the name was refused"


@pytest.mark.parametrize(
    ("answers", "reached"),
    [
        (["169.254.169.254", "192.168.1.5"], "192.168.1.5"),
        (["::ffff:192.168.1.5", "fe80::1%2", "10.0.0.7"], "10.0.0.7"),
        (["127.0.0.1", "::1"], None),
        ([], None),
        (["nonsense"], None),
    ],
)
def test_of_several_answers_only_an_allowed_one_is_taken(answers: Iterable[str], reached: str | None) -> None:
    if reached is None:
        with pytest.raises(DeviceError, match="no printer is allowed"):
            judged("desk", "printer.example", 9100, OFFICE, resolver=lambda _: answers)
    else:
        assert judged("desk", "printer.example", 9100, OFFICE, resolver=lambda _: answers) == reached


def test_networks_that_are_none_are_said(tmp_path: Path) -> None:
    status = printer_at("192.168.1.5:9100", reach=Reach(networks=("192.168.0.1/16",))).status()
    assert (status.is_permanent, "192.168.0.1/16" in status.words) == (True, True)


def test_a_printer_on_this_machine_prints_by_name_too(tmp_path: Path) -> None:
    with EmulatedPrinter(tmp_path) as printer:
        assert printer_at(f"localhost:{printer.port}").status().is_ready


def test_the_control_that_resolves_again_would_reach_this_machine() -> None:
    """Judging a name and then connecting by that name is what this file forbids: the second answer counts there."""
    answers = [["192.168.1.5"], ["127.0.0.1"]]
    judged("desk", "printer.example", 9100, OFFICE, resolver=lambda _: answers[0])
    connected_to = answers[1][0]  # what connecting by name would have asked for
    with pytest.raises(DeviceError):
        judged("desk", connected_to, 9100, OFFICE)
