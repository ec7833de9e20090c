"""What the whole suite shares: one thread per process, and the real corpora where they are."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is imported; subprocesses inherit it

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder that holds an4/ and fsdd/ in the layout their `prepare` knows."""
    folder = Path(os.environ.get("DISENTANGLE_CORPORA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no corpora in {folder}: set DISENTANGLE_CORPORA to the folder that holds fsdd/ and an4/")
    return folder
