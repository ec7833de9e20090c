"""What is scored: an experiment, its data directories and what was embedded of them, each read when first needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from disentangle.corpus import audio
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.scoring.embeddings import CHUNK, embed, is_current, vectors_and_content
from disentangle.scoring.model import Floats, load
from disentangle.scoring.workers import Workers


@dataclass(frozen=True)
class Speech:
    """Utterances of a data directory as features.

    Args:
        utterances: in C order.
        vectors: speaker vectors (utterances, dims).
        content: of each utterance, (frames, dims).
    """

    utterances: tuple[Utterance, ...]
    vectors: Floats
    content: list[Floats]

    @property
    def speakers(self) -> list[str]:
        """Who said each utterance."""
        return speakers_of(self.utterances)


def judge_beside(data: Path) -> Path | None:
    """The folder ``judge`` beside a data directory, if there is one and it is not this."""
    beside = data.resolve().parent / "judge"
    return beside if beside.is_dir() and beside != data.resolve() else None


def speakers_of(utterances: Sequence[Utterance]) -> list[str]:
    """Who said each utterance."""
    return [utterance.speaker for utterance in utterances]


class Material:
    """Everything that the families of scores draw on.

    Args:
        experiment: folder with a trained model; embeddings are kept in it.
        seed: the experiment's, of all attackers.
        test: what is scored.
        train: what the model was trained on; None if nobody knows.
        judge: other speech, that the judges are trained on; None if there is none.
        workers: processes to share the work.
        trials: file of pairs to verify; None: all pairs.
        allow_pipes: whether recordings that are shell commands may be run.
        vocoder: experiment of the vocoder that makes the sound of conversions and resynthesis; None: Griffin-Lim.
    """

    def __init__(
        self,
        experiment: Path,
        seed: int,
        test: DataDirectory,
        train: DataDirectory | None,
        judge: DataDirectory | None,
        workers: Workers,
        trials: Path | None = None,
        allow_pipes: bool = False,
        vocoder: Path | None = None,
    ) -> None:
        self.experiment, self.seed, self.workers, self.trials = experiment, seed, workers, trials
        self.test_data, self.judge_data, self.allow_pipes = test, judge, allow_pipes
        self._train_data, self.vocoder = train, vocoder

    @property
    def train_data(self) -> DataDirectory:
        """What the model was trained on.

        Raises:
            ValueError: nobody has said.
        """
        if self._train_data is None:
            raise ValueError(f"no training data named in {self.experiment / 'config.yaml'}. Name it by --train DIR.")
        return self._train_data

    @cached_property
    def train(self) -> Speech:
        """Training speech as its archives hold it."""
        return self._embedded(self.train_data, "train")

    @cached_property
    def test(self) -> Speech:
        """Test speech as its archives hold it."""
        return self._embedded(self.test_data, "test")

    def _embedded(self, data: DataDirectory, name: str) -> Speech:
        folder = self.experiment / "embeddings" / name
        if not is_current(self.experiment, data, folder):
            embed(self.experiment, data, folder, self.workers, allow_pipes=self.allow_pipes)
        return Speech(data.utterances, *vectors_and_content(folder, data))

    @cached_property
    def train_mels(self) -> list[Floats]:
        """Log-mels (frames, mels) of the training speech, as the model hears it."""
        return self._mels(self.train_data)

    @cached_property
    def test_mels(self) -> list[Floats]:
        """Log-mels (frames, mels) of the test speech, as the model hears it."""
        return self._mels(self.test_data)

    def _mels(self, data: DataDirectory) -> list[Floats]:
        chunks = [data.utterances[i : i + CHUNK] for i in range(0, len(data.utterances), CHUNK)]
        calls = [partial(_log_mels, self.experiment, chunk, self.allow_pipes) for chunk in chunks]
        return [mel for mels in self.workers.results(calls) for mel in mels]

    @property
    def content_is_random(self) -> bool:
        """Whether noise is drawn onto the content that is released."""
        return load(self.experiment).content_is_random

    @cached_property
    def test_speakers_are_known(self) -> bool:
        """Whether the model was trained on every test speaker."""
        return set(self.test_data.speakers()) <= set(self.train_data.speakers())


def _log_mels(experiment: Path, utterances: Sequence[Utterance], allow_pipes: bool) -> list[Floats]:
    model = load(experiment)
    return [model.log_mel(audio.load(utterance, model.rate, allow_pipes)) for utterance in utterances]
