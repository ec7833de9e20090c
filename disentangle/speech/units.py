"""Words that nobody labelled: recordings of one word each, grouped by how they sound across speakers."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from disentangle.corpus import audio
from disentangle.corpus.utterances import DataDirectory
from disentangle.progress import progress
from disentangle.speech.front_end import FrontEnd
from disentangle.speech.options import FrontEndOptions
from disentangle.warping import accumulated

Features = list[NDArray[np.float32]]  # (frames, dims) of each recording
Distances = NDArray[np.float64]

FRONT_END = FrontEndOptions(rate=8000, mels=64, hop=0.025, low=60.0)
CEPSTRA = 9  # with the zeroth, loudness; those above tell speakers rather than words
QUIET = 3.0  # nepers below the loudest frame: silence at both ends is cut off
NEAREST = 10  # of each speaker
FAINT = 1e-4  # tie of those that are nobody's neighbours, so that the graph is one
MOST = 5000  # recordings, of which every pair is compared
LONGEST = 4.0  # seconds of a word
TOGETHER = 20_000_000  # pairs of frames that are compared at once


def discovered(data: DataDirectory, count: int, seed: int = 0, allow_pipes: bool = False) -> list[int]:
    """A unit for each utterance: a place among ``count``, by a graph of its nearest of every speaker.

    Dynamic time warping (as keyword search by examples, Zhang and Glass 2009, ASRU), every speaker with equally many
    neighbours so that units are not speakers, and spectral clustering (Ng et al. 2002, NIPS 14).

    Args:
        data: utterances of one word each.
        count: of units.
        seed: of the clustering.
        allow_pipes: run the commands that stand in its wav.scp.

    Raises:
        ValueError: fewer than two speakers, fewer utterances than units, more than can be compared, an utterance too
            long for a word, or audio that cannot be used.
    """
    speakers = [u.speaker for u in data.utterances]
    if len(set(speakers)) < 2:
        raise ValueError(f"1 speaker, {data.path}. What is said is what two speakers have in common: name more.")
    if not count <= len(speakers) <= MOST:
        held = f"{len(speakers)} utterances for {count} units"
        raise ValueError(f"{held}, {data.path}. Take {count} to {MOST}: `disentangle data subset`.")
    front = FrontEnd(FRONT_END)
    with progress(len(speakers), f"reading {data.path}", "utterance") as bar:
        mels = []
        for utterance in data.utterances:
            wave = audio.load(utterance, FRONT_END.rate, allow_pipes)
            if len(wave) > LONGEST * FRONT_END.rate:
                seconds = f"{len(wave) / FRONT_END.rate:.1f} s, no single word"
                raise ValueError(
                    f"{seconds}, {utterance.id} in {data.path}. Cut recordings into words by a segments file."
                )
            mels.append(front(torch.from_numpy(np.asarray(wave, np.float32))).numpy())
            bar.advance()
    with progress(len(speakers), "comparing", "utterance") as bar:
        apart = distances(words(mels, speakers), lambda: bar.advance())
    return clusters(apart, speakers, count, seed)


def words(mels: Sequence[NDArray[np.float32]], speakers: Sequence[str]) -> Features:
    """Log-mels without the silence around them as low cepstra, of mean 0 and deviation 1 over each speaker's frames."""
    from scipy.fft import dct

    cut = []
    for mel in mels:
        loudness = mel.mean(1)
        (loud,) = np.nonzero(loudness > loudness.max() - QUIET)
        cut.append(dct(mel[loud[0] : loud[-1] + 1], axis=1, norm="ortho")[:, :CEPSTRA])
    scale = {}
    for name in set(speakers):
        frames = np.concatenate([x for x, speaker in zip(cut, speakers, strict=True) if speaker == name])
        scale[name] = frames.mean(0), frames.std(0) + 1e-3
    return [((x - scale[name][0]) / scale[name][1]).astype(np.float32) for x, name in zip(cut, speakers, strict=True)]


def distances(features: Features, told: Callable[[], None] = lambda: None) -> Distances:
    """(n, n) cosine distance along the warping path, by the frames of both; infinite on the diagonal."""
    lengths = np.array([len(x) for x in features])
    rows = [torch.from_numpy(x) for x in features]
    units: Tensor = torch.nn.functional.normalize(torch.nn.utils.rnn.pad_sequence(rows, batch_first=True), dim=2)
    apart = np.full((len(features), len(features)), np.inf)
    for i, length in enumerate(lengths):
        for others in np.array_split(np.arange(i + 1, len(rows)), 1 + len(rows) * length * units.shape[1] // TOGETHER):
            pairs = 1 - torch.einsum("td,nsd->nts", units[i, :length], units[others]).numpy()
            total = accumulated(pairs)[np.arange(len(pairs)), length, lengths[others]] / (length + lengths[others])
            apart[i, others], apart[others, i] = total, total
        told()
    return apart


def clusters(apart: Distances, speakers: Sequence[str], count: int, seed: int) -> list[int]:
    """Spectral clusters of the graph in which everyone is joined to the nearest of every speaker."""
    from sklearn.cluster import SpectralClustering

    graph, names = np.full(apart.shape, FAINT), np.array(speakers)
    for name in sorted(set(speakers)):
        (of_speaker,) = np.nonzero(names == name)
        nearest = of_speaker[np.argsort(apart[:, of_speaker], axis=1)[:, :NEAREST]]
        np.put_along_axis(graph, nearest, 1.0, axis=1)
    np.fill_diagonal(graph, 0.0)
    found = SpectralClustering(count, affinity="precomputed", random_state=seed).fit_predict(graph + graph.T)
    return [int(unit) for unit in found]
