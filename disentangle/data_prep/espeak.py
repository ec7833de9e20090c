"""Multi-speaker speech made on the spot: sixteen voices of the espeak-ng synthesiser say the same thirty sentences.

Licence: the sentences are ours (Apache-2.0); the synthesiser is GPL-3.0-or-later and comes as an optional extra, the
wheel ``espeakng-loader``, that nothing but this file uses.
Home: https://github.com/espeak-ng/espeak-ng
Layout: nothing is read; ``source`` is where the sound is put, ``{voice}/{voice}-s{sentence}.wav``, 16 kHz.

Data directories made, with ``text``, ``spk2gender`` and the sentence in ``utt2sentence``, so that what is converted
to another voice can be compared with that voice itself; every voice is in all of them:

- ``train``: sentences 1 to 16; ``judge``: 17 to 24, for whoever judges independently; ``test``: 25 to 30.
"""

import ctypes
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

RATE = 16000
SPLITS = {
    "train": range(1, 17),
    "judge": range(17, 25),
    "test": range(25, 31),
    "validation/train": range(1, 13),
    "validation/judge": range(17, 25),
    "validation/test": range(13, 17),
}

SENTENCES = (
    "the old ship sailed past the harbor",
    "she washed five green plates by hand",
    "a thick fog covers the valley road",
    "bring two jars of honey to town",
    "young birds chirp under the church roof",
    "his voice was rough but kind",
    "the judge measured each word with care",
    "we found a garden behind the mill",
    "cold water drips on the stone floor",
    "you could hear the engine cough twice",
    "they chose a plain brown leather chair",
    "my father tossed the ball too far",
    "put the sharp knife on that shelf",
    "the queen wore a bright yellow scarf",
    "nine boys dug a hole near the beach",
    "her usual answer is a loud laugh",
    "the farmer milks three goats at dawn",
    "a huge wave broke over the bow",
    "toys were thrown about the whole yard",
    "the path curves down through thin woods",
    "please give the vet a good reason",
    "choose a fresh orange from the box",
    "smoke filled the narrow kitchen in march",
    "we enjoyed the view from your window",
    "the blue kite got caught in a tree",
    "he should join us for supper now",
    "soft rain washed the dusty village street",
    "my cousin hung the gold bell up there",
    "the thief jumped over a wide ditch",
    "these cheap shoes hurt both my feet",
)


@dataclass(frozen=True)
class Voice:
    """A variant of the synthesiser's American English at a pitch (0 to 99, 50 is its own) and a rate (words/min)."""

    variant: str
    gender: str
    pitch: int
    rate: int

    @property
    def name(self) -> str:
        """The speaker's name."""
        return self.variant.lower()


VOICES = (
    Voice("david", "m", 45, 165),
    Voice("klatt3", "m", 75, 155),
    Voice("Lee", "m", 60, 150),
    Voice("m1", "m", 30, 155),
    Voice("m8", "m", 60, 160),
    Voice("Michael", "m", 45, 165),
    Voice("Nguyen", "m", 45, 170),
    Voice("norbert", "m", 70, 175),
    Voice("Andrea", "f", 65, 150),
    Voice("Annie", "f", 60, 170),
    Voice("belinda", "f", 55, 150),
    Voice("f1", "f", 40, 150),
    Voice("f5", "f", 45, 160),
    Voice("grandma", "f", 35, 150),
    Voice("steph", "f", 35, 165),
    Voice("zac", "f", 35, 170),
)


