"""The tablet's own devices: tones, camera, keypad, and the commands and badges among the barcodes."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from supply.barcodes.house_code import COMMAND, encode
from supply.stations.commands import command_of
from tests.browser import FLAGS
from tests.web.kiosk import office
from tests.web.kiosk.acts import press
from tests.web.kiosk.conftest import begin
from tests.web.kiosk.office import KioskOffice

SAID = {
    "recorded": [[880, 70], [1318, 110]],
    "look": [[659, 100], [0, 80], [659, 100]],
    "stop": [[392, 220], [0, 40], [262, 340]],
    "unread": [[220, 280]],
    "held": [[587, 70], [587, 160]],
    "undone": [[1318, 70], [880, 110]],
}
MOST_FRAMES_A_SECOND = 10
DATA_MATRIX, LINEAR = {"format": "DataMatrix", "linear": False}, {"format": "Code128", "linear": True}


def seen(page: Page, frames: list[tuple[float, list[dict[str, object]]]]) -> list[str | None]:
    """What counts in each picture, or "several"."""
    answers: list[str | None] = page.evaluate(
        """async (frames) => {
            const { Agreement } = await import("/static/kiosk/camera.js");
            const agreement = new Agreement();
            return frames.map(([at, codes]) => {
                const { accepted, several } = agreement.seen(codes, at);
                return several ? "several" : accepted && accepted.text;
            });
        }""",
        frames,
    )
    return answers


def test_the_tones_are_those_of_the_design_and_no_alarm(bench: Page) -> None:
    tones = bench.evaluate("import('/static/kiosk/sounds.js').then((module) => module.TONES)")
    assert {name: tones[name] for name in SAID} == SAID
    modes = {name: tones[name] for name in tones if name.startswith("mode-")}
    assert len({str(tone) for tone in modes.values()}) == len(modes) == 7
    for tone in tones.values():
        assert sum(1 for hertz, _ in tone if hertz) in (1, 2)


def test_a_tone_is_played_as_written_louder_or_softer_and_not_when_mute(bench: Page) -> None:
    played = bench.evaluate(
        """async () => {
            const { Sounds } = await import("/static/kiosk/sounds.js");
            const made = [];
            const oscillator = () => {
                const one = { frequency: {}, connect: (next) => next };
                one.start = (at) => { one.from = at; };
                one.stop = (at) => { one.to = at; };
                made.push(one);
                return one;
            };
            const ramp = (value) => { if (value) made.at(-1).peak = value; };
            const context = () => ({
                currentTime: 0, state: "running", destination: {}, createOscillator: oscillator,
                createGain: () => ({
                    gain: { setValueAtTime() {}, linearRampToValueAtTime: ramp }, connect: (next) => next,
                }),
            });
            const sounds = new Sounds({ makeContext: context });
            sounds.play("stop");
            sounds.keep({ volume: 0.5 });
            sounds.play("unread");
            sounds.keep({ muted: true });
            sounds.play("stop");
            const again = new Sounds({ makeContext: context });
            const length = (one) => Math.round((one.to - one.from) * 1000);
            const heard = made.map((one) => [one.frequency.value, length(one), one.peak]);
            return { made: heard, kept: [again.muted, again.volume] };
        }"""
    )
    assert played["made"] == [[392, 220, 0.3], [262, 340, 0.3], [220, 280, 0.15]]
    assert played["kept"] == [True, 0.5]


def test_a_square_code_counts_in_one_picture_and_a_linear_one_in_two_that_agree(bench: Page) -> None:
    square, line = {"text": "A", **DATA_MATRIX}, {"text": "B", **LINEAR}
    assert seen(bench, [(0, [square])]) == ["A"]
    assert seen(bench, [(0, [line]), (200, [line])]) == [None, "B"]
    assert seen(bench, [(0, [line]), (1500, [line]), (1700, [line])]) == [None, None, "B"]
    assert seen(bench, [(0, [line]), (200, [{**line, "text": "C"}])]) == [None, None]


def test_as_many_pictures_must_agree_as_the_server_says(bench: Page) -> None:
    stacked = {"text": "P", "format": "PDF417", "linear": False, "agree": 2}
    enlarged = {"text": "B", **LINEAR, "agree": 3}
    assert seen(bench, [(0, [stacked]), (2000, [stacked]), (2200, [stacked])]) == [None, None, "P"]
    assert seen(bench, [(0, [enlarged]), (200, [enlarged]), (400, [enlarged])]) == [None, None, "B"]
    assert seen(bench, [(0, [enlarged]), (200, [{**enlarged, "agree": 2}])]) == [None, None]
    # The control: a server that asks for one picture of a PDF417 lets a single false read count.
    assert seen(bench, [(0, [{**stacked, "agree": 1}])]) == ["P"]
    # A server that does not say how many yet.
    assert seen(bench, [(0, [{"text": "P", "format": "PDF417", "linear": False}])]) == [None]


def test_a_code_counts_once_while_it_is_in_view_and_for_two_seconds_after(bench: Page) -> None:
    square = {"text": "A", **DATA_MATRIX}
    in_view = [(at * 200.0, [square]) for at in range(40)]
    assert seen(bench, in_view) == ["A"] + [None] * 39
    assert seen(bench, [(0, [square]), (1900, [square]), (3800, [square])]) == ["A", None, None]
    assert seen(bench, [(0, [square]), (1000, []), (2100, [square])]) == ["A", None, "A"]


def test_two_codes_in_view_are_not_guessed_between(bench: Page) -> None:
    both = [{"text": "A", **DATA_MATRIX}, {"text": "B", **DATA_MATRIX}]
    assert seen(bench, [(0, both), (200, both[:1])]) == ["several", "A"]


def test_the_identifier_travels_with_a_gs1_code_only(bench: Page) -> None:
    texts = bench.evaluate(
        """import("/static/kiosk/camera.js").then(({ scanText }) => [
            scanText({ text: "0109", symbology: "]d2", gs1: true }),
            scanText({ text: "4006381333931", symbology: "]E0", gs1: false }),
            scanText({ text: "X", symbology: null, gs1: true })])"""
    )
    assert texts == ["]d20109", "4006381333931", "X"]


def test_the_keypad_multiplies_one_scan_and_returns_to_one(bench: Page) -> None:
    quantities = bench.evaluate(
        """async () => {
            const { Keypad } = await import("/static/kiosk/keypad.js");
            const pad = new Keypad();
            pad.set("0"); const zero = pad.quantity;
            pad.set("12"); const twelve = pad.quantity;
            pad.set("1234");
            return [zero, twelve, pad.take(), pad.take()];
        }"""
    )
    assert quantities == [1, 12, 12, 1]


@pytest.mark.parametrize(
    "word",
    ["TAKE", "PUTIN", "PUTBACK", "COUNT", "MOVE", "THROWOUT", "LOOKUP", "UNDO", "SIGNOFF", "TIMESTEN", "NEEDMORE"],
)
def test_every_printed_command_is_understood_and_a_damaged_one_is_not(bench: Page, word: str) -> None:
    text = encode(COMMAND, word)
    wrong = text[:-1] + ("A" if text[-1] != "A" else "B")
    known = json.dumps({word: dict(command.effect) for word in [word] if (command := command_of(word))})
    read = f"([text]) => import('/static/kiosk/house_commands.js').then((module) => module.houseCommand(text, {known}))"
    assert bench.evaluate(read, [text]) == json.loads(known)[word]
    assert bench.evaluate(read, [text.lower()])
    assert bench.evaluate(read, [wrong]) is None
    assert bench.evaluate(read, [office.OLDER]) is None


def film_of_a_box(path: Path, *, across: int, down: int, scale: int) -> str:
    """A film of a GS1 DataMatrix of a box of gloves, with its upper left corner there; as Chromium's setting."""
    text = f"(01){office.GLOVES}(17){office.code_date(200)}(10)A07"
    kind = zxingcpp.BarcodeFormat.DataMatrix
    square = np.array(zxingcpp.create_barcode(text, kind, gs1=True, forceSquare=True).to_image(scale=scale))
    frame = np.full((480, 640), 255, np.uint8)
    frame[down : down + square.shape[0], across : across + square.shape[1]] = square
    path.write_bytes(b"".join(cv2.imencode(".jpg", frame)[1].tobytes() for _ in range(5)))
    return f"--use-file-for-fake-video-capture={path}"


