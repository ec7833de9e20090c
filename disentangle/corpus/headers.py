"""What the first bytes of an audio file promise: its container and, where it says so, its length."""

import math
import re
import struct
from collections.abc import Callable
from pathlib import PurePath
from typing import BinaryIO

#: Sizes that programs write when they cannot know the length beforehand.
_UNKNOWN = (0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

#: Container names by the first bytes of the file.
_MAGIC = {b"RIFF": "wav", b"RIFX": "wav", b"RF64": "wav", b"fLaC": "flac", b"OggS": "ogg", b"ID3": "mp3"}

#: What an audio file of this suffix may hold; TIMIT and others call NIST's format wav.
SUFFIXES = {
    ".wav": {"wav", "nist"},
    ".flac": {"flac"},
    ".ogg": {"ogg"},
    ".oga": {"ogg", "flac"},
    ".opus": {"ogg"},
    ".mp3": {"mp3"},
}


def container(stream: BinaryIO) -> str | None:
    """``wav``, ``flac``, ``ogg``, ``mp3`` or ``nist`` by the file's first bytes; None if it is none of these."""
    stream.seek(0)
    head = stream.read(12)
    for magic, name in (_MAGIC | {b"NIST_1A": "nist"}).items():
        if head.startswith(magic):
            return name
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "mp3"
    return None


def contradiction(name: str, stream: BinaryIO) -> str | None:
    """What is wrong if the suffix of a file's name tells of one container and its first bytes of another, else None.

    A file whose bytes name no container is left to the decoder, which says more.
    """
    suffix = PurePath(name).suffix
    expected, found = SUFFIXES.get(suffix.lower()), container(stream)
    if expected is None or found is None or found in expected:
        return None
    return f"{found} audio under a name that ends with {suffix}"


def missing_bytes(stream: BinaryIO) -> int:
    """How many bytes a wav, NIST, AIFF, ogg or mp3 file lacks of what it promises itself; 0 if none or unknown.

    Decoders read what is there and say nothing: a broken transfer would pass as a short utterance. Of ogg, which
    promises no length but marks its last page, 1 stands for any number.
    """
    stream.seek(0)
    head = stream.read(16)
    length = stream.seek(0, 2)
    stream.seek(0)
    for magic, promised in _PROMISES.items():
        if head.startswith(magic):
            return max(0, promised(stream, length) - length)
    return 0


def _riff(stream: BinaryIO, _: int) -> int:
    stream.seek(12)
    while len(header := stream.read(8)) == 8:
        kind, size = struct.unpack("<4sI", header)
        if kind == b"data":
            return 0 if size in _UNKNOWN else stream.tell() + int(size)
        stream.seek(size + size % 2, 1)
    return 0


def _aiff(stream: BinaryIO, _: int) -> int:
    return 8 + int(struct.unpack(">4sI", stream.read(8))[1])


def _nist(stream: BinaryIO, _: int) -> int:
    """NIST SPHERE: lines of text up to the length that the second line says, then the samples."""
    header = stream.read(1024)
    found = dict(re.findall(rb"(?m)^(sample_count|sample_n_bytes|channel_count) -i ([0-9]+)", header))
    if len(found) < 3 or b"shorten" in header or not (size := header.split(b"\n")[1].strip()).isdigit():
        return 0
    return int(size) + math.prod(int(number) for number in found.values())


def _ogg(stream: BinaryIO, length: int) -> int:
    """RFC 3533: bit 2 of a page's sixth byte marks the last page; its segment table tells where it ends."""
    start = max(0, length - 2 * 65307)
    stream.seek(start)
    tail = stream.read()
    page = tail.rfind(b"OggS")
    if page < 0 or len(tail) < page + 27:
        return length + 1
    end = page + 27 + tail[page + 26] + sum(tail[page + 27 : page + 27 + tail[page + 26]])
    return start + end if tail[page + 5] & 4 else length + 1


def _mp3(stream: BinaryIO, length: int) -> int:
    """The Xing or Info header in the first frame may count the stream's bytes; within 1 % it is left to the decoder."""
    head = stream.read(10)
    tag = (
        sum(byte << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=False)) if head[:3] == b"ID3" else -10
    )
    stream.seek(tag + 10)
    frame = stream.read(256)
    place = max(frame.find(b"Xing"), frame.find(b"Info"))
    if place < 0 or len(frame) < place + 16:
        return 0
    flags, first, second = struct.unpack(">III", frame[place + 4 : place + 16])
    counted = (second if flags & 1 else first) if flags & 2 else 0
    return tag + 10 + counted if length < (tag + 10 + counted) * 0.99 else 0


_PROMISES: dict[bytes, Callable[[BinaryIO, int], int]] = {
    b"RIFF": _riff,
    b"FORM": _aiff,
    b"NIST_1A": _nist,
    b"OggS": _ogg,
    b"ID3": _mp3,
    b"\xff": _mp3,
}
