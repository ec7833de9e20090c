"""What a user may ask of a conversion besides the voice: pitch, speed, a mixture of voices."""

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from disentangle.latent.attributes import Direction
    from disentangle.speech.model import SpeechModel
    from disentangle.wishes import Pitch

FARTHEST, SLOWEST, FASTEST = 24.0, 0.25, 4.0  # semitones; factors of speed


def pitch_of(word: str | None) -> "Pitch":
    """What --pitch means; nothing said is no semitone.

    Raises:
        ValueError: neither a word nor a number of semitones within two octaves.
    """
    if word == "keep":
        return "keep"
    if word == "target":
        return "target"
    try:
        semitones = float(word or 0)
    except ValueError:
        semitones = float("nan")
    if not abs(semitones) <= FARTHEST:
        raise ValueError(f"'{word}' is no pitch, --pitch. Give keep, target, or semitones from -24 to +24.")
    return semitones


def speed_of(factor: float) -> float:
    """A factor of speed that can be had.

    Raises:
        ValueError: it cannot.
    """
    if not SLOWEST <= factor <= FASTEST:
        raise ValueError(f"{factor:g} is no speed, --speed. Give a factor from {SLOWEST:g} to {FASTEST:g}.")
    return factor


def mixture(words: str) -> dict[Path, float]:
    """Recordings and their shares, which need not add up to 1.

    Raises:
        ValueError: not WAV:SHARE,WAV:SHARE, a share that is not above 0, or a recording named twice.
    """
    found: dict[Path, float] = {}
    for word in words.split(","):
        name, _, share = word.rpartition(":")
        try:
            weight = float(share)
        except ValueError:
            weight = float("nan")
        if not name or not 0 < weight < float("inf") or Path(name) in found:
            remedy = "Write WAV:SHARE for each voice once, joined by commas, shares above 0."
            raise ValueError(f"'{word}' is no share of a voice, --mix. {remedy}")
        found[Path(name)] = weight
    return found


def attributes(arguments: Namespace, model: "SpeechModel") -> "list[tuple[Direction, float]]":
    """The directions that --attribute names, by the speech of --voices or else the model's own, and how far along.

    Raises:
        ValueError: no FACTOR=STRENGTH, no speech, or a factor without two values there.
    """
    from disentangle.corpus.directory import read
    from disentangle.scoring import experiment
    from disentangle.speech.voices import direction

    asked = [_strength(word) for word in arguments.attribute]
    if not asked:
        return []
    folder = arguments.voices or experiment.read(arguments.experiment).train
    if folder is None:
        raise ValueError(f"no speech to take attributes from, {arguments.experiment}. Name some by --voices DATA_DIR.")
    data = read(folder)
    return [(direction(model, data, factor), strength) for factor, strength in asked]


def _strength(word: str) -> tuple[str, float]:
    factor, _, number = word.rpartition("=")
    try:
        strength = float(number)
    except ValueError:
        strength = float("nan")
    if not factor or not abs(strength) < float("inf"):
        raise ValueError(f"no FACTOR=STRENGTH, --attribute {word}. Write gender=+1.5, say.")
    return factor, strength
