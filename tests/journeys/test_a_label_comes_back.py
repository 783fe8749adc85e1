"""A box comes in, its label is printed, and the camera that sees that label finds the same lot.

The product runs as `supply run`; its printer listens on TCP and gives pictures in place of paper.
"""

import http.client
import json
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image, ImageOps

from supply.barcodes.images import decode_image
from supply.devices.emulators.camera import Scene, photograph, write_picture
from supply.devices.emulators.printer import EmulatedPrinter
from tests.factories import GLOVES, gs1
from tests.serving import Served, served

CONFIG = """
[labels]
at_receipt = true

[[stations]]
code = "receiving-1"
name = "Receiving bench"
location = "STOREROOM"
mode = "receive"

[[stations.devices]]
name = "printer-1"
driver = "escpos-network"
settings = {{ host = "{host}", port = {port}, paper = "57x32", mm_per_second = 1000 }}
"""


def stock(office: Served, sku: str) -> dict[str, int]:
    lines = office.run("stock", "--item", sku, "--json").stdout.splitlines()
    return {line["lot"]: line["quantity"] for line in map(json.loads, lines)}


def scan(office: Served, token: str, barcode: str, action: str, **fields: str) -> dict[str, Any]:
    body = {"request_id": str(uuid4()), "barcode": barcode, "action": action, "station": "receiving-1", **fields}
    status, answer = office.ask("POST", "/api/v1/scans", body, token=token)
    assert status == 201, answer
    return dict(answer)


def as_a_camera_sees(label: Path, picture: Path) -> bytes:
    """The printed label on a table, photographed: turned a little, not quite sharp, with noise."""
    printed = ImageOps.expand(Image.open(label).convert("L"), border=40, fill=255)
    near = printed.resize((printed.width * 3 // 2, printed.height * 3 // 2), Image.Resampling.BICUBIC)
    scene = Scene(width=1280, height=720, angle=4, blur=0.8, noise=6)
    write_picture(picture, photograph(np.asarray(near), scene, seed=3))
    return picture.read_bytes()


def codes_in(office: Served, token: str, picture: bytes) -> list[dict[str, object]]:
    connection = http.client.HTTPConnection("127.0.0.1", office.port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "image/png"}
    connection.request("POST", "/api/v1/camera-frames", picture, headers)
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return list(answer["codes"])


def printed_jobs(office: Served, token: str) -> list[str]:
    status, answer = office.ask("GET", "/api/v1/print-jobs", token=token)
    assert status == 200
    return [job["state"] for job in answer["items"]]


def receive_two_lots(office: Served, token: str, sku: str, gtin: str | None) -> None:
    for lot in ("A1", "B2"):
        if gtin:
            scan(office, token, gs1(gtin, lot=lot, expiry="300101"), "receive")
        else:
            scan(office, token, sku, "receive", lot=lot, expiry="2030-01-01")


@pytest.mark.xdist_group("journeys")
def test_the_label_of_a_received_box_is_read_by_the_camera_as_the_same_lot(tmp_path: Path) -> None:
    with EmulatedPrinter(tmp_path / "labels") as printer:
        config = tmp_path / "office.toml"
        config.write_text(CONFIG.format(host=printer.host, port=printer.port))
        with served(tmp_path / "data", "run", SUPPLY_CONFIG=str(config)) as office:
            office.start()
            office.run("user", "add", "rita", "--role", "receiver", "--role", "nurse")
            token = office.run("token", "create", "--user", "rita").stdout.strip()
            items = tmp_path / "items.csv"
            items.write_text(f"sku,name,gtin\nGLOVE-M,Nitrile gloves M,{GLOVES}\nCUP,Paper cups,\n")
            office.run("import", "items", str(items))
            for number, (sku, gtin) in enumerate((("GLOVE-M", GLOVES), ("CUP", None)), start=1):
                receive_two_lots(office, token, sku, gtin)
                label = printer.wait_for(2 * number, seconds=60)[-1]
                seen = codes_in(office, token, as_a_camera_sees(label, tmp_path / "frame.png"))
                (text,) = {str(code["text"]) for code in seen}
                assert text == decode_image(label.read_bytes())[0].text
                assert scan(office, token, text, "lookup")["item"]["sku"] == sku
                used = scan(office, token, text, "use")
                assert [(moved["lot"], moved["lot_known"]) for moved in used["movements"]] == [("B2", "read")]
                assert stock(office, sku) == {"A1": 1}
            deadline = time.monotonic() + 30
            while printed_jobs(office, token) != ["printed"] * 4:
                assert time.monotonic() < deadline, printed_jobs(office, token)
                time.sleep(0.1)
        assert len(printer.labels()) == 4
