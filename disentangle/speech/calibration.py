"""The last touch to a trained model, in closed form: decoded training speech gets the moments of the real, and the
height of a voice is read from its vector.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from disentangle.speech.batches import Spoken, melody
from disentangle.speech.contour import HEIGHT
from disentangle.speech.model import SpeechModel

Matrix = NDArray[np.float64]
COUNT = 200  # utterances; more change the map by less than their sampling does
HEARD = 2000  # utterances whose heights are known
SMALLEST = 1e-6  # variance below which a direction is not scaled


@torch.no_grad()
def calibrate(model: SpeechModel, recordings: Sequence[Spoken], seed: int = 0) -> None:
    """Set the model's ``stretch`` and ``shift`` from recordings, each decoded with the voice of another of its speaker;
    and, if the decoder is told contours, ``higher`` and ``height``.

    Args:
        model: trained; its networks stay as they are.
        recordings: standardised log-mels to learn from.
        seed: of the choice and of the samples.
    """
    model.eval()
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    of_speaker: dict[str, list[int]] = {}
    for index, recording in enumerate(recordings):
        of_speaker.setdefault(recording.speaker, []).append(index)
    real, decoded = [], []
    for index in rng.permutation(len(recordings))[:COUNT]:
        x = recordings[index].mel
        own = of_speaker[recordings[index].speaker]
        partner = recordings[own[(own.index(index) + 1) % len(own)]].mel
        code, _ = model.content_encoder(x[None], torch.tensor([len(x)]))
        voice = model.speaker_encoder(partner[None], torch.tensor([len(partner)]))
        told = torch.cat([code[0], melody(recordings[index], x)], 1)
        y = model.draw(told, voice[0], generator)[0]
        real.append(x.double().numpy())
        decoded.append(y.double().numpy())
    (mean, covariance), (own_mean, own_covariance) = within(real), within(decoded)
    stretch = transport(own_covariance, covariance)
    model.stretch.copy_(torch.from_numpy(stretch))
    model.shift.copy_(torch.from_numpy(mean - stretch @ own_mean))
    if model.options.decoder.f0:
        _learn_heights(model, [recordings[index] for index in rng.permutation(len(recordings))[:HEARD]])


def _learn_heights(model: SpeechModel, recordings: Sequence[Spoken]) -> None:
    """Ridge regression from speaker vectors to heights, as strong as suits speakers that it did not see."""
    from sklearn.linear_model import RidgeCV
    from sklearn.model_selection import GroupKFold

    vectors, heights, speakers = [], [], []
    for recording in recordings:
        told = melody(recording, x := recording.mel)
        if told[:, 1].any():
            vectors.append(model.speaker_encoder(x[None], torch.tensor([len(x)]))[0].double().numpy())
            heights.append(float(told[0, HEIGHT]))
            speakers.append(recording.speaker)
    if (several := len(set(speakers))) < 2:
        model.height.fill_(float(np.mean(heights)) if heights else 0.0)
        return
    folds = GroupKFold(min(5, several)).split(vectors, heights, speakers)
    fitted = RidgeCV(np.logspace(-3, 2, 11), cv=list(folds)).fit(np.array(vectors), heights)
    model.higher.copy_(torch.from_numpy(fitted.coef_))
    model.height.fill_(float(fitted.intercept_))


def within(mels: Sequence[Matrix]) -> tuple[Matrix, Matrix]:
    """Mean over utterances (frames, mels) of their mean (mels,) and of their covariance over time (mels, mels)."""
    covariances = [np.atleast_2d(np.cov(x.T, bias=True)) for x in mels]
    return np.mean([x.mean(0) for x in mels], axis=0), np.mean(covariances, axis=0)


def transport(source: Matrix, target: Matrix) -> Matrix:
    """The symmetric map that gives a Gaussian of one covariance another and moves it least (Peyre and Cuturi 2019,
    https://arxiv.org/abs/1803.00567, remark 2.31).

    Args:
        source: covariance (dims, dims).
        target: covariance (dims, dims).
    """
    root, inverse = _power(source, 0.5), _power(source, -0.5)
    return np.asarray(inverse @ _power(root @ target @ root, 0.5) @ inverse)


def _power(covariance: Matrix, exponent: float) -> Matrix:
    values, axes = np.linalg.eigh(covariance)
    return np.asarray(axes * values.clip(SMALLEST) ** exponent @ axes.T)
