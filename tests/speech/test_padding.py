"""Padding does not exist: no network's answer about an utterance depends on what else is in the batch."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from disentangle.speech.bottleneck import Bottleneck, VectorQuantizer
from disentangle.speech.content import ContentEncoder
from disentangle.speech.critics import CodeClassifier, Letters, PairCritic
from disentangle.speech.decoder import Decoder
from disentangle.speech.speaker import EcapaEncoder, StatisticsEncoder

MELS, LENGTHS = 12, (3, 17, 40)
Network = Callable[[Tensor, Tensor], Tensor]


def content(over_time: bool) -> tuple[nn.Module, Network]:
    network = ContentEncoder(MELS, Bottleneck(4), channels=8, layers=2, over_time=over_time)
    return network, lambda x, lengths: network(x, lengths)[0]


def quantised() -> tuple[nn.Module, Network]:
    network = ContentEncoder(MELS, VectorQuantizer(4, 8), channels=8, layers=1)
    return network, lambda x, lengths: network(x, lengths)[0]


def decoder() -> tuple[nn.Module, Network]:
    network = Decoder(MELS, 5, 7, channels=8, layers=2)
    voices = nn.functional.normalize(torch.randn(len(LENGTHS), 5))
    rows = {length: voices[k] for k, length in enumerate(LENGTHS)}

    def answer(x: Tensor, lengths: Tensor) -> Tensor:
        y = network(x, lengths, torch.stack([rows[int(n)] for n in lengths]))
        return torch.cat([y.mean, y.deviation], 2)

    return network, answer


def direct(network: nn.Module) -> tuple[nn.Module, Network]:
    return network, network


def pair_critic() -> tuple[nn.Module, Network]:
    network = PairCritic(MELS, 8)
    return network, lambda x, lengths: network(x, lengths, torch.arange(len(x)), torch.arange(len(x)))


CASES: dict[str, Callable[[], tuple[nn.Module, Network]]] = {
    "content, over time": lambda: content(True),
    "content, in the frame": lambda: content(False),
    "content, quantised": quantised,
    "statistics": lambda: direct(StatisticsEncoder(MELS, 6, 8, 3)),
    "ecapa": lambda: direct(EcapaEncoder(MELS, 6, 8)),
    "decoder": decoder,
    "pair critic": pair_critic,
    "classifier": lambda: direct(CodeClassifier(MELS, 3, 8)),
    "letters": lambda: direct(Letters(MELS, 5, 8)),
}


@pytest.mark.parametrize("name", CASES)
def test_padding_never_changes_a_result(name: str) -> None:
    torch.manual_seed(0)
    network, answer = CASES[name]()
    network.eval()
    items = [torch.randn(length, MELS) for length in LENGTHS]
    lengths = torch.tensor(LENGTHS)
    padded = nn.utils.rnn.pad_sequence(items, batch_first=True)
    dirty = nn.functional.pad(padded, (0, 0, 0, 9))
    dirty = dirty + 5 * (torch.arange(dirty.shape[1])[None, :, None] >= lengths[:, None, None])
    with torch.no_grad():
        together, soiled = answer(padded, lengths), answer(dirty, lengths)
        for k, item in enumerate(items):
            alone = answer(item[None], lengths[k : k + 1])[0]
            parts = (together[k], soiled[k])
            if alone.dim() > 1:
                parts = (together[k, : len(item)], soiled[k, : len(item)])
            for part in parts:
                torch.testing.assert_close(part, alone, rtol=0, atol=1e-5)
