"""What the first bytes of an audio file promise: its container and, for RIFF, its length."""

import struct
from pathlib import Path

#: Sizes that programs write when they cannot know the length beforehand.
_UNKNOWN = (0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)

#: Container names by the first bytes of the file.
_MAGIC = {b"RIFF": "wav", b"RIFX": "wav", b"RF64": "wav", b"fLaC": "flac", b"OggS": "ogg", b"ID3": "mp3"}

#: What a file of this suffix may hold; TIMIT and others call NIST's format wav.
_SUFFIXES = {
    ".wav": {"wav", "nist"},
    ".flac": {"flac"},
    ".ogg": {"ogg"},
    ".oga": {"ogg", "flac"},
    ".opus": {"ogg"},
    ".mp3": {"mp3"},
}


def container(path: Path) -> str | None:
    """``wav``, ``flac``, ``ogg``, ``mp3`` or ``nist`` by the file's first bytes; None if it is none of these."""
    with path.open("rb") as stream:
        head = stream.read(12)
    for magic, name in (_MAGIC | {b"NIST_1A": "nist"}).items():
        if head.startswith(magic):
            return name
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "mp3"
    return None


def contradiction(path: Path) -> str | None:
    """What is wrong if a file's suffix names one container and its first bytes another, else None.

    A file whose bytes name no container is left to the decoder, which says more.
    """
    expected, found = _SUFFIXES.get(path.suffix.lower()), container(path)
    if expected is None or found is None or found in expected:
        return None
    return f"{found} audio under a name that ends with {path.suffix}"


def missing_bytes(path: Path) -> int:
    """How many bytes a RIFF file lacks of what its data chunk promises; 0 for all else.

    The decoder reads what is there and says nothing, so that a broken transfer would pass as a short utterance.
    """
    with path.open("rb") as stream:
        head = stream.read(12)
        if len(head) < 12 or not head.startswith(b"RIFF") or head[8:] != b"WAVE":
            return 0
        length = path.stat().st_size
        while len(header := stream.read(8)) == 8:
            kind, size = struct.unpack("<4sI", header)
            if kind == b"data":
                return 0 if size in _UNKNOWN else max(0, size - (length - stream.tell()))
            stream.seek(size + size % 2, 1)
    return 0
