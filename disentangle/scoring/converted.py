"""Conversions, resynthesis and real speech, made once and heard by all judges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from disentangle.corpus import audio
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.progress import progress
from disentangle.scoring.embeddings import mean_vector
from disentangle.scoring.hearing import hear
from disentangle.scoring.material import Material
from disentangle.scoring.model import Floats, load
from disentangle.scoring.pairing import Conversion, Roles, cast, pairs

CHUNK = 8  # utterances converted in one call


@dataclass(frozen=True)
class Sound:
    """A wave (samples,) at the model's rate, and as the judges hear it (frames, mels)."""

    wave: Floats
    heard: Floats


@dataclass(frozen=True)
class Voice:
    """Whom to convert to: a vector (dims,), and frames (frames, dims) where the model matches these."""

    vector: Floats
    frames: Floats | None = None


@dataclass(frozen=True)
class Converted:
    """What there is to judge.

    Args:
        rate: of all waves, in Hz.
        seed: the experiment's.
        roles: which utterance serves what.
        conversions: utterance and target of each conversion.
        sounds: of each conversion.
        real: by utterance, real speech: sources, judges' training, enrolment, operating point.
        resynthesis: by utterance, sources turned into log-mel and back, without the model in between.
        learned: what judges of words may learn from.
    """

    rate: int
    seed: int
    roles: Roles
    conversions: list[Conversion]
    sounds: list[Sound]
    real: Mapping[str, Sound]
    resynthesis: Mapping[str, Sound]
    learned: tuple[Utterance, ...]


def convert(material: Material, judge: DataDirectory) -> Converted:
    """Convert test speech among its speakers, and prepare what it is compared with.

    Raises:
        ValueError: too few utterances, or an utterance that is no speech.
    """
    roles = cast(material.train_data, material.test_data, judge)
    targets = sorted(roles.references)
    conversions = pairs(roles.sources, targets, material.seed)
    heard = voices(material, roles, targets)
    asked = [(pair.source, heard[pair.target]) for pair in conversions]
    sources = sorted({pair.source for pair in conversions}, key=lambda u: u.id)
    enrolled = [u for spoken in roles.enrolment.values() for u in spoken]
    real = {
        u.id: u for u in (*roles.sources, *judge.utterances, *enrolled, *roles.point, *material.test_data.utterances)
    }
    return Converted(
        load(material.experiment).rate,
        material.seed,
        roles,
        conversions,
        made(material, asked, "convert"),
        dict(zip(real, made(material, [(u, None) for u in real.values()], "listen"), strict=True)),
        dict(zip([u.id for u in sources], _resynthesised(material, sources), strict=True)),
        judge.utterances,
    )


def voices(material: Material, roles: Roles, names: Sequence[str]) -> dict[str, Voice]:
    """The voices of speakers, by their references."""
    frames = _frames(material, [roles.voices[name] for name in names])
    return {
        name: Voice(_reference_vector(material, roles.references[name]), some)
        for name, some in zip(names, frames, strict=True)
    }


def _reference_vector(material: Material, references: Sequence[Utterance]) -> Floats:
    """The vector (dims,) by which speech is converted to the speaker of these utterances."""
    speech = material.test if references[0] in material.test.utterances else material.train
    index = {utterance.id: i for i, utterance in enumerate(speech.utterances)}
    return mean_vector([speech.vectors[index[utterance.id]] for utterance in references])


def _frames(material: Material, voices: Sequence[Sequence[Utterance]]) -> Sequence[Floats | None]:
    """What a model that matches frames looks among for each voice."""
    if not load(material.experiment).matches:
        return [None] * len(voices)
    calls = [partial(_matchable, material.experiment, voice, material.allow_pipes) for voice in voices]
    return list(material.workers.results(calls))


def _matchable(experiment: Path, utterances: Sequence[Utterance], allow_pipes: bool) -> Floats:
    model = load(experiment)
    return model.matchable([audio.load(utterance, model.rate, allow_pipes) for utterance in utterances])


def made(material: Material, asked: Sequence[tuple[Utterance, Voice | None]], title: str) -> list[Sound]:
    """Each utterance converted to a voice, or as it is where there is none."""
    calls = [
        partial(_sounds, material.experiment, material.vocoder, asked[i : i + CHUNK], material.allow_pipes)
        for i in range(0, len(asked), CHUNK)
    ]
    return _gathered(material, calls, len(asked), title)


def _resynthesised(material: Material, sources: Sequence[Utterance]) -> list[Sound]:
    calls = [
        partial(_vocoded, material.experiment, material.vocoder, sources[i : i + CHUNK], material.allow_pipes)
        for i in range(0, len(sources), CHUNK)
    ]
    return _gathered(material, calls, len(sources), "resynthesise")


def _gathered(material: Material, calls: Sequence[partial[list[Sound]]], count: int, title: str) -> list[Sound]:
    sounds: list[Sound] = []
    with progress(count, title, "utterance") as bar:
        for some in material.workers.results(calls):
            sounds += some
            bar.advance(len(some))
    return sounds


def _sounds(
    experiment: Path, vocoder: Path | None, asked: Sequence[tuple[Utterance, Voice | None]], allow_pipes: bool
) -> list[Sound]:
    """Each utterance converted to a voice, or as it is where there is none."""
    model = load(experiment, vocoder)
    sounds = []
    for utterance, voice in asked:
        wave = audio.load(utterance, model.rate, allow_pipes)
        if voice:
            wave = model.convert(wave, voice.vector, among=voice.frames)
        sounds.append(Sound(wave, hear(wave, model.rate)))
    return sounds


def _vocoded(experiment: Path, vocoder: Path | None, sources: Sequence[Utterance], allow_pipes: bool) -> list[Sound]:
    model = load(experiment, vocoder)
    sounds = []
    for utterance in sources:
        wave = audio.load(utterance, model.rate, allow_pipes)
        again = model.vocode(model.log_mel(wave), len(wave))
        sounds.append(Sound(again, hear(again, model.rate)))
    return sounds
