"""How well a recogniser trained from scratch reads a frozen code: letter and word error rate."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from disentangle.evaluation.bootstrap import interval
from disentangle.evaluation.convergence import Limits, converge
from disentangle.evaluation.score import Score
from disentangle.evaluation.sequences import BiGRU, ConvBlock, Features, Frames, buckets, check, ordered, pad

BATCH = 16


class LetterNetwork(nn.Module):
    """Two convolutions that thin the frames, recurrence in both directions, letters and the blank (0)."""

    def __init__(self, dims: int, letters: int, stride: int, channels: int = 128, hidden: int = 96) -> None:
        super().__init__()
        self.front = ConvBlock(dims, channels, 5, max(1, stride // 2), 0.2)
        self.middle = ConvBlock(channels, channels, 5, min(stride, 2), 0.2)
        self.recurrence = BiGRU(channels, hidden)
        self.out = nn.Sequential(nn.LayerNorm(2 * hidden), nn.Dropout(0.3), nn.Linear(2 * hidden, letters + 1))

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, frames, dims) -> log-probabilities (batch, frames', letters + 1) and the new lengths."""
        x, lengths = self.middle(*self.front(x, lengths))
        return self.out(self.recurrence(x, lengths)).log_softmax(2), lengths


class Recogniser:
    """Letters by connectionist temporal classification (Graves et al. 2006), decoded greedily, no language model.

    Args:
        seed: of weights, batches and the utterances held out to know when to stop.
        steps: the most training steps of 16 utterances.
    """

    def __init__(self, seed: int = 0, steps: int = 2400) -> None:
        self.seed, self.steps = seed, steps

    def fit(self, features: Features, texts: Sequence[str]) -> "Recogniser":
        """Train on utterances (frames, dims) and what was said."""
        check(features, texts, "recogniser")
        self.letters = sorted(set("".join(texts)))
        self.frames = Frames(features)
        items = self.frames(features)
        targets = [torch.tensor([self.letters.index(c) + 1 for c in text], dtype=torch.long) for text in texts]
        order = np.random.default_rng(self.seed).permutation(len(items)).tolist()
        held = max(1, len(items) // 10)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            self.network = LetterNetwork(items[0].shape[1], len(self.letters), _stride(items, texts))
            self._train(items, targets, order[held:], order[:held], texts)
        return self

    def _train(
        self, items: list[Tensor], targets: list[Tensor], training: list[int], held: list[int], texts: Sequence[str]
    ) -> None:
        generator = torch.Generator().manual_seed(self.seed)
        held_items, held_texts = [items[i] for i in held], [texts[i] for i in held]

        def epoch() -> Iterator[Tensor]:
            for batch in buckets([len(items[i]) for i in training], BATCH, generator):
                chosen = [training[i] for i in batch]
                x, lengths = pad([_masked(items[i], generator) for i in chosen])
                yield self._loss(x, lengths, [targets[i] for i in chosen])

        def validation_error() -> float:
            return float(error_counts(held_texts, self._decode(held_items))[:, 0].sum() / len("".join(held_texts)))

        patience = max(200, 12 * len(training) // BATCH)
        limits = Limits(rate=2e-3, patience=patience, decays=1, steps=self.steps, enough=1e-3)
        self.curve = converge(self.network, epoch, validation_error, limits)

    def _loss(self, x: Tensor, lengths: Tensor, targets: list[Tensor]) -> Tensor:
        logp, lengths = self.network(x, lengths)
        sizes = torch.tensor([len(t) for t in targets])
        return nn.functional.ctc_loss(logp.transpose(0, 1), torch.cat(targets), lengths, sizes, zero_infinity=True)

    def _decode(self, items: list[Tensor]) -> list[str]:
        texts = [""] * len(items)
        for batch in ordered([len(x) for x in items], 32):
            logp, lengths = self.network(*pad([items[i] for i in batch]))
            for i, best, length in zip(batch, logp.argmax(2), lengths, strict=True):
                kept = torch.unique_consecutive(best[:length])
                texts[i] = "".join(self.letters[k - 1] for k in kept.tolist() if k)
        return texts

    @torch.no_grad()
    def transcribe(self, features: Features) -> list[str]:
        """What was said in each utterance."""
        return self._decode(self.frames(features))


def _stride(items: list[Tensor], texts: Sequence[str]) -> int:
    """4, 2 or 1: by how much nearly every text lets the frames be thinned, with a blank between equal letters."""
    needed = [len(text) + sum(a == b for a, b in pairwise(text)) for text in texts]
    for stride in (4, 2):
        fits = [len(x) // stride >= 1.2 * frames for x, frames in zip(items, needed, strict=True)]
        if np.mean(fits) >= 0.98:
            return stride
    return 1


def _masked(x: Tensor, generator: torch.Generator) -> Tensor:
    """A copy with a stretch of up to a tenth of the frames and a band of up to a tenth of the dims set to the mean."""
    x = x.clone()
    for axis in (0, 1):
        width = int(torch.randint(x.shape[axis] // 10 + 1, (), generator=generator))
        start = int(torch.randint(x.shape[axis] - width + 1, (), generator=generator))
        x.narrow(axis, start, width).zero_()
    return x


def error_counts(texts: Sequence[str], recognised: Sequence[str]) -> NDArray[np.int64]:
    """Edits in letters, letters, edits in words, words of each utterance, (utterances, 4)."""
    import jiwer

    rows = []
    for text, answer in zip(texts, recognised, strict=True):
        c, w = jiwer.process_characters(text, answer), jiwer.process_words(text, answer)
        rows.append(
            (
                c.substitutions + c.deletions + c.insertions,
                c.hits + c.substitutions + c.deletions,
                w.substitutions + w.deletions + w.insertions,
                w.hits + w.substitutions + w.deletions,
            )
        )
    return np.array(rows, np.int64)


def error_rates(
    texts: Sequence[str], recognised: Sequence[str], speakers: Sequence[str] | None = None, seed: int = 0
) -> tuple[Score, Score]:
    """Letter and word error rate; intervals over speakers (over utterances where there are no speakers).

    Args:
        texts: what was said.
        recognised: what was understood.
        speakers: who said it.
        seed: of the bootstrap.
    """
    counts = error_counts(texts, recognised).astype(np.float64)
    groups = list(speakers) if speakers is not None else list(range(len(texts)))
    scores = []
    for edits, total in ((0, 1), (2, 3)):

        def rate(rows: NDArray[np.float64], edits: int = edits, total: int = total) -> float:
            return float(rows[:, edits].sum() / max(1, rows[:, total].sum()))

        scores.append(Score(rate(counts), interval(counts, groups, rate, seed), int(counts[:, total].sum())))
    return scores[0], scores[1]


def ctc_error(
    train: Features,
    train_texts: Sequence[str],
    test: Features,
    test_texts: Sequence[str],
    seed: int = 0,
    steps: int = 2400,
    speakers_of_test: Sequence[str] | None = None,
) -> tuple[Score, Score]:
    """Letter and word error rate of a recogniser trained from scratch on a frozen code.

    Args:
        train: utterances (frames, dims).
        train_texts: what was said in each.
        test: other utterances.
        test_texts: what was said in each.
        seed: of everything random; global random state is left as it was.
        steps: the most training steps of 16 utterances.
        speakers_of_test: for the intervals.
    """
    check(test, test_texts, "test features")
    recognised = Recogniser(seed, steps).fit(train, train_texts).transcribe(test)
    return error_rates(test_texts, recognised, speakers_of_test, seed)
