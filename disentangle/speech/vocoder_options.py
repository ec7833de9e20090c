"""What a configuration of a vocoder may say: generator, critics, losses, crops, second stage."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, MinLen

from disentangle.adversarial.options import PlayerOptions, TrainingOptions
from disentangle.corpus.failures import OnError
from disentangle.ranges import Count, Positive, Share, Weight
from disentangle.speech.options import FrontEndOptions


@dataclass(frozen=True)
class GeneratorOptions:
    """Log-mel to waveform.

    Args:
        kind: "spectral" (at the rate of the frames, with an inverse Fourier transform) or "hifigan" (HiFi-GAN's, which
            costs a CPU ten times as much and more).
        channels: of its convolutions; of "hifigan" those of the first, which each step halves.
        layers: blocks ("spectral" alone).
        causal: blocks see no frame that is to come ("spectral" alone).
    """

    kind: Literal["spectral", "hifigan"] = "spectral"
    channels: Positive = 192
    layers: Positive = 7
    causal: bool = False

    def __post_init__(self) -> None:
        if self.causal and self.kind == "hifigan":
            raise ValueError("causal is for the spectral generator alone")


@dataclass(frozen=True)
class RefinementOptions:
    """What becomes of the generator's waveform, whose phases are nearer to speech than its magnitudes are.

    Args:
        iterations: of Griffin and Lim's, which begin at its phases.
        corrections: by filters that make its log-mel the one that was asked for.
    """

    iterations: Count = 0
    corrections: Count = 0

    def __post_init__(self) -> None:
        if self.corrections and not self.iterations:
            raise ValueError("corrections follow iterations: set both or neither")


@dataclass(frozen=True)
class CriticsOptions:
    """Critics of waveforms.

    Args:
        kind: "small" (by period and by spectrum, for CPUs) or "hifigan" (HiFi-GAN's, 70 million weights).
        channels: of the first convolutions ("small" alone).
        periods: how many of the periods 2, 3, 5, 7 and 11 samples have a critic ("small" alone).
        spectra: how many of the windows 256, 512 and 1024 samples have a critic ("small" alone).
    """

    kind: Literal["small", "hifigan"] = "small"
    channels: Positive = 16
    periods: Annotated[int, Ge(0), Le(5)] = 2
    spectra: Annotated[int, Ge(0), Le(3)] = 3

    def __post_init__(self) -> None:
        if self.kind == "small" and not self.periods + self.spectra:
            raise ValueError("at least one critic is needed: periods or spectra above 0")


@dataclass(frozen=True)
class VocoderLossOptions:
    """What the two players minimise.

    Args:
        objective: of critics and generator.
        features: weight of feature matching.
        mel: weight of the mel error.
        scales: windows of the mel error, as multiples of the front end's; 1.0 alone is the paper's.
    """

    objective: Literal["saturating", "non_saturating", "hinge", "least_squares", "wasserstein"] = "least_squares"
    features: Weight = 1.0
    mel: Annotated[float, Gt(0)] = 22.5
    scales: Annotated[tuple[Annotated[float, Ge(0.25), Le(4)], ...], MinLen(1)] = (0.5, 1.0, 2.0)


@dataclass(frozen=True)
class CropOptions:
    """What a batch is made of.

    Args:
        size: crops.
        seconds: of each; what is shorter ends with silence.
    """

    size: Positive = 16
    seconds: Annotated[float, Ge(0.1)] = 0.5


@dataclass(frozen=True)
class StageOptions:
    """A second stage, on log-mels as a speech model makes them.

    Args:
        start: experiment of a vocoder to go on from, or "".
        speech: experiment of the speech model, or "": the recordings' own log-mels alone.
        share: of crops whose log-mel is the speech model's.
    """

    start: str = ""
    speech: str = ""
    share: Share = 0.7


@dataclass(frozen=True)
class VocoderPlayersOptions:
    """Optimiser of each player of the game."""

    generator: PlayerOptions = field(
        default_factory=lambda: PlayerOptions(rate=5e-4, optimizer="adamw", betas=(0.8, 0.99), weight_decay=0.01)
    )
    critic: PlayerOptions = field(
        default_factory=lambda: PlayerOptions(rate=5e-4, optimizer="adamw", betas=(0.8, 0.99), weight_decay=0.01)
    )


@dataclass(frozen=True)
class VocoderOptions:
    """The vocoder: the front end whose log-mels it takes, its generator, and what is done to its waveform."""

    front_end: FrontEndOptions = field(default_factory=FrontEndOptions)
    generator: GeneratorOptions = GeneratorOptions()
    refinement: RefinementOptions = RefinementOptions()

    def __post_init__(self) -> None:
        if self.generator.causal and self.refinement != RefinementOptions():
            raise ValueError("refinement sees what is to come: leave it out of a causal vocoder")


@dataclass(frozen=True)
class VocoderConfig:
    """A whole experiment.

    Args:
        name: the row in a table of results.
        seed: of everything random.
        train: data directory to train on.
        allow_pipes: run the commands that stand in its wav.scp.
        on_error: audio that cannot be used stops training before it begins, or is left out and listed in failed.txt.
        vocoder: front end and generator.
        critics: what the generator has to fool.
        loss: weights.
        crops: how batches are drawn.
        stage: what a second stage goes on from.
        alone: so many of the steps, the first ones, are the generator's by the mel error alone.
        players: optimisers.
        training: steps, logging, checkpoints, precision.
    """

    name: str = "vocoder"
    seed: Annotated[int, Ge(0), Le(2**63 - 1)] = 0
    train: str = ""
    allow_pipes: bool = False
    on_error: OnError = "stop"
    vocoder: VocoderOptions = VocoderOptions()
    critics: CriticsOptions = CriticsOptions()
    loss: VocoderLossOptions = VocoderLossOptions()
    crops: CropOptions = CropOptions()
    stage: StageOptions = StageOptions()
    alone: Count = 0
    players: VocoderPlayersOptions = field(default_factory=VocoderPlayersOptions)
    training: TrainingOptions = field(default_factory=lambda: TrainingOptions(steps=20000, save_every=1000))