@pytest.fixture
def camera_page(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path, live: str) -> Iterator[Page]:
    """A browser whose camera looks at a box of gloves; or, with the parameter "two", with two that see none."""
    way = getattr(request, "param", "middle")
    place = {"across": 180, "down": 100, "scale": 10} if way == "middle" else {"across": 2, "down": 0, "scale": 2}
    film = [] if way == "two" else [film_of_a_box(tmp_path / "box.mjpeg", **place)]
    fake = ["--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream"]
    started = browser.browser_type.launch(
        executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser"),
        args=[*FLAGS, *fake, *film],
    )
    yield started.new_page(base_url=live)
    started.close()


def test_the_camera_takes_the_box_it_sees_once(camera_page: Page, shelf: KioskOffice) -> None:
    page = begin(camera_page, "nurse")
    frames: list[str] = []
    page.on("request", lambda one: frames.append(one.url) if one.url.endswith("/camera-frames") else None)
    began = time.monotonic()
    page.get_by_role("button", name="Camera", exact=True).click()
    expect(page.locator(".k-card")).to_contain_text("Nitrile gloves M")
    page.wait_for_timeout(2500)
    assert shelf.stock()["A07"] == 4
    assert len(frames) <= MOST_FRAMES_A_SECOND * (time.monotonic() - began) + 1
    page.get_by_role("button", name="Close the camera").click()
    expect(page.locator("#kiosk-camera")).to_be_hidden()


