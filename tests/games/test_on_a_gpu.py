"""A round of the speech game where its networks are on a GPU; none is needed: its tensors only say where they are."""

from itertools import repeat

import torch
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode

from disentangle.adversarial.placement import Placed
from disentangle.speech.batches import SpeechBatch
from tests.games.test_speech_disentanglement import batch, game


class Repeated:
    def __init__(self, x: SpeechBatch) -> None:
        self.x = x

    def batch(self, *_: int) -> SpeechBatch:
        return self.x


def test_nothing_of_a_round_is_made_on_the_cpu() -> None:
    with FakeTensorMode(allow_non_fake_inputs=True):
        g, source = game(letters=None), Repeated(batch())
        for module in g.modules():
            for name, parameter in list(module.named_parameters(recurse=False)):
                setattr(module, name, nn.Parameter(parameter.detach().to("cuda")))
            for name, buffer in list(module.named_buffers(recurse=False)):
                setattr(module, name, buffer.to("cuda"))
        x = Placed(source, torch.device("cuda")).batch(0, 0, 0, 1)
        terms = [term for move in g.round(repeat(x)) for player in move.values() for term in player.values()]
    assert len(terms) == 22
    assert {term.device.type for term in terms} == {"cuda"}
