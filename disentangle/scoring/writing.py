"""What scoring leaves on disk: JSON that is there whole or not at all, in a folder that was tried before the work."""

import json
import os
from pathlib import Path


def write_json(path: Path, content: object) -> None:
    """Write JSON under a temporary name, then rename it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(json.dumps(content, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(folder: Path) -> None:
    """Make a folder if missing and see, before the work, whether files can be written to it."""
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".writable.{os.getpid()}"
    try:
        probe.touch()
    finally:
        probe.unlink(missing_ok=True)
