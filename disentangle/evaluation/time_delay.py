"""ECAPA-TDNN as an attacker: the network that verifies speakers from log-mel, trained on a code instead."""

import torch
from torch import Tensor, nn

SHORTEST = 12  # frames that the widest dilated convolution can reflect


class TimeDelayNetwork(nn.Module):
    """ECAPA-TDNN (Desplanques et al. 2020, https://arxiv.org/abs/2005.07143), SpeechBrain's, and a linear output.

    Its convolutions look past an utterance's end: in training the utterances of a batch are therefore repeated to the
    length of the longest, later they are passed in groups of equal length.

    Args:
        dims: of the features.
        outputs: classes.
        channels: of the first blocks; the last has three times as many.
    """

    def __init__(self, dims: int, outputs: int, channels: int = 64) -> None:
        super().__init__()
        from speechbrain.lobes.models.ECAPA_TDNN import ECAPA_TDNN

        self.network = ECAPA_TDNN(
            dims,
            lin_neurons=2 * channels,
            channels=[channels] * 4 + [3 * channels],
            kernel_sizes=[5, 3, 3, 3, 1],
            dilations=[1, 2, 3, 4, 1],
            attention_channels=64,
            res2net_scale=4,
            se_channels=64,
        )
        self.out = nn.Linear(2 * channels, outputs)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """(batch, frames, dims), (batch,) -> (batch, outputs)."""
        logits: Tensor = self.out(self.vectors(x, lengths))
        return logits

    def vectors(self, x: Tensor, lengths: Tensor) -> Tensor:
        """(batch, frames, dims), (batch,) -> what the output is linear in, (batch, 2 channels)."""
        if self.training:
            x = repeated(x, lengths, max(SHORTEST, x.shape[1]))
            single = len(x) == 1  # of which batch norm has no statistics
            return self._pooled(torch.cat([x, x]) if single else x)[: len(lengths)]
        groups = [(lengths == length).nonzero().squeeze(1) for length in torch.unique(lengths)]
        found = []
        for group in groups:
            frames = int(lengths[group[0]])
            found.append(self._pooled(repeated(x[group], lengths[group], max(SHORTEST, frames))))
        return torch.cat(found)[torch.cat(groups).argsort()]

    def _pooled(self, x: Tensor) -> Tensor:
        vectors: Tensor = self.network(x).squeeze(1)
        return vectors


def repeated(x: Tensor, lengths: Tensor, frames: int) -> Tensor:
    """Utterances (batch, longest, dims) begun again at their end until they are (batch, frames, dims)."""
    index = torch.arange(frames)[None] % lengths[:, None]
    return x.gather(1, index.unsqueeze(2).expand(-1, -1, x.shape[2]))
