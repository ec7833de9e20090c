"""librosa's compiled functions are loaded under a lock that all processes of a user share."""

import subprocess
import sys

LOADING = """
import sys
import filelock

class Watched(filelock.FileLock):
    def __enter__(self):
        assert "librosa.util.utils" not in sys.modules
        return super().__enter__()

    def __exit__(self, *reason):
        assert {"librosa.util.utils", "librosa.core.pitch"} <= set(sys.modules)
        print("loaded under", self.lock_file)
        super().__exit__(*reason)

filelock.FileLock = Watched
from disentangle.compiled import librosa
assert librosa() is librosa() is sys.modules["librosa"]
"""


def test_compiled_functions_are_loaded_under_one_lock() -> None:
    ran = [subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, check=True) for _ in "ab"]
    assert ran[0].stdout == ran[1].stdout
    assert ran[0].stdout.count("loaded under") == 1
