"""Analysis by synthesis: what a model is about to say is heard by its own encoders first, and said better then."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.functional import normalize

if TYPE_CHECKING:
    from disentangle.speech.model import SpeechModel

DRAWS = 4  # of the decoder, whose mean is what was heard


@torch.no_grad()
def rehearsed(model: "SpeechModel", code: Tensor, voice: Tensor) -> tuple[Tensor, Tensor]:
    """A code and a vector by which the decoder comes nearer to what it is asked for.

    With c and s what is asked for, and c'(d, t) and s'(d, t) what is heard when it is driven by d and t, these begin
    at c and s and become d + a (c - c'(d, t)) and t + b (s - s'(d, t)), of length 1: a fixed-point iteration that needs
    no gradient, and whose fixed points are asked for and heard alike.

    Args:
        model: trained; its ``decoder.rehearsal`` says how often, and by which a and b.
        code: (frames, dims), with or without a contour behind it, which stays as it is.
        voice: (dims,) of unit length.
    """
    options, encoder = model.options.decoder.rehearsal, model.content_encoder
    generator, lengths = torch.Generator().manual_seed(0), torch.full((DRAWS,), len(code))
    content, contour = code.tensor_split([model.content_dims], 1)
    driven, towards = content, voice
    for _ in range(options.rounds):
        said = model.calibrated(model.draw(torch.cat([driven, contour], 1), towards, generator, DRAWS))
        heard = encoder.without_erased(encoder.unlimited(said, lengths)).mean(0)
        told = normalize(model.speaker_encoder(said, lengths).mean(0), dim=0)
        driven = driven + options.content * (content - heard)
        towards = normalize(towards + options.voice * (voice - told), dim=0)
    return torch.cat([driven, contour], 1), towards
