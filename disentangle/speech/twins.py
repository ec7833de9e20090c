"""Utterances of a batch that say the same in another voice, frame by frame."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from disentangle.speech.masking import frame_mask, instance_norm
from disentangle.warping import partners


def twins(said: Sequence[str], speakers: Sequence[str], rng: np.random.Generator) -> Tensor:
    """For each utterance one, drawn at random, of another speaker that says the same.

    Args:
        said: what each says; nothing is known of "".
        speakers: of each.
        rng: draws.

    Returns:
        (batch,) indices; an utterance's own where there is no other.
    """
    found = []
    for place, (words, speaker) in enumerate(zip(said, speakers, strict=True)):
        others = [k for k, word in enumerate(said) if words and word == words and speakers[k] != speaker]
        found.append(others[int(rng.integers(len(others)))] if others else place)
    return torch.tensor(found)


def alignment(mel: Tensor, lengths: Tensor, twin: Tensor) -> Tensor:
    """The twin's frame that goes with each frame, by dynamic time warping of the log-mels, each filter normalised.

    Args:
        mel: (batch, frames, mels).
        lengths: (batch,) frames.
        twin: (batch,) indices.

    Returns:
        (batch, frames) indices; an utterance that is its own twin keeps its frames.
    """
    normed = instance_norm(mel.transpose(1, 2), frame_mask(lengths, mel.shape[1])).transpose(1, 2)
    frames, paired = torch.arange(mel.shape[1]), (twin != torch.arange(len(twin))).nonzero().squeeze(1)
    found = frames.expand(len(mel), -1).clone()
    if len(paired):
        others = twin[paired]
        distances = torch.cdist(normed[paired], normed[others]).numpy()
        found[paired] = torch.from_numpy(partners(distances, lengths[paired].numpy(), lengths[others].numpy()))
    return found
