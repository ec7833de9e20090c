"""The Voice room: a model, a gallery of voices, and judges who learn from the gallery alone."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from disentangle import released
from disentangle.corpus import audio, directory
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.demo.uploads import LONGEST
from disentangle.evaluation.classifiers import answers
from disentangle.evaluation.judges import SpeakerJudge
from disentangle.latent.attributes import Direction
from disentangle.scoring.hearing import hear
from disentangle.scoring.pairing import evenly
from disentangle.speech.model import SpeechModel
from disentangle.speech.voices import between
from disentangle.wishes import Wishes, converted

Wave = NDArray[np.float32]
SPEAKERS, LEAST, EACH = 16, 3, 6  # voices of a gallery, and utterances of each
EXAMPLES, TITLE = 6, 40  # recordings to begin with, and letters of the longest name
AMPLE = 1.5  # seconds of what is taken where there is enough of it


@dataclass(frozen=True)
class Asked:
    """What a visitor wants said.

    Args:
        source: (samples,).
        targets: recordings of the voice by the names that the page has for them, (samples,) each.
        shares: how much each counts.
        wishes: the rest.
    """

    source: Wave
    targets: Mapping[str, Wave]
    shares: Mapping[str, float]
    wishes: Wishes


@dataclass(frozen=True)
class Learnt:
    """What judges know of the gallery.

    Args:
        speakers: of its recordings.
        judge, enrolled: the verifier, and by whom it knows each voice.
        codes: content of the recordings, which an attacker learns from.
        middle, axes, spread: of the frames of content, for their colours: (dims,), (dims, 3 at most), of each axis.
    """

    speakers: list[str]
    judge: SpeakerJudge
    enrolled: Mapping[str, NDArray[np.float64]]
    codes: list[Wave]
    middle: NDArray[np.float64]
    axes: NDArray[np.float64]
    spread: NDArray[np.float64]


class VoiceRoom:
    """Everything that the page asks about speech; nothing in it changes once it is open, but that judges learn.

    Args:
        model: trained.
        data: speech of several speakers for gallery and judges, best what the model was not trained on.

    Raises:
        ValueError: fewer than two speakers there with two utterances each, or audio that cannot be used.
    """

    def __init__(self, model: SpeechModel, data: DataDirectory) -> None:
        self.model = model
        spoken = {name: _usable(said) for name, said in data.speakers().items()}
        names = evenly([name for name, said in spoken.items() if len(said) >= LEAST], SPEAKERS)
        if len(names) < 2:
            few = f"fewer than two speakers of {LEAST} utterances of up to {LONGEST:.0f} s"
            raise ValueError(f"{few}, {data.path}. Name more by --voices DATA_DIR.")
        kept = {name: evenly(spoken[name], EACH) for name in names}
        tellers = evenly(list(kept.values()), EXAMPLES)
        told = [said[place % len(said)] for place, said in enumerate(tellers)]  # which nobody learns from
        self.examples = {_title(u): self._load(u) for u in told}
        known = {name: [self._load(u) for u in said if u not in told] for name, said in kept.items()}
        self.voices = {name: waves[0] for name, waves in known.items()}
        self.genders = {name: said[0].labels.get("gender", "") for name, said in kept.items()}
        self._spoken = [(name, wave) for name, waves in known.items() for wave in waves]
        self._learning = Lock()
        self._learnt: Learnt | None = None
        self.gender = self._gender(known)

    def _load(self, utterance: Utterance) -> Wave:
        return audio.load(utterance, self.model.rate)[: round(LONGEST * self.model.rate)]

    @property
    def learnt(self) -> "Learnt":
        """What judges know of the gallery: learnt once, when first asked for, so that the page need not wait."""
        with self._learning:
            if self._learnt is None:
                self._learnt = learn(self.model, self._spoken)
            return self._learnt

    def _gender(self, known: Mapping[str, Sequence[Wave]]) -> Direction | None:
        """The way from men's voices to women's, where the gallery has both."""
        told = {name: self.genders[name] for name in known if self.genders[name]}
        if len(set(told.values())) != 2:
            return None
        vectors = {name: self.model.speaker(known[name]) for name in told}
        return between(vectors, {name: gender == min(told.values()) for name, gender in told.items()})

    def say(self, asked: Asked) -> Wave:
        """The conversion, (samples,).

        Raises:
            ValueError: a pitch is wanted of a recording that has none.
        """
        targets = {Path(name): wave for name, wave in asked.targets.items()}
        shares = {Path(name): share for name, share in asked.shares.items()}
        return converted(self.model, (Path("the source"), asked.source), targets, shares, asked.wishes)

    def warm(self) -> None:
        """Do once what takes long the first time alone: judges learn, and following a pitch is compiled."""
        _ = self.learnt
        name, wave = next(iter(self.voices.items()))
        some = wave[: self.model.rate]
        with suppress(ValueError):  # no pitch in it
            self.say(Asked(some, {name: some}, {name: 1.0}, Wishes(pitch="keep")))

    def who(self, wave: Wave, others: Mapping[str, Wave]) -> dict[str, float]:
        """Cosine of a recording with every voice of the gallery and some other recordings, the nearest first.

        The verifier shares neither weights nor architecture with the model: it is fitted to the gallery in closed form.
        """
        rate = self.model.rate
        mine, *theirs = self.learnt.judge.embed([hear(one, rate) for one in (wave, *others.values())])
        against = {**self.learnt.enrolled} | dict(zip(others, theirs, strict=True))
        cosines = {name: float(mine @ vector) for name, vector in against.items()}
        return dict(sorted(cosines.items(), key=lambda pair: -pair[1]))

    def content(self, wave: Wave) -> Wave:
        """The code of a recording, (frames, dims)."""
        return self.model.content([wave])[0]

    def leaked(self, code: Wave) -> dict[str, float]:
        """How likely a fresh linear attacker, who has learnt the gallery's content, holds each voice, by likelihood."""
        found = answers(self.learnt.codes, self.learnt.speakers, [code], "linear", 0)
        shares = np.exp(found.log_probabilities[0])
        return dict(sorted(zip(found.classes, map(float, shares), strict=True), key=lambda pair: -pair[1]))

    def colours(self, code: Wave) -> NDArray[np.float64]:
        """A code's principal components as colours, (frames, 3) from 0 to 1; of fewer dims the last are even."""
        along = (code - self.learnt.middle) @ self.learnt.axes / self.learnt.spread
        padded = np.pad(along, ((0, 0), (0, 3 - along.shape[1])))
        return np.asarray((padded + 1) / 2).clip(0, 1)


