"""An office camera that is not there: pictures and videos that show a code, with the faults of a real lens and hand.

Owns drawing of test symbols and scenes. It must never be used to draw a label: labels have their own raster.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from supply.errors import Invalid

Pixels = NDArray[np.uint8]

# What a person may ask for. No other wish of a person reaches the writer: a bad `version` there ends the process.
SYMBOL_FORMATS: Final = (
    "DataMatrix", "QRCode", "PDF417", "Code128", "Code39", "EAN13", "EAN8", "UPCA", "UPCE", "ITF14", "DataBarOmni",
    "DataBarExp",
)  # fmt: skip
PICTURE_ENDINGS: Final = (".jpg", ".jpeg", ".png", ".webp")
VIDEO_ENDINGS: Final = (".mp4", ".avi", ".mjpeg", ".y4m")
_MARGIN_MODULES: Final = 4


@dataclass(frozen=True, slots=True)
class Scene:
    """How the code lies before the camera: angle in degrees, blur in pixels, noise in grey levels, light 0 to 1."""

    width: int = 640
    height: int = 480
    angle: float = 0.0
    blur: float = 0.5
    noise: float = 4.0
    light: float = 1.0
    shade: float = 0.0
    offset: tuple[int, int] = (0, 0)


def render_symbol(text: str, symbol_format: str = "DataMatrix", *, module_pixels: int = 4) -> Pixels:
    """A symbol with its quiet zone, black on white. `(01)…` with brackets is drawn as GS1; brackets are not encoded.

    Raises `Invalid` for a format that is not in `SYMBOL_FORMATS` and for text that the format cannot hold.
    """
    if symbol_format not in SYMBOL_FORMATS:
        raise Invalid(f"{symbol_format} is no format to draw; choose one of {', '.join(SYMBOL_FORMATS)}.")
    options: dict[str, Any] = {"gs1": True} if text.startswith("(") and not symbol_format.startswith("DataBar") else {}
    if symbol_format == "DataMatrix":
        options["forceSquare"] = True
    try:
        symbol = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, symbol_format), **options)
    except (ValueError, RuntimeError) as error:
        # The library wraps its reason in numbers: "Error 259: the reason (retval: 6)".
        reason = re.sub(r"^Error \d+: | \(retval: \d+\)$", "", str(error))
        raise Invalid(f"{symbol_format} cannot hold this text: {reason}.") from None
    drawn = np.array(symbol.to_image(scale=module_pixels, add_quiet_zones=True), dtype=np.uint8)
    return np.pad(drawn, _MARGIN_MODULES * module_pixels, constant_values=255)


def photograph(symbol: Pixels, scene: Scene, *, seed: int = 0) -> Pixels:
    """The symbol as a camera sees it on a desk: turned, out of focus, unevenly lit, noisy. Same seed, same picture."""
    random = np.random.default_rng(seed)
    desk = _desk(scene, random)
    height, width = symbol.shape
    forth = cv2.getRotationMatrix2D((width / 2, height / 2), scene.angle, 1.0)
    forth[:, 2] += (scene.width / 2 - width / 2 + scene.offset[0], scene.height / 2 - height / 2 + scene.offset[1])
    size = (scene.width, scene.height)
    seen = cv2.warpAffine(symbol, forth, size, flags=cv2.INTER_LINEAR, borderValue=255)
    covered = cv2.warpAffine(np.full_like(symbol, 255), forth, size, flags=cv2.INTER_LINEAR, borderValue=0)
    picture: NDArray[Any] = np.where(covered > 127, seen, desk).astype(np.float32)
    if scene.blur > 0:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), scene.blur))
    across = np.linspace(1.0, 1.0 - scene.shade, scene.width, dtype=np.float32)
    picture = picture * across * scene.light + random.normal(0.0, scene.noise, picture.shape)
    return np.asarray(picture.clip(0, 255).astype(np.uint8))


def _desk(scene: Scene, random: np.random.Generator) -> Pixels:
    """A desk with papers of text-like strokes: what a decoder must not take for a code."""
    desk = np.full((scene.height, scene.width), 150, np.uint8)
    for _ in range(6):
        x, y = int(random.integers(0, scene.width)), int(random.integers(0, scene.height))
        cv2.rectangle(desk, (x, y), (x + 120, y + 60), int(random.integers(90, 230)), -1)
        for stroke in range(12):
            shade = int(random.integers(0, 90))
            cv2.rectangle(
                desk, (x + stroke * 9, y + 12), (x + stroke * 9 + int(random.integers(1, 6)), y + 24), shade, -1
            )
    return desk


def moving_frames(symbol: Pixels, scene: Scene, *, count: int, seed: int = 0) -> Iterator[Pixels]:
    """`count` frames in which a hand holds the code before the camera: it drifts and turns a little."""
    random = np.random.default_rng(seed)
    drift = np.cumsum(random.normal(0.0, 1.5, (count, 2)), axis=0).clip(-25, 25)
    for number in range(count):
        offset = (scene.offset[0] + int(drift[number, 0]), scene.offset[1] + int(drift[number, 1]))
        held = replace(scene, angle=scene.angle + 2.0 * float(np.sin(number / 7)), offset=offset)
        yield photograph(symbol, held, seed=seed * 100_003 + number)


def write_picture(path: Path, picture: Pixels) -> None:
    """Write JPEG, PNG or WebP by the ending of the name. Raises `Invalid` when that cannot be done."""
    if path.suffix.lower() not in PICTURE_ENDINGS:
        raise Invalid(f"A picture is one of {', '.join(PICTURE_ENDINGS)}; {path.name} is not.")
    _, encoded = cv2.imencode(path.suffix.lower(), picture)
    _write(path, encoded.tobytes())


def write_video(path: Path, frames: Iterator[Pixels], *, fps: int = 15) -> int:
    """Write .mp4, .avi, .mjpeg or .y4m (the last two feed Chromium's fake camera) and return the number of frames."""
    ending = path.suffix.lower()
    if ending == ".mjpeg":
        encoded = [cv2.imencode(".jpg", frame)[1].tobytes() for frame in frames]
        _write(path, b"".join(encoded))
        return len(encoded)
    if ending == ".y4m":
        pictures = list(frames)
        height, width = pictures[0].shape
        header = b"YUV4MPEG2 W%d H%d F%d:1 Ip A1:1 C420jpeg\n" % (width, height, fps)
        colourless = b"\x80" * (width * height // 2)
        _write(path, header + b"".join(b"FRAME\n" + picture.tobytes() + colourless for picture in pictures))
        return len(pictures)
    if ending in VIDEO_ENDINGS:
        return _write_container(path, frames, "mp4v" if ending == ".mp4" else "MJPG", fps)
    raise Invalid(f"A video is one of {', '.join(VIDEO_ENDINGS)}; {path.name} is not.")


def _write_container(path: Path, frames: Iterator[Pixels], codec: str, fps: int) -> int:
    if not path.parent.is_dir():
        raise Invalid(f"The folder {path.parent} is not there.")
    count, writer = 0, None
    for frame in frames:
        if writer is None:
            code = cv2.VideoWriter.fourcc(*codec)
            writer = cv2.VideoWriter(str(path), code, float(fps), (frame.shape[1], frame.shape[0]), isColor=True)
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
        count += 1
    if writer is not None:
        writer.release()
    return count


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Invalid(f"{path} cannot be written: {error.strerror}.") from None
