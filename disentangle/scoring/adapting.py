"""What adaptation was worth: recognition in the target domain, and how well a fresh probe tells the domains apart."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from disentangle.corpus import audio
from disentangle.corpus.utterances import DataDirectory, Utterance
from disentangle.evaluation.classifiers import pooled
from disentangle.evaluation.domains import a_distance
from disentangle.evaluation.probes import classify
from disentangle.evaluation.recognition import ctc_error
from disentangle.evaluation.score import Score
from disentangle.evaluation.sequences import Features
from disentangle.scoring.content import STEPS
from disentangle.scoring.embeddings import CHUNK
from disentangle.scoring.labels import factor_of
from disentangle.scoring.model import Floats, load
from disentangle.scoring.pairing import evenly
from disentangle.scoring.workers import Workers

MOST = 400  # utterances of each domain that a probe tells apart


class Adaptation:
    """An experiment before and after it was adapted.

    Args:
        before, after: folders with a model.
        source, target: data of the two domains that it was adapted with.
        workers: processes to share the work.
        seed: of all attackers and recognisers.
        allow_pipes: whether recordings that are shell commands may be run.
    """

    def __init__(
        self,
        before: Path,
        after: Path,
        source: DataDirectory,
        target: DataDirectory,
        workers: Workers,
        seed: int,
        allow_pipes: bool = False,
    ) -> None:
        self.source, self.target, self.workers, self.seed = source, target, workers, seed
        self.allow_pipes, self.folders = allow_pipes, {"unadapted_": before, "": after}
        self.contents = {
            word: [self.content(folder, data.utterances) for data in (source, target)]
            for word, folder in self.folders.items()
        }

    def content(self, folder: Path, utterances: Sequence[Utterance]) -> list[Floats]:
        """What a model releases of each utterance."""
        chunks = [utterances[i : i + CHUNK] for i in range(0, len(utterances), CHUNK)]
        calls = [partial(_content, folder, chunk, self.allow_pipes) for chunk in chunks]
        return [code for codes in self.workers.results(calls) for code in codes]

    def told_apart(self) -> dict[str, Score]:
        """Fresh probes of the domain, before and after: of pooled content, and of its frames."""
        found = {}
        for word, (source, target) in self.contents.items():
            some = [evenly(codes, MOST) for codes in (source, target)]
            found[f"{word}a_distance"] = a_distance(pooled(some[0]), pooled(some[1]), seed=self.seed)
            taught, asked = ([x for codes in some for x in codes[k::2]] for k in (0, 1))
            names = [["source"] * len(some[0][k::2]) + ["target"] * len(some[1][k::2]) for k in (0, 1)]
            probe = classify(taught, names[0], asked, names[1], "sequence", self.seed)
            found[f"{word}domain_accuracy_sequence"] = probe.score
        return found

    def recognised(self, test: DataDirectory, informed: Path | None = None) -> dict[str, Score]:
        """Fresh recognisers of frozen content, asked about other speech of the target domain.

        They learn from the source's labels on content before and after; the last learns from the target's own.

        Args:
            test: data that `check` found nothing to say against.
            informed: folder of the model whose content the last learns from; None: content before.
        """
        found: dict[str, Score] = {}
        for word, folder in self.folders.items():
            asked = self.content(folder, test.utterances)
            found |= self._read(word, self.contents[word][0], self.source, asked, test)
        own = self.contents["unadapted_"][1] if informed is None else self.content(informed, self.target.utterances)
        asked = self.content(informed or self.folders["unadapted_"], test.utterances)
        found |= self._read("informed_", own, self.target, asked, test)
        for name, sign in (("target_accuracy", 1), ("target_cer", -1)):
            if name in found:
                before, after, best = (found[f"{word}{name}"].value for word in ("unadapted_", "", "informed_"))
                if sign * (best - before) > 1e-9:  # else the target's own labels are no better, and nothing is to close
                    found["gap_closed"] = Score((after - before) / (best - before), None, len(test.utterances))
        return found

    def _read(
        self, word: str, train: Features, taught: DataDirectory, asked: Features, test: DataDirectory
    ) -> dict[str, Score]:
        speakers, (said, truth) = [u.speaker for u in test.utterances], _said(taught, test)
        if factor_of(test.utterances):
            return {f"{word}target_accuracy": _named(train, said, asked, truth, speakers, self.seed)}
        cer, wer = ctc_error(train, said, asked, truth, self.seed, STEPS, speakers)
        return {f"{word}target_cer": cer, f"{word}target_wer": wer}


def check(source: DataDirectory, target: DataDirectory, test: DataDirectory) -> None:
    """See that what is said in the test can be learned from source and from target.

    Raises:
        ValueError: speech without what is said, or labels in the test that nobody teaches.
    """
    for taught in (source, target):
        said, truth = _said(taught, test)
        new = sorted(set(truth) - set(said)) if factor_of(test.utterances) else []
        if new:
            raise ValueError(f"'{new[0]}' is said in {test.path} and never in {taught.path}. Leave it out of the test.")


def _said(taught: DataDirectory, test: DataDirectory) -> tuple[list[str], list[str]]:
    """What is said in each utterance: the label that the test has, else the text."""
    factor, both = factor_of(test.utterances), []
    for data in (taught, test):
        said = [u.labels.get(factor) if factor else u.text for u in data.utterances]
        if not all(said):
            raise ValueError(f"utterances without what is said, {data.path}. Add utt2{factor or 'digit'} or text.")
        both.append([str(words) for words in said])
    return both[0], both[1]


def _named(
    train: Features, labels: Sequence[str], test: Features, truth: Sequence[str], speakers: Sequence[str], seed: int
) -> Score:
    return classify(train, labels, test, truth, "sequence", seed, speakers).score


def _content(folder: Path, utterances: Sequence[Utterance], allow_pipes: bool) -> list[Floats]:
    model = load(folder)
    return model.content([audio.load(utterance, model.rate, allow_pipes) for utterance in utterances])
