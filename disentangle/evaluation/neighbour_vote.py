"""Is content the same whoever speaks? What was said, voted for by each frame's nearest frame of somebody else."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from disentangle.evaluation.nearest_neighbours import neighbours
from disentangle.evaluation.probes import ProbeResult, balanced_accuracy
from disentangle.evaluation.sequences import Features, Frames, check

MOST = 40_000  # frames that are looked among for one speaker


def neighbour_vote(
    train: Features,
    labels: Sequence[str],
    speakers: Sequence[str],
    test: Features,
    truth: Sequence[str],
    speakers_of_test: Sequence[str],
    seed: int = 0,
) -> ProbeResult:
    """Balanced accuracy of the label that most frames of an utterance have for their neighbour's.

    An encoder that scrambles content differently for each speaker defeats its critic, and a recogniser that learns
    every speaker's scrambling still reads it; frames of different people then no longer lie where the same is said.

    Args:
        train: utterances (frames, dims) to look among.
        labels: what was said in each.
        speakers: who said it.
        test: utterances to answer; each only looks at other people's.
        truth: of each.
        speakers_of_test: of each.
        seed: of the frames that are looked among, where there are many, and of the bootstrap.

    Raises:
        ValueError: somebody beside whom nobody else speaks.
    """
    check(train, labels, "training features")
    check(test, truth, "test features")
    standard = Frames(train)
    items, asked = standard(train), standard(test)
    rng, predicted = np.random.default_rng(seed), [""] * len(test)
    for speaker in sorted(set(speakers_of_test)):
        others = [i for i, name in enumerate(speakers) if name != speaker]
        if not others:
            raise ValueError(f"nobody but {speaker} to look for neighbours among; two speakers are needed")
        frames, said = torch.cat([items[i] for i in others]), np.repeat(others, [len(items[i]) for i in others])
        kept = np.sort(rng.permutation(len(frames))[:MOST])
        own = [i for i, name in enumerate(speakers_of_test) if name == speaker]
        near = said[kept][neighbours(frames[kept], torch.cat([asked[i] for i in own]), 1)[:, 0].numpy()]
        for i, votes in zip(own, _split(near, [len(asked[i]) for i in own]), strict=True):
            predicted[i] = Counter(labels[place] for place in votes.tolist()).most_common(1)[0][0]
    score = balanced_accuracy(truth, predicted, len(set(labels)), speakers_of_test, seed)
    return ProbeResult(score, None, [], tuple(predicted))


def _split(places: NDArray[np.int64], lengths: Sequence[int]) -> list[NDArray[np.int64]]:
    return np.split(places, np.cumsum(lengths)[:-1])