def sent_pictures(page: Page) -> list[tuple[int, int]]:
    """From now on, the width and height in pixels of what goes to the server; nothing is read from it."""
    sizes: list[tuple[int, int]] = []

    def answer(route: Route) -> None:
        sizes.append(Image.open(BytesIO(route.request.post_data_buffer or b"")).size)
        route.fulfill(json={"codes": []})

    page.route("**/api/v1/camera-frames", answer)
    return sizes


@pytest.mark.parametrize("camera_page", ["two"], indirect=True)
def test_only_what_the_drawn_frame_shows_is_sent_and_the_other_camera_is_remembered(camera_page: Page) -> None:
    page = begin(camera_page, "nurse")
    sizes = sent_pictures(page)
    page.get_by_role("button", name="Camera", exact=True).click()
    seen, frame = page.evaluate(
        """() => {
            const video = document.getElementById("kiosk-video").getBoundingClientRect();
            const frame = getComputedStyle(document.getElementById("kiosk-view"), "::after");
            return [[video.width, video.height], [parseFloat(frame.width), parseFloat(frame.height)]];
        }"""
    )
    while not sizes:
        page.wait_for_timeout(20)
    assert frame[0] / seen[0] == pytest.approx(0.8, abs=0.04)
    assert frame[1] / seen[1] == pytest.approx(0.75, abs=0.04)
    video = page.locator("#kiosk-video").evaluate("(one) => [one.videoWidth, one.videoHeight]")
    assert sizes[0][0] / sizes[0][1] == pytest.approx(video[0] * 0.8 / (video[1] * 0.75), rel=0.01)
    first = page.evaluate("localStorage.getItem('supply-camera')")
    press(page, "Other camera")
    expect(page.locator("#kiosk-camera-state")).to_have_text("Hold the code in the frame.")
    while page.evaluate("localStorage.getItem('supply-camera')") == first:
        page.wait_for_timeout(20)
    count = len(sizes)
    while len(sizes) == count:
        page.wait_for_timeout(20)


@pytest.mark.parametrize("camera_page", ["beside"], indirect=True)
def test_a_code_beside_the_frame_is_not_read(camera_page: Page, shelf: KioskOffice) -> None:
    page = begin(camera_page, "nurse")
    answers: list[list[Any]] = []
    page.on("response", lambda one: answers.append(one.json()["codes"]) if one.url.endswith("/camera-frames") else None)
    page.get_by_role("button", name="Camera", exact=True).click()
    while len(answers) < 4:
        page.wait_for_timeout(50)
    assert answers[:4] == [[]] * 4
    assert shelf.stock()["A07"] == 5
