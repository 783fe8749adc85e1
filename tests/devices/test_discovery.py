"""What is found on the wires: printers that announce themselves, HID scanners, the system's own printers."""

import os
import socket
import time
from pathlib import Path
from typing import Any

import pytest
import zeroconf

from supply.devices.discovery import (
    discover_all,
    discover_hid,
    discover_network_printers,
    discover_serial,
    discover_system_printers,
    plain,
)
from supply.devices.errors import DeviceError
from supply.devices.printers.addresses import Reach

HERE = ["127.0.0.1"]


def announce(registry: zeroconf.Zeroconf, kind: str, name: str, port: int, **properties: str) -> None:
    registry.register_service(
        zeroconf.ServiceInfo(
            kind, f"{name}.{kind}", addresses=[socket.inet_aton("127.0.0.1")], port=port,
            properties=properties, server="discovery-test.local.",
        )
    )  # fmt: skip


def test_printers_that_announce_themselves_are_found_with_their_settings() -> None:
    registry = zeroconf.Zeroconf(interfaces=HERE)
    name = f"Label {os.getpid()}"
    try:
        announce(registry, "_pdl-datastream._tcp.local.", name, 9100, ty="Zebra ZD421")
        announce(registry, "_ipp._tcp.local.", f"{name} sheets", 8631, rp="ipp/print", ty="Office laser")
        began = time.monotonic()
        found = {one.title: one for one in discover_network_printers(2.4, interfaces=HERE)}
        narrow = discover_network_printers(2.4, interfaces=HERE, reach=Reach(networks=("10.0.0.0/8",)))
        assert time.monotonic() - began < 12
    finally:
        registry.close()
    assert name in found, found
    assert (found[name].driver, found[name].settings) == ("zpl-network", {"host": "127.0.0.1", "port": 9100})
    assert found[f"{name} sheets"].settings["path"] == "/ipp/print"
    assert found[name].not_allowed == ""
    assert all("outside the networks" in one.not_allowed for one in narrow if one.title.startswith(name))
    assert any(one.title == name for one in narrow)


class Hidapi:
    """hidapi's module, as far as looking goes: there is no wire for it here."""

    @staticmethod
    def enumerate() -> list[dict[str, Any]]:
        scanner = {
            "usage_page": 0x8C,
            "vendor_id": 0x05E0,
            "product_id": 0x1701,
            "product_string": "Symbol\x1b Reader",
        }
        return [scanner, dict(scanner), {"usage_page": 1, "vendor_id": 1, "product_id": 2}]


def test_a_hid_scanner_is_named_once_and_a_keyboard_is_none() -> None:
    (found,) = discover_hid(Hidapi)
    assert (found.title, found.driver, found.settings) == ("Symbol Reader", "hid-pos", {"usb_id": "05e0:1701"})


def put_lpstat(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "lpstat"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_the_printers_of_the_system_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_lpstat(tmp_path, monkeypatch, 'printf "DYMO\\nLaser_2\\n"')
    assert [one.settings for one in discover_system_printers()] == [{"printer": "DYMO"}, {"printer": "Laser_2"}]


def test_a_printing_system_that_hangs_is_given_up_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_lpstat(tmp_path, monkeypatch, "exec sleep 20")
    began = time.monotonic()
    with pytest.raises(DeviceError, match="did not answer"):
        discover_system_printers(0.3)
    assert time.monotonic() - began < 5


def test_looking_for_everything_says_what_could_not_be_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    found, missed = discover_all(0.1)
    assert any("CUPS" in words for words in missed)
    assert all(one.driver == "serial" for one in found if one.where == "serial")


def test_what_strangers_say_is_shown_on_one_line_without_controls() -> None:
    assert plain("a\nb\x1b[31m\u202ec" + "x" * 200).startswith("ab[31mc")
    assert len(plain("x" * 200)) == 80
    assert all(one.title for one in discover_serial())