def prepare(source: Path, target: Path) -> None:
    """Synthesise the corpus and make its data directories; the same bytes every time.

    Args:
        source: where the sound is put.
        target: where ``train``, ``judge``, ``test`` and ``validation`` are made.

    Raises:
        ValueError: the synthesiser is not installed.
    """
    from disentangle.corpus.audio import save
    from disentangle.corpus.directory import write
    from disentangle.corpus.utterances import Utterance

    waves = synthesised()
    genders = {voice.name: voice.gender for voice in VOICES}
    for name, sentences in SPLITS.items():
        utterances = []
        for speaker in sorted(genders):
            for number in sentences:
                sentence = f"s{number:02}"
                key = f"{speaker}-{sentence}"
                file = source.absolute() / speaker / f"{key}.wav"
                save(file, waves[key], RATE)
                labels = {"gender": genders[speaker], "sentence": sentence}
                text, seconds = SENTENCES[number - 1], len(waves[key]) / RATE
                utterances.append(Utterance(key, speaker, str(file), text=text, labels=labels, seconds=seconds))
        write(target / name, utterances)


def synthesised() -> dict[str, NDArray[np.float64]]:
    """Every voice's every sentence, ``{voice}-s{sentence}`` -> (samples,) at `RATE`.

    The library keeps its noise generators' state from one sentence to the next: a process of its own starts it afresh.
    """
    if find_spec("espeakng_loader") is None:
        raise ValueError("no espeak-ng library, needed by `prepare espeak`. pip install 'disentangle[espeak]'.")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "speech.npz"
        command = [sys.executable, "-m", "disentangle.data_prep.espeak", str(file)]
        child = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
        if child.returncode:
            raise ValueError(f"espeak-ng failed: {child.stderr.strip()}. Install espeakng-loader again.")
        with np.load(file) as waves:
            return {key: waves[key] for key in waves.files}


class Synthesiser:
    """The library through its C interface (espeak-ng/speak_lib.h); a process has one."""

    RATE = 22050
    VOLUME = 75  # of 100, the default, at which some voices clip
    RETRIEVAL, UTF8 = 1, 1
    PARAMETERS: ClassVar = {"rate": 1, "volume": 2, "pitch": 3}

    def __init__(self) -> None:
        import espeakng_loader

        self.variants = Path(espeakng_loader.get_data_path()) / "voices" / "!v"
        self.chunks: list[NDArray[np.int16]] = []
        self.library = ctypes.CDLL(espeakng_loader.get_library_path())
        rate = self.library.espeak_Initialize(self.RETRIEVAL, 0, espeakng_loader.get_data_path().encode(), 0)
        assert rate == self.RATE, f"espeak_Initialize returned {rate}"
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self.callback = kind(self._keep)  # as long as the library may call it
        self.library.espeak_SetSynthCallback(self.callback)

    def say(self, sentence: str, voice: Voice) -> NDArray[np.float64]:
        """The sentence in that voice, (samples,) at `Synthesiser.RATE`, in [-1, 1]."""
        assert (self.variants / voice.variant).is_file(), f"no variant {voice.variant}, which the library would ignore"
        self.chunks.clear()
        self.library.espeak_SetVoiceByName(f"en-us+{voice.variant}".encode())
        for name, value in {"rate": voice.rate, "volume": self.VOLUME, "pitch": voice.pitch}.items():
            self.library.espeak_SetParameter(self.PARAMETERS[name], value, 0)
        self.library.espeak_ng_SetRandSeed(ctypes.c_long(1))  # breath is noise, which it would seed by the clock
        words = sentence.encode() + b"\0"
        self.library.espeak_Synth(words, ctypes.c_size_t(len(words)), 0, 1, 0, self.UTF8, None, None)
        self.library.espeak_Synchronize()
        return np.concatenate(self.chunks) / 32768

    def _keep(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int) -> int:
        if count > 0:
            self.chunks.append(np.ctypeslib.as_array(samples, (count,)).copy())
        return 0


def _synthesise(file: Path) -> None:
    from scipy.signal import resample_poly

    synthesiser = Synthesiser()
    waves = {
        f"{voice.name}-s{number:02}": resample_poly(synthesiser.say(sentence, voice), 320, 441)
        for voice in VOICES
        for number, sentence in enumerate(SENTENCES, 1)
    }
    np.savez(file, allow_pickle=False, **waves)


if __name__ == "__main__":
    _synthesise(Path(sys.argv[1]))
