"""Speech of pseudo-voices, and what attackers still make of it (Tomashenko et al. 2024, arXiv 2404.02677)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from disentangle.corpus import audio
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.evaluation.judges import SpeakerJudge, without_gain
from disentangle.evaluation.recognition import Recogniser, error_rates
from disentangle.evaluation.score import Score
from disentangle.evaluation.verification import Trials, speaker_eer
from disentangle.progress import progress
from disentangle.scoring.content import TEXTS
from disentangle.scoring.converted import Voice, made
from disentangle.scoring.judging import STEPS, judge_seed
from disentangle.scoring.material import Material, speakers_of
from disentangle.scoring.model import Floats, load
from disentangle.scoring.pairing import evenly
from disentangle.scoring.run import Found
from disentangle.scoring.tasks import LeftOut
from disentangle.speech.pseudonyms import pseudo_voice

ATTACKED = ("anonymize_eer_ignorant", "anonymize_eer_informed", "real_eer")
READ = ("anonymize_cer", "real_cer")
NAMES = (*ATTACKED, *READ)

HEARD = 10  # utterances that a speaker's voice is taken from
BLOCK = 128  # utterances held in memory as waves
ATTACKERS_KEY = b"who attacks knows all but the key"

Asked = list[tuple[Utterance, Voice | None]]


@dataclass(frozen=True)
class Hidden:
    """Anonymised speech.

    Args:
        utterances: with their new recordings.
        heard: log-mels of these (frames, mels), as judges hear them.
    """

    utterances: tuple[Utterance, ...]
    heard: list[Floats]


def voices(material: Material, data: DataDirectory) -> dict[str, Floats]:
    """The vector of each speaker of a data directory (dims,), from ten utterances at most."""
    speakers = data.speakers()
    calls = [
        partial(_voice, material.experiment, evenly(spoken, HEARD), material.allow_pipes)
        for spoken in speakers.values()
    ]
    found = []
    with progress(len(calls), f"hear {data.path}", "speaker") as bar:
        for vector in material.workers.results(calls):
            found.append(vector)
            bar.advance()
    return dict(zip(speakers, found, strict=True))


def _voice(experiment: Path, utterances: Sequence[Utterance], allow_pipes: bool) -> Floats:
    model = load(experiment)
    vectors = model.speaker([audio.load(utterance, model.rate, allow_pipes) for utterance in utterances])
    mean = vectors.mean(0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)


def hide(material: Material, own: dict[str, Floats], pool: dict[str, Floats], key: bytes, sound: Path) -> Hidden:
    """Say every test utterance in its speaker's pseudo-voice, as ``sound/UTTERANCE.wav``.

    Args:
        material: model and test speech.
        own: vector of each test speaker.
        pool: vector of each speaker that pseudo-voices are made of.
        key: draws them.
        sound: folder for the recordings.
    """
    others = np.stack(list(pool.values()))
    pseudo = {name: Voice(pseudo_voice(vector, others, key, name)) for name, vector in own.items()}
    rate = load(material.experiment).rate
    hidden, heard = [], []
    for block in _blocks([(u, pseudo[u.speaker]) for u in material.test_data.utterances]):
        for (utterance, _), spoken in zip(block, made(material, block, "anonymize"), strict=True):
            path = (sound / f"{utterance.id}.wav").absolute()
            audio.save(path, spoken.wave, rate)
            whole = replace(utterance, recording=str(path), start=None, end=None, recording_id=None)
            hidden.append(replace(whole, seconds=len(spoken.wave) / rate))
            heard.append(spoken.heard)
    return Hidden(tuple(hidden), heard)


def score(material: Material, own: dict[str, Floats], pool: dict[str, Floats], hidden: Hidden) -> Found:
    """Attackers who verify speakers, one who does not know that speech is anonymised and one who knows all but the key,
    and what a recogniser of real speech still reads.
    """
    found, judge = Found(), material.judge_data
    if judge is None or len(judge.speakers()) < 2:
        found.left_out.append(
            LeftOut(NAMES, "no speech of two speakers for judges to learn from; name it by --judge DIR")
        )
        return found
    learned = _heard(material, [(u, None) for u in judge.utterances], "listen")
    known, tried = _enrolled(material.test_data)
    if len({u.speaker for u in known}) < 2:
        found.left_out.append(LeftOut(ATTACKED, "attackers need two speakers with two utterances each"))
    else:
        found.scores |= _attacked(material, own, pool, hidden, learned, known, tried)
    texts = [u.text for u in (*judge.utterances, *material.test_data.utterances)]
    if all(texts) and len({u.text for u in judge.utterances}) >= TEXTS:
        found.scores |= _read(material, hidden, learned, judge)
    else:
        found.left_out.append(LeftOut(READ, f"a judge of words learns from {TEXTS} different texts"))
    return found


def _attacked(
    material: Material,
    own: dict[str, Floats],
    pool: dict[str, Floats],
    hidden: Hidden,
    learned: list[Floats],
    known: Sequence[Utterance],
    tried: Sequence[Utterance],
) -> dict[str, Score]:
    assert material.judge_data is not None
    taught = material.judge_data.utterances
    anonymised = dict(zip([u.id for u in hidden.utterances], hidden.heard, strict=True))
    trials = [anonymised[u.id] for u in tried]
    real = _heard(material, [(u, None) for u in (*known, *tried)], "listen")
    ignorant = SpeakerJudge().fit(learned, speakers_of(taught))
    theirs = own | voices(material, material.judge_data)
    disguised: Asked = [
        (u, Voice(pseudo_voice(theirs[u.speaker], np.stack(list(pool.values())), ATTACKERS_KEY, u.id)))
        for u in (*taught, *known)
    ]
    again = _heard(material, disguised, "attack")
    informed = SpeakerJudge().fit(again[: len(taught)], speakers_of(taught))
    asked = {
        "real_eer": (ignorant, real[: len(known)], real[len(known) :]),
        "anonymize_eer_ignorant": (ignorant, real[: len(known)], trials),
        "anonymize_eer_informed": (informed, again[len(taught) :], trials),
    }
    return {
        name: _eer(judge, enrolment, speakers_of(known), heard, speakers_of(tried), material.seed)
        for name, (judge, enrolment, heard) in asked.items()
    }


def _eer(
    judge: SpeakerJudge,
    enrolment: list[Floats],
    names: list[str],
    heard: list[Floats],
    speakers: list[str],
    seed: int,
) -> Score:
    """Every trial against every enrolled speaker."""
    enrolled = judge.enrol(enrolment, names)
    scores = judge.embed(heard) @ np.stack(list(enrolled.values())).T
    is_target = np.asarray(speakers)[:, None] == np.asarray(list(enrolled))[None]
    first, second = (at.ravel() for at in np.indices(scores.shape))
    trials = Trials(scores.ravel(), is_target.ravel(), first, len(speakers) + second)
    return speaker_eer(trials, [*speakers, *enrolled], seed)


def _read(material: Material, hidden: Hidden, learned: list[Floats], judge: DataDirectory) -> dict[str, Score]:
    recogniser = Recogniser(judge_seed(material.seed), STEPS)
    recogniser.fit([without_gain(x) for x in learned], [str(u.text) for u in judge.utterances])
    utterances = material.test_data.utterances
    real = _heard(material, [(u, None) for u in utterances], "listen")
    texts, speakers = [str(u.text) for u in utterances], speakers_of(utterances)
    rows = {"anonymize_cer": hidden.heard, "real_cer": real}
    return {
        name: error_rates(texts, recogniser.transcribe([without_gain(x) for x in heard]), speakers)[0]
        for name, heard in rows.items()
    }


def _enrolled(data: DataDirectory) -> tuple[list[Utterance], list[Utterance]]:
    """Of each speaker with two utterances or more every second one is enrolled, the others are tried."""
    several = [spoken for spoken in data.speakers().values() if len(spoken) > 1]
    return [u for spoken in several for u in spoken[::2]], [u for spoken in several for u in spoken[1::2]]


def _heard(material: Material, asked: Asked, title: str) -> list[Floats]:
    return [sound.heard for block in _blocks(asked) for sound in made(material, block, title)]


def _blocks(asked: Asked) -> Iterator[Asked]:
    yield from (asked[i : i + BLOCK] for i in range(0, len(asked), BLOCK))
