"""Leakage on unseen speakers: the strongest verifier that can be retrained on a frozen code."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from disentangle.evaluation.classifiers import CROP, LONG
from disentangle.evaluation.convergence import Curve, Limits, converge, held_out
from disentangle.evaluation.discriminant import Discriminant, PrincipalFrames, statistics
from disentangle.evaluation.probes import ProbeResult
from disentangle.evaluation.sequences import Features, Frames, SequenceNetwork, check, crop, ordered, pad
from disentangle.evaluation.verification import Trials, cosine_trials, eer, speaker_eer

FEW = 8  # speakers below which utterances instead of speakers are held out
LIMITS = Limits(rate=2e-3, patience=125, decays=1, steps=900, enough=0.0)
STATISTICS = ((30, 10), (60, 20), (60, 30))  # principal components, and of these with covariance
Scorer = Callable[[Features, Sequence[str]], Trials]


class PairNetwork(nn.Module):
    """Embedding of an utterance, a direction for each training speaker, and a classifier of symmetric pairs."""

    def __init__(self, dims: int, speakers: int, stride: int, size: int = 96) -> None:
        super().__init__()
        self.embed = SequenceNetwork(dims, size, stride=stride)
        self.speakers = nn.Parameter(torch.randn(speakers, size) / size**0.5)
        self.same = nn.Sequential(nn.Linear(2 * size, 64), nn.ReLU(), nn.Linear(64, 1))

    def pair_scores(self, a: Tensor, b: Tensor) -> Tensor:
        """Embeddings (pairs, size) twice -> (pairs,) logit that one speaker said both; a and b may be exchanged."""
        logits: Tensor = self.same(torch.cat([(a - b).abs(), a * b], 1))
        return logits.squeeze(1)


def angular_margin(cosines: Tensor, target: Tensor, margin: float = 0.2, scale: float = 25.0) -> Tensor:
    """Additive angular margin softmax (Deng et al. 2019, https://arxiv.org/abs/1801.07698, equation 3)."""
    angle = torch.acos(cosines.clamp(-1 + 1e-6, 1 - 1e-6))
    chosen = nn.functional.one_hot(target, cosines.shape[1]).bool()
    return nn.functional.cross_entropy(scale * torch.where(chosen, torch.cos(angle + margin), cosines), target)


class _NeuralVerifier:
    """Trains a PairNetwork on some speakers and stops when it verifies the held-out ones no better."""

    def __init__(self, features: Features, speakers: Sequence[str], held: list[int], seed: int) -> None:
        median = float(np.median([len(x) for x in features]))
        self.frames = Frames(features, 2 if median > LONG else 1)
        training = [i for i in range(len(features)) if i not in set(held)]
        self.items = self.frames([features[i] for i in training])
        names = sorted({speakers[i] for i in training})
        self.labels = torch.tensor([names.index(speakers[i]) for i in training])
        self.generator = torch.Generator().manual_seed(seed)
        held_features, held_speakers = [features[i] for i in held], [speakers[i] for i in held]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            stride = 2 if median / self.frames.stride > 30 else 1
            self.network = PairNetwork(self.items[0].shape[1], len(names), stride)

            def validation_loss() -> float:
                trials = (self.cosine(held_features, held_speakers), self.pairs(held_features, held_speakers))
                return sum(eer(t.target, t.nontarget)[0] for t in trials)

            self.curve = converge(self.network, self._epoch, validation_loss, LIMITS)

    def _batch(self) -> list[int]:
        """Up to 12 speakers with up to 4 utterances each."""
        chosen = torch.randperm(int(self.labels.max()) + 1, generator=self.generator)[:12]
        batch: list[int] = []
        for speaker in chosen:
            own = torch.nonzero(self.labels == speaker).flatten()
            batch += own[torch.randperm(len(own), generator=self.generator)[:4]].tolist()
        return batch

    def _epoch(self) -> Iterator[Tensor]:
        for _ in range(25):
            batch = self._batch()
            y = self.labels[batch]
            e = nn.functional.normalize(
                self.network.embed(*pad([crop(self.items[i], CROP, self.generator) for i in batch]))
            )
            first, second = torch.triu_indices(len(batch), len(batch), 1)
            target = (y[first] == y[second]).float()
            share = target.mean().clamp(0.01, 0.99)
            weights = torch.where(target > 0, 0.5 / share, 0.5 / (1 - share))
            pair = nn.functional.binary_cross_entropy_with_logits(
                self.network.pair_scores(e[first], e[second]), target, weights
            )
            yield angular_margin(e @ nn.functional.normalize(self.network.speakers).T, y) + pair

    @torch.no_grad()
    def embeddings(self, features: Features) -> Tensor:
        items = self.frames(features)
        e = torch.empty(len(items), self.network.speakers.shape[1])
        for batch in ordered([len(x) for x in items], 64):
            e[batch] = nn.functional.normalize(self.network.embed(*pad([items[i] for i in batch])))
        return e

    def cosine(self, features: Features, speakers: Sequence[str]) -> Trials:
        return cosine_trials(self.embeddings(features).numpy(), speakers)

    @torch.no_grad()
    def pairs(self, features: Features, speakers: Sequence[str]) -> Trials:
        e = self.embeddings(features)
        trials = cosine_trials(e.numpy(), speakers)
        first, second = (torch.split(torch.from_numpy(side), 8192) for side in (trials.first, trials.second))
        scores = [self.network.pair_scores(e[a], e[b]) for a, b in zip(first, second, strict=True)]
        return replace(trials, scores=torch.cat(scores).double().numpy())


def _closed_form(features: Features, speakers: Sequence[str], dims: int, leading: int) -> Scorer:
    """Statistics of the frames' principal components, covariance of the leading ones, under discriminant analysis."""
    principal = PrincipalFrames(features, dims)
    discriminant = Discriminant().fit(np.stack([statistics(principal(x), leading) for x in features]), speakers)

    def score(test: Features, names: Sequence[str]) -> Trials:
        return cosine_trials(discriminant(np.stack([statistics(principal(x), leading) for x in test])), names)

    return score


def _standard(scores: NDArray[np.float64], like: Trials) -> NDArray[np.float64]:
    return np.asarray((scores - like.scores.mean()) / max(float(like.scores.std()), 1e-12))


def _fused(verifiers: Sequence[Scorer], features: Features, speakers: Sequence[str]) -> Scorer:
    """Mean of the verifiers' scores, each standardised as on the held-out trials."""
    held = [verifier(features, speakers) for verifier in verifiers]

    def score(test: Features, names: Sequence[str]) -> Trials:
        trials = [verifier(test, names) for verifier in verifiers]
        scores = [_standard(t.scores, like) for t, like in zip(trials, held, strict=True)]
        return replace(trials[0], scores=np.mean(scores, axis=0))

    return score


def hold_out(speakers: Sequence[str], seed: int) -> list[int]:
    """About a sixth of the speakers, at least 4, with all their utterances; of few speakers, utterances instead."""
    names = sorted(set(speakers))
    if len(names) < FEW:
        return held_out(list(speakers), 0.2, seed)[1]
    chosen = np.random.default_rng(seed).permutation(names)[: max(4, len(names) // 6)]
    return [i for i in range(len(speakers)) if speakers[i] in set(chosen)]


@dataclass(frozen=True)
class Chosen:
    """The strongest of several verifiers.

    Args:
        name: of it.
        verifier: itself.
        errors: equal error rate of each on the held-out speakers.
        curve: of the trained ones, by the step; the validation loss is the sum of both equal error rates.
    """

    name: str
    verifier: Scorer
    errors: dict[str, float]
    curve: Curve


def strongest(features: Features, speakers: Sequence[str], seed: int = 0) -> Chosen:
    """Train verifiers on a frozen code and keep the one that tells held-out training speakers apart best."""
    held = hold_out(speakers, seed)
    rest = [i for i in range(len(speakers)) if i not in set(held)]
    held_features, held_speakers = [features[i] for i in held], [speakers[i] for i in held]
    rest_features, rest_speakers = [features[i] for i in rest], [speakers[i] for i in rest]
    neural = _NeuralVerifier(features, speakers, held, seed)
    verifiers: dict[str, Scorer] = {"cosine": neural.cosine, "pairs": neural.pairs}
    for dims, leading in STATISTICS:
        verifiers[f"statistics {leading}"] = _closed_form(rest_features, rest_speakers, dims, leading)
    errors = {name: _error(verifier, held_features, held_speakers) for name, verifier in verifiers.items()}
    families = [[n for n in verifiers if n.startswith("statistics")], ["cosine", "pairs"]]
    strong = [verifiers[min(family, key=errors.__getitem__)] for family in families]
    verifiers["fusion"] = _fused(strong, held_features, held_speakers)
    errors["fusion"] = _error(verifiers["fusion"], held_features, held_speakers)
    best = min(errors, key=errors.__getitem__)
    return Chosen(best, verifiers[best], errors, neural.curve)


def _error(verifier: Scorer, features: Features, speakers: Sequence[str]) -> float:
    trials = verifier(features, speakers)
    return eer(trials.target, trials.nontarget)[0]


def pair_eer(
    train: Features,
    train_speakers: Sequence[str],
    test: Features,
    test_speakers: Sequence[str],
    seed: int = 0,
) -> ProbeResult:
    """Equal error rate of a verifier retrained from scratch on a frozen code; 0.5: nothing of the speaker is left.

    The verifier is the strongest, on held-out training speakers, of: cosine of an embedding trained with an angular
    margin, a classifier of symmetric pairs of embeddings, discriminant analysis of the frames' statistics at three
    sizes, and the mean of the best trained and the best closed form.

    Args:
        train: utterances (frames, dims).
        train_speakers: speaker of each.
        test: utterances of other speakers; every pair of them is a trial.
        test_speakers: speaker of each, none of them in training.
        seed: of everything random; global random state is left as it was.
    """
    check(train, train_speakers, "training features")
    check(test, test_speakers, "test features")
    both = sorted(set(train_speakers) & set(test_speakers))
    if both:
        raise ValueError(f"speakers in training and in test: {', '.join(both)}; the two must be disjoint")
    if len(set(train_speakers)) < 2:
        raise ValueError("a pair verifier needs at least two training speakers")
    chosen = strongest(train, train_speakers, seed)
    score = speaker_eer(chosen.verifier(test, test_speakers), test_speakers, seed)
    return ProbeResult(score, None, chosen.curve, ())
