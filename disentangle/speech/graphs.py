"""The networks of a speech model as graphs that run without this package: TorchScript's successor or ONNX."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from disentangle.speech.bottleneck import NoiseBottleneck
from disentangle.speech.contour import at_height
from disentangle.speech.model import SpeechModel
from disentangle.speech.speaker import EcapaEncoder, unit

FRAMES, LEAST = 50, 13  # of what the graphs are traced with; the least that they take


class ContentGraph(nn.Module):
    """Log-mel (1, frames, mels) -> code (1, frames, dims). Where the bottleneck is noise, whoever runs the graph draws
    it, standard normal (1, frames, dims): with less of it more is released than was meant to be.
    """

    def __init__(self, model: SpeechModel) -> None:
        super().__init__()
        self.encoder, self.mean, self.deviation = model.content_encoder, model.mean, model.deviation

    def forward(self, log_mel: Tensor, noise: Tensor | None = None) -> Tensor:
        """Levels, standardises and encodes."""
        x = (log_mel - log_mel.mean() - self.mean) / self.deviation
        lengths, bottleneck = x.new_full((1,), x.shape[1], dtype=torch.long), self.encoder.bottleneck
        if noise is None or not isinstance(bottleneck, NoiseBottleneck):
            code: Tensor = self.encoder(x, lengths)[0]
            return code
        return self.encoder.without_erased(bottleneck.noised(self.encoder.unlimited(x, lengths), noise))


class SpeakerGraph(nn.Module):
    """Log-mel (1, frames, mels) -> vector (1, dims) of unit length."""

    def __init__(self, model: SpeechModel) -> None:
        super().__init__()
        self.encoder, self.mean, self.deviation = model.speaker_encoder, model.mean, model.deviation

    def forward(self, log_mel: Tensor) -> Tensor:
        """Levels, standardises and encodes."""
        x = (log_mel - log_mel.mean() - self.mean) / self.deviation
        if isinstance(self.encoder, EcapaEncoder):
            return unit(self.encoder.network(x).squeeze(1), self.encoder.grid)
        vector: Tensor = self.encoder(x, x.new_full((1,), x.shape[1], dtype=torch.long))
        return vector


class DecoderGraph(nn.Module):
    """Code (1, frames, dims), behind it the contour if that is told, vector (1, dims), standard normal noise
    (1, frames, mels) -> levelled log-mel (1, frames, mels); noise of zeros gives the mean.
    """

    unwhitening: Tensor
    higher: Tensor
    height: Tensor

    def __init__(self, model: SpeechModel) -> None:
        super().__init__()
        self.decoder, self.temperature = model.decoder, model.options.decoder.temperature
        self.mean, self.deviation, self.stretch, self.shift = model.mean, model.deviation, model.stretch, model.shift
        with torch.no_grad():
            none = torch.zeros(1, 1, self.decoder.dims), torch.ones(1, dtype=torch.long)
            whitening = self.decoder(*none, torch.zeros(1, model.speaker_dims)).whitening
        self.register_buffer("unwhitening", torch.linalg.inv(whitening))
        self.told = model.options.decoder.f0
        if self.told:
            self.register_buffer("higher", model.higher)
            self.register_buffer("height", model.height)

    def forward(self, code: Tensor, vector: Tensor, noise: Tensor) -> Tensor:
        """Decodes, draws by the noise, calibrates."""
        if self.told:
            code = at_height(code, vector @ self.higher + self.height)
        said = self.decoder(code, code.new_full((1,), code.shape[1], dtype=torch.long), vector)
        drawn = said.mean + self.temperature * said.deviation * (noise @ self.unwhitening.T)
        log_mel: Tensor = (drawn @ self.stretch.T + self.shift) * self.deviation + self.mean
        return log_mel


def write(model: SpeechModel, folder: Path, form: str) -> list[Path]:
    """Write the three networks of a model, each taking any number of frames above a dozen.

    Args:
        model: trained.
        folder: for content, speaker and decoder; it is there.
        form: "torch" (``NAME.pt2``, for `torch.export.load`) or "onnx" (``NAME.onnx``).

    Returns:
        The files.

    Raises:
        ValueError: a causal model.
    """
    if model.options.causal:
        raise ValueError("a causal model levels by what it has heard so far, which no graph keeps. Export another.")
    front, dims = model.options.front_end, (model.decoder.dims, model.speaker_dims)
    mel, code = torch.randn(1, FRAMES, front.mels), torch.randn(1, FRAMES, dims[0])
    drawn = {"noise": torch.randn(1, FRAMES, model.content_encoder.bottleneck.dims)} if model.content_is_random else {}
    inputs = {
        "content": (ContentGraph(model), {"log_mel": mel, **drawn}, "code"),
        "speaker": (SpeakerGraph(model), {"log_mel": mel}, "vector"),
        "decoder": (
            DecoderGraph(model),
            {"code": code, "vector": torch.randn(1, dims[1]), "noise": torch.randn_like(mel)},
            "log_mel",
        ),
    }
    return [_written(folder / name, *parts, form=form) for name, parts in inputs.items()]


def _written(path: Path, graph: nn.Module, inputs: dict[str, Tensor], output: str, *, form: str) -> Path:
    frames = torch.export.Dim("frames", min=LEAST)
    shapes = {name: {1: frames} if x.dim() == 3 else None for name, x in inputs.items()}
    with _quiet(), torch.no_grad():
        program = torch.export.export(graph.eval(), tuple(inputs.values()), dynamic_shapes=shapes)
        if form == "torch":
            file = path.with_suffix(".pt2")
            torch.export.save(program, file)
        else:
            file = path.with_suffix(".onnx")
            made = torch.onnx.export(
                program, input_names=list(inputs), output_names=[output], dynamo=True, verbose=False
            )
            assert made is not None, "dynamo's exporter gives a program"
            made.save(file, external_data=False)
    return file


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what exporters tell of other libraries and of their own future."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)
