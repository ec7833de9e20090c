"""Waveform to log-mel and back: torchaudio's filterbank, and Griffin and Lim's phases."""

import itertools
import math
import warnings

import torch
from torch import Tensor, nn

from disentangle.speech.options import FrontEndOptions

FLOOR = 1e-5  # magnitude below which a filter is silent
STEEPEST = 3.0  # nepers that a correction changes a band by at most
PIECE = 10.0  # seconds of speech whose phases are found together


class FrontEnd(nn.Module):
    """Natural log magnitudes of a mel filterbank (HTK scale), frames centred every hop.

    Args:
        options: rate, filters, window and hop.

    Raises:
        ValueError: a filter so narrow that it hears no frequency.
    """

    filters: Tensor
    between: Tensor
    inverse: Tensor
    window: Tensor

    def __init__(self, options: FrontEndOptions) -> None:
        super().__init__()
        self.options = options
        self.hop = round(options.hop * options.rate)
        self.width = round(options.window * options.rate)
        self.size = 1 << math.ceil(math.log2(self.width))
        filters = _filters(self.size // 2 + 1, options)
        self.register_buffer("filters", filters, persistent=False)
        self.register_buffer("between", _between(filters), persistent=False)
        self.register_buffer("inverse", torch.linalg.pinv(filters), persistent=False)
        self.register_buffer("window", torch.hann_window(self.width), persistent=False)

    def frames(self, samples: int) -> int:
        """Number of frames of so many samples."""
        return 1 + samples // self.hop

    def forward(self, wave: Tensor) -> Tensor:
        """(..., samples) -> (..., frames, mels)."""
        return self.analysed(nn.functional.pad(wave, (self.size // 2, self.size // 2)))

    def analysed(self, padded: Tensor) -> Tensor:
        """(..., samples) -> (..., frames, mels), frames that begin every hop as long as whole ones are there."""
        spectrum = torch.stft(
            padded, self.size, self.hop, self.width, self.window, center=False, return_complex=True
        ).abs()
        return (spectrum.mT @ self.filters).clamp(min=FLOOR).log()

    def magnitudes(self, log_mel: Tensor) -> Tensor:
        """Least-squares magnitudes (bins, frames) of a log-mel (frames, mels)."""
        return (log_mel.exp() @ self.inverse).clamp(min=0).T

    @torch.no_grad()
    def griffin_lim(
        self,
        log_mel: Tensor,
        samples: int,
        iterations: int = 60,
        seed: int = 0,
        *,
        start: Tensor | None = None,
        corrections: int = 0,
    ) -> Tensor:
        """Waveform whose magnitudes come near those of a log-mel (Griffin and Lim 1984; Perraudin et al. 2013).

        Long ones are made in pieces that meet where it is quietest: spectra of minutes fit no cache.

        Args:
            log_mel: (frames, mels).
            samples: of the waveform.
            iterations: of the phases.
            seed: of the first phases, where no waveform has them.
            start: waveform of (frames - 1) hop samples or more whose phases are the first; None: random ones.
            corrections: how often what came out then passes filters that bring its log-mel nearer, see `corrected`.

        Returns:
            (samples,)
        """
        pieces = []
        for first, last in itertools.pairwise(self._joints(log_mel)):
            begun = None if start is None else start[first * self.hop : max(last, first + 1) * self.hop]
            piece = self._piece(log_mel[first : last + 1], iterations, seed, begun)
            pieces.append(self.corrected(piece, log_mel[first : last + 1], corrections))
        wave = torch.cat(pieces)
        return nn.functional.pad(wave, (0, max(0, samples - len(wave))))[:samples]

    def corrected(self, wave: Tensor, log_mel: Tensor, times: int) -> Tensor:
        """A waveform of (frames - 1) hop samples behind filters that change by the frame: each band is made as loud as
        the log-mel (frames, mels) has it, and between two bands the gain goes from one's to the other's. They overlap,
        hence ``times``.
        """
        for _ in range(times):
            spectrum = self._analyse(wave)
            made = (spectrum.abs().T @ self.filters).clamp(min=FLOOR).log()
            gain = (log_mel - made).clamp(-STEEPEST, STEEPEST) @ self.between.T
            wave = self._synthesise(spectrum * gain.T.exp(), len(wave))
        return wave

    def _joints(self, log_mel: Tensor) -> list[int]:
        """First and last frame, and about every PIECE seconds the quietest of the frames around."""
        every, power, joints = round(PIECE * self.options.rate / self.hop), log_mel.exp().sum(1), [0]
        while len(log_mel) - joints[-1] > 2 * every:
            begin = joints[-1] + every // 2
            joints.append(begin + int(power[begin : begin + every].argmin()))
        return [*joints, len(log_mel) - 1]

    def _piece(self, log_mel: Tensor, iterations: int, seed: int, start: Tensor | None) -> Tensor:
        """(frames, mels) -> ((frames - 1) hop,), at least one hop."""
        magnitudes = self.magnitudes(log_mel)
        if start is None:
            drawn = torch.rand(magnitudes.shape, generator=torch.Generator().manual_seed(seed))
            angles = torch.polar(torch.ones_like(magnitudes), 2 * math.pi * drawn)
        else:
            angles = self._analyse(start)[:, : magnitudes.shape[1]]
            angles = angles / angles.abs().clamp(min=1e-12)
        length, previous = (magnitudes.shape[1] - 1) * self.hop, torch.zeros_like(angles)
        for _ in range(iterations):
            again = self._analyse(self._synthesise(magnitudes * angles, length))
            angles = again - 0.99 / 1.99 * previous
            angles = angles / angles.abs().clamp(min=1e-12)
            previous = again
        return self._synthesise(magnitudes * angles, length)

    def _synthesise(self, spectrum: Tensor, length: int) -> Tensor:
        return torch.istft(spectrum, self.size, self.hop, self.width, self.window, length=max(length, self.hop))

    def _analyse(self, wave: Tensor) -> Tensor:
        return torch.stft(wave, self.size, self.hop, self.width, self.window, pad_mode="constant", return_complex=True)


def _between(filters: Tensor) -> Tensor:
    """The share of each filter in a frequency, (bins, mels); the outermost filters reach to the ends."""
    heard = filters.sum(1) > 0
    first, last = int(heard.int().argmax()), len(heard) - 1 - int(heard.flip(0).int().argmax())
    at = torch.arange(len(filters)).clamp(first, last)
    return (filters / filters.sum(1, keepdim=True).clamp(min=1e-12))[at]


def _filters(bins: int, options: FrontEndOptions) -> Tensor:
    """Triangles on the HTK mel scale, (bins, mels)."""
    import torchaudio

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of empty filters, which are an error here
        filters: Tensor = torchaudio.functional.melscale_fbanks(
            bins, options.low, options.rate / 2, options.mels, options.rate
        )
    if not bool(filters.any(0).all()):
        raise ValueError(f"{options.mels} filters are too narrow for {bins} frequencies, model.front_end. Lower mels.")
    return filters
