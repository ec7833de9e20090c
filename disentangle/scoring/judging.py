"""Converted, resynthesised and real speech before judges that learned from other speech: whose voice, which words."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from disentangle.corpus.utterances import Utterance
from disentangle.evaluation.bootstrap import mean_score
from disentangle.evaluation.judges import DigitJudge, SpeakerJudge, acceptance, share, without_gain
from disentangle.evaluation.recognition import Recogniser, error_rates
from disentangle.evaluation.score import Score
from disentangle.scoring.converted import Converted
from disentangle.scoring.material import speakers_of
from disentangle.scoring.model import Floats
from disentangle.scoring.tasks import Outcome

SEED = 90001  # of judges; no experiment's, see `judge_seed`
STEPS = 800  # of the recogniser of letters, of 16 utterances each
VOICES = (
    "conversion_speaker_accept",
    "conversion_source_accept",
    "real_speaker_accept",
    "real_source_accept",
    "resynthesis_speaker_accept",
    "conversion_similarity",
    "real_similarity",
    "resynthesis_similarity",
)

Verdicts = NDArray[np.bool_]


def judge_seed(seed: int) -> int:
    """A seed for judges that is not the experiment's."""
    return SEED + (seed == SEED)


def labelled_names(factor: str) -> tuple[str, ...]:
    """Names of the scores of a judge that recognises a digit or word."""
    rows = ("conversion", "real", "resynthesis")
    return tuple(f"{row}_{what}" for what in (f"{factor}_accuracy", "both") for row in rows)


READ = tuple(f"{row}_{error}" for row in ("conversion", "real", "resynthesis") for error in ("cer", "wer"))


class _Verifier:
    """A speaker judge at its operating point."""

    def __init__(self, made: Converted) -> None:
        training = made.roles.training
        self.judge = SpeakerJudge().fit(_real(made, training), speakers_of(training))
        enrolled = [u for spoken in made.roles.enrolment.values() for u in spoken]
        self.enrolled = self.judge.enrol(_real(made, enrolled), speakers_of(enrolled))
        point = made.roles.point
        _, self.threshold = self.judge.operating_point(_real(made, point), speakers_of(point), self.enrolled)

    def __call__(self, heard: Sequence[Floats], claimed: Sequence[str]) -> Verdicts:
        """Whether each passes as the speaker it is claimed to be."""
        return acceptance(self.judge, heard, claimed, self.enrolled, self.threshold)

    def similarity(self, heard: Sequence[Floats], claimed: Sequence[str]) -> NDArray[np.float64]:
        """Cosine of each with the speaker it is claimed to be; it passes from the threshold on."""
        return self.judge.scores(heard, claimed, self.enrolled)


def _real(made: Converted, utterances: Sequence[Utterance]) -> list[Floats]:
    return [made.real[u.id].heard for u in utterances]


def _converted(made: Converted) -> list[Floats]:
    return [sound.heard for sound in made.sounds]


def _sources(made: Converted) -> list[str]:
    return [pair.source.speaker for pair in made.conversions]


def _resynthesised(made: Converted) -> tuple[list[Utterance], list[Floats]]:
    chosen = [u for u in made.roles.sources if u.id in made.resynthesis]
    return chosen, [made.resynthesis[u.id].heard for u in chosen]


def judge_voices(made: Converted) -> Outcome:
    """Accepted as the target, as the source, and how like the target it is; real speech as its own speaker and,
    unconverted, as the target.
    """
    verifier = _Verifier(made)
    sources, targets = _sources(made), [pair.target for pair in made.conversions]
    real, (chosen, again) = made.roles.sources, _resynthesised(made)
    converted, unconverted = _converted(made), _real(made, [pair.source for pair in made.conversions])
    own = {
        "conversion": (converted, targets, sources),
        "real": (_real(made, real), speakers_of(real), speakers_of(real)),
        "resynthesis": (again, speakers_of(chosen), speakers_of(chosen)),
    }
    as_source, as_target = verifier(converted, sources), verifier(unconverted, targets)
    scores = {
        "conversion_source_accept": share(as_source, sources),
        "real_source_accept": share(as_target, sources),
    }
    cosines = {row: verifier.similarity(heard, claimed) for row, (heard, claimed, _) in own.items()}
    for row, (_, _, spoken) in own.items():
        scores[f"{row}_speaker_accept"] = share(cosines[row] >= verifier.threshold, spoken)
        scores[f"{row}_similarity"] = mean_score(cosines[row].tolist(), spoken)
    margins = cosines["conversion"] - verifier.threshold  # below 0 it does not pass
    verdicts = {
        "accepted_target": (margins >= 0).tolist(),
        "accepted_source": as_source.tolist(),
        "margin": margins.tolist(),
    }
    return Outcome(scores, verdicts=verdicts)


def judge_labels(made: Converted, factor: str) -> Outcome:
    """The right digit or word heard, and with it the right voice: converted, real, resynthesised."""
    judge = DigitJudge(judge_seed(made.seed))
    judge.fit(_real(made, made.learned), [u.labels[factor] for u in made.learned])
    verifier, scores = _Verifier(made), dict[str, Score]()
    chosen, again = _resynthesised(made)
    real = made.roles.sources
    recognised = judge.predict(_converted(made))
    rows = {
        "conversion": ([p.source for p in made.conversions], [p.target for p in made.conversions], _converted(made)),
        "real": (real, speakers_of(real), _real(made, real)),
        "resynthesis": (chosen, speakers_of(chosen), again),
    }
    for row, (utterances, claimed, heard) in rows.items():
        answers = recognised if row == "conversion" else judge.predict(heard)
        right = np.array([u.labels[factor] == answer for u, answer in zip(utterances, answers, strict=True)])
        chance = 1 / len(judge.classifier.classes)
        scores[f"{row}_{factor}_accuracy"] = share(right, speakers_of(utterances), chance)
        scores[f"{row}_both"] = share(right & verifier(heard, claimed), speakers_of(utterances))
    return Outcome(scores, verdicts={"recognised": recognised})


def judge_texts(made: Converted) -> Outcome:
    """Letters and words that a recogniser of real speech gets wrong: converted, real, resynthesised."""
    recogniser = Recogniser(judge_seed(made.seed), STEPS)
    recogniser.fit([without_gain(x) for x in _real(made, made.learned)], [str(u.text) for u in made.learned])
    chosen, again = _resynthesised(made)
    rows = {
        "conversion": ([pair.source for pair in made.conversions], _converted(made)),
        "real": (made.roles.sources, _real(made, made.roles.sources)),
        "resynthesis": (chosen, again),
    }
    scores, recognised = dict[str, Score](), list[str]()
    for row, (utterances, heard) in rows.items():
        answers = recogniser.transcribe([without_gain(x) for x in heard])
        texts = [str(u.text) for u in utterances]
        scores[f"{row}_cer"], scores[f"{row}_wer"] = error_rates(texts, answers, speakers_of(utterances))
        recognised = recognised or answers
    return Outcome(scores, verdicts={"recognised": recognised})
