"""What the README opens with, of what `make demo` has made: `.venv/bin/python docs/hear/make.py` writes it anew."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import soundfile

from disentangle.compiled import librosa

HERE = Path(__file__).parent
MINI = HERE.parents[1] / "recipes" / "mini"
SOUNDS = {
    "source": (MINI / "data/wav/m8/m8-s25.wav", "what is said"),
    "target": (MINI / "data/wav/andrea/andrea-s26.wav", "the voice"),
    "converted": (MINI / "exp/an4-m8-s25-as-andrea.wav", "what is said, in the voice"),
}
TOP = 4000  # Hz shown


def main() -> None:
    """Three sounds as FLAC, and their spectrograms side by side."""
    figure, axes = plt.subplots(1, len(SOUNDS), figsize=(10, 2.4), sharey=True, layout="constrained")
    for axis, (name, (path, title)) in zip(axes, SOUNDS.items(), strict=True):
        wave, rate = soundfile.read(path, dtype="float32")
        soundfile.write(HERE / f"{name}.flac", wave, rate)
        magnitudes = np.abs(librosa().stft(wave, n_fft=512, hop_length=128))[: 1 + round(512 * TOP / rate)]
        shown = np.log(magnitudes + 1e-3 * magnitudes.max())
        axis.imshow(shown, origin="lower", aspect="auto", cmap="magma", extent=(0, len(wave) / rate, 0, TOP / 1000))
        axis.set(title=title, xlabel="s")
    axes[0].set_ylabel("kHz")
    figure.savefig(HERE / "spectrograms.png", dpi=110)


if __name__ == "__main__":
    main()
