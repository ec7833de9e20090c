"""The three networks of a speech model as its options ask for them."""

from torch import nn

from disentangle.speech.bottleneck import Bottleneck, NoiseBottleneck, VectorQuantizer
from disentangle.speech.content import ContentEncoder
from disentangle.speech.decoder import Decoder
from disentangle.speech.front_end import FrontEnd
from disentangle.speech.harmonics import Harmonics
from disentangle.speech.options import SpeechOptions
from disentangle.speech.speaker import EcapaEncoder, StatisticsEncoder


def content_encoder(model: SpeechOptions) -> ContentEncoder:
    """Log-mels to codes."""
    bottleneck: Bottleneck
    options = model.content
    match options.bottleneck:
        case "none":
            bottleneck = Bottleneck(options.dims)
        case "vq":
            bottleneck = VectorQuantizer(options.dims, options.codes)
        case "noise":
            bottleneck = NoiseBottleneck(options.dims, options.noise)
    widths = options.channels, options.layers
    return ContentEncoder(model.front_end.mels, bottleneck, *widths, options.instance_norm, options.leace, model.causal)


def speaker_encoder(model: SpeechOptions) -> nn.Module:
    """Log-mels to unit vectors."""
    options, mels = model.speaker, model.front_end.mels
    if options.kind == "ecapa":
        return EcapaEncoder(mels, options.dims, options.channels, options.grid)
    return StatisticsEncoder(mels, options.dims, options.channels, options.second_order, options.grid)


def decoder(model: SpeechOptions) -> Decoder:
    """Codes, the contour behind them if it is told, and a vector to log-mels."""
    options, mels = model.decoder, model.front_end.mels
    told = Harmonics(FrontEnd(model.front_end)) if options.f0 else None
    widths = options.channels, options.layers
    return Decoder(model.content.dims, model.speaker.dims, mels, *widths, causal=model.causal, told=told)
