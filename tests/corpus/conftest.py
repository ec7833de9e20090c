"""A data directory made up of noise: three speakers, three utterances of 0.3 s each, at 8 kHz."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from disentangle.corpus.directory import write
from disentangle.corpus.utterances import Utterance

RATE = 8000


@pytest.fixture
def data(tmp_path: Path) -> Path:
    generator = np.random.default_rng(0)
    (tmp_path / "audio").mkdir()
    utterances = []
    for speaker in ("ann", "bob", "cyd"):
        for take in range(3):
            file = tmp_path / "audio" / f"{speaker}{take}.wav"
            soundfile.write(file, generator.normal(0, 0.1, 2400), RATE)
            labels = {"digit": str(take), "gender": "m" if speaker == "bob" else "f"}
            utterances.append(
                Utterance(f"{speaker}-{take}", speaker, str(file), text="a word", labels=labels, seconds=0.3)
            )
    write(tmp_path / "data", utterances)
    return tmp_path / "data"
