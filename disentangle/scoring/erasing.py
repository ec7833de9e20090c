"""LEACE as a part of a trained model: what is released has lost what a linear classifier knew the speaker by."""

from collections.abc import Sequence

import numpy as np
import torch

from disentangle.evaluation.erasure import Leace
from disentangle.speech.batches import Spoken
from disentangle.speech.content import ContentEncoder


@torch.no_grad()
def erase(encoder: ContentEncoder, recordings: Sequence[Spoken], seed: int) -> None:
    """Fit the eraser on the content of recordings and make it the encoder's.

    Args:
        encoder: trained, with a map to set.
        recordings: of several speakers.
        seed: of a noise bottleneck's noise.
    """
    encoder.eval()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        codes = [encoder(r.mel[None], torch.tensor([len(r.mel)]))[0][0].numpy() for r in recordings]
    eraser = Leace().fit(codes, [r.speaker for r in recordings])
    kept = np.eye(len(eraser.mean)) - eraser.map
    encoder.erase(torch.from_numpy(kept), torch.from_numpy(eraser.map @ eraser.mean))