def learn(model: SpeechModel, spoken: Sequence[tuple[str, Wave]]) -> Learnt:
    """What there is to know of recordings, each with its speaker."""
    speakers = [name for name, _ in spoken]
    heard = [hear(wave, model.rate) for _, wave in spoken]
    judge = SpeakerJudge().fit(heard, speakers)
    codes = model.content([wave for _, wave in spoken])
    frames = np.concatenate(codes).astype(np.float64)
    middle = frames.mean(0)
    _, every = np.linalg.eigh(np.cov((frames - middle).T).reshape(frames.shape[1], -1))
    axes = every[:, ::-1][:, :3]
    spread = 2 * ((frames - middle) @ axes).std(0).clip(1e-9)
    return Learnt(speakers, judge, judge.enrol(heard, speakers), codes, middle, axes, spread)


def _usable(said: Sequence[Utterance]) -> list[Utterance]:
    """Those that are ample, or all if too few are; none that a visitor could not bring for length."""
    fitting = [u for u in said if u.seconds is None or u.seconds <= LONGEST]
    ample = [u for u in fitting if u.seconds is None or u.seconds >= AMPLE]
    return ample if len(ample) >= LEAST else fitting


def _title(utterance: Utterance) -> str:
    said = utterance.text or utterance.labels.get("digit") or utterance.id
    return f"{utterance.speaker}: {said if len(said) <= TITLE else said[: TITLE - 1] + '…'}"


def opened(experiment: Path, vocoder: Path | None = None, voices: Path | None = None) -> VoiceRoom:
    """The room of a trained model.

    Args:
        experiment: folder of the model.
        vocoder: experiment of the vocoder; None: the one that comes with the model, or else Griffin-Lim.
        voices: speech for the gallery; None: the folder ``judge`` beside what the model was trained on, or that itself,
            or where nothing is known of it the gallery that comes with the package.

    Raises:
        ValueError: no model, or no speech of several speakers.
    """
    from disentangle.scoring import experiment as experiments
    from disentangle.speech.loading import load

    model = load(experiment, vocoder)
    train = experiments.read(experiment).train
    if voices is None and train is not None:
        beside = train.parent / "judge"
        voices = beside if (beside / "utt2spk").is_file() else train
    voices = voices or released.gallery()
    if voices is None:
        raise ValueError(f"no speech for a gallery of voices, {experiment}. Name some by --voices DATA_DIR.")
    return VoiceRoom(model, directory.read(voices))
