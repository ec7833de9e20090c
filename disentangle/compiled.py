"""librosa, whose functions numba compiles at the first import on a machine."""

import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType


@cache
def librosa() -> ModuleType:
    """The library with its compiled functions loaded, one process at a time.

    Processes that fill numba's cache together can leave halves in it that do not fit, and calling those crashes
    (numba's issue 10128).
    """
    from filelock import FileLock

    with FileLock(Path(tempfile.gettempdir()) / f"disentangle-librosa-{Path.home().name}.lock"):
        import librosa
        import librosa.core.pitch
        import librosa.util.utils
    return librosa
