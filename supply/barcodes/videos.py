"""Reads the codes of picture and video files by their content, never by what the name promises.

Owns which containers are opened at all and how many frames are read. It must never open an address or a playlist.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from supply.barcodes.consensus import Consensus
from supply.barcodes.image_files import MAX_BYTES, Pixels
from supply.barcodes.images import Decoded, decode_frame, decode_image
from supply.errors import Invalid

# The video library talks on standard error about every odd file; what matters is said by the errors here.
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")

MAX_FRAMES: Final = 3_600
_USUAL_FPS: Final = 25.0


@dataclass(frozen=True, slots=True)
class VideoReading:
    """The codes of a video in the order they were proved, each once, and how many frames were looked at."""

    frames: int
    codes: list[Decoded]


@dataclass(frozen=True, slots=True)
class FileReading:
    """The codes of a file; `frames` is None for a picture."""

    codes: list[Decoded]
    frames: int | None


def decode_file(path: Path) -> FileReading:
    """Codes of a picture or a video file. Raises `Invalid` when it is neither, is damaged, too large or not there."""
    head = _read(path, 16)
    if is_video(head, path.suffix):
        reading = decode_video(path)
        return FileReading(reading.codes, reading.frames)
    return FileReading(decode_image(_read(path, MAX_BYTES + 1)), None)


def is_video(head: bytes, suffix: str) -> bool:
    """Whether a file that starts so is a video that is opened here: MP4, MOV, AVI, Matroska, YUV4MPEG2, bare MJPEG."""
    return (
        head[4:8] == b"ftyp"
        or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")
        or head[:4] == b"\x1a\x45\xdf\xa3"
        or head[:9] == b"YUV4MPEG2"
        or (head[:3] == b"\xff\xd8\xff" and suffix.lower() in (".mjpeg", ".mjpg"))
    )


def decode_video(path: Path) -> VideoReading:
    """Codes of the first 3,600 frames, by the rules of a live camera. Raises `Invalid` when no frame can be read."""
    if not is_video(_read(path, 16), path.suffix):
        raise Invalid(f"{path.name} is no video of a kind that is read here.", code="not_a_video")
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        return _reading(path, capture)
    finally:
        capture.release()


def _reading(path: Path, capture: cv2.VideoCapture) -> VideoReading:
    fps = capture.get(cv2.CAP_PROP_FPS)
    seconds = 1.0 / (fps if 1.0 <= fps <= 240.0 else _USUAL_FPS)
    consensus, codes, frames = Consensus(), dict[str, Decoded](), 0
    for frame in _frames(capture):
        for code in consensus.add(decode_frame(frame), now=frames * seconds):
            codes.setdefault(code.scan_text, code)
        frames += 1
    if frames == 0:
        raise Invalid(f"No picture of the video {path.name} can be read; record it again.", code="not_a_video")
    return VideoReading(frames, [*codes.values()])


def _frames(capture: cv2.VideoCapture) -> Iterator[Pixels]:
    for _ in range(MAX_FRAMES):
        read, frame = capture.read()
        if not read:
            return
        yield np.asarray(frame, dtype=np.uint8)


def _read(path: Path, size: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.", code="cannot_read") from None
