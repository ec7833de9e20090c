"""What a configuration of the speech system can choose: every part, its size, and the weight of every loss."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, Lt

from disentangle.adversarial.options import PlayerOptions, TrainingOptions
from disentangle.corpus.failures import OnError
from disentangle.ranges import Count, Positive, Share, Weight
from disentangle.speech.loss_options import CriticOptions, LossOptions
from disentangle.speech.matching import MatchingOptions
from disentangle.speech.sound_options import SoundOptions


@dataclass(frozen=True)
class FrontEndOptions:
    """Log-mel filterbank.

    Args:
        rate: Hz; audio of another rate is resampled.
        mels: number of filters.
        window: seconds.
        hop: seconds between frames.
        low: lower edge of the first filter in Hz; the upper edge of the last is half the rate.
    """

    rate: Annotated[int, Ge(4000), Le(96000)] = 16000
    mels: Annotated[int, Ge(8)] = 80
    window: Annotated[float, Gt(0)] = 0.032
    hop: Annotated[float, Gt(0)] = 0.01
    low: Weight = 40.0

    def __post_init__(self) -> None:
        hop, width = round(self.hop * self.rate), round(self.window * self.rate)
        if not 0 < hop < width:
            raise ValueError(f"a hop of {hop} samples does not fit a window of {width}: 0 < hop < window")
        if self.low >= self.rate / 2:
            raise ValueError(f"low should be less than half the rate, {self.rate / 2:g} Hz")


@dataclass(frozen=True)
class ContentOptions:
    """Content encoder.

    Args:
        channels: of the convolutions.
        layers: residual blocks.
        instance_norm: normalise every channel over the utterance's frames (AdaIN-VC, Chou et al. 2019).
        bottleneck: "none", "vq" (one of ``codes`` vectors per frame) or "noise" (unit noise that is released as well).
        dims: of the code of a frame.
        codes: size of the codebook.
        noise: deviation of the noise, in units of the code.
        leace: after training erase what a linear classifier of a frame knows the training speaker by (LEACE).
    """

    channels: Positive = 128
    layers: Positive = 3
    instance_norm: bool = True
    bottleneck: Literal["none", "vq", "noise"] = "vq"
    dims: Positive = 32
    codes: Annotated[int, Ge(2)] = 48
    noise: Weight = 1.0
    leace: bool = False


@dataclass(frozen=True)
class SpeakerOptions:
    """Speaker encoder.

    Args:
        kind: "statistics" (second-order pooling of two convolutions) or "ecapa" (SpeechBrain's ECAPA-TDNN).
        channels: of the convolutions.
        dims: of the speaker vector.
        second_order: dims whose covariance over time is pooled ("statistics" alone).
        grid: of the vector's values, whole multiples of it; 0: none. At most 2 / sqrt(dims), or all might be 0.
    """

    kind: Literal["statistics", "ecapa"] = "statistics"
    channels: Positive = 128
    dims: Positive = 128
    second_order: Positive = 24
    grid: Weight = 0.0

    def __post_init__(self) -> None:
        if self.grid * self.dims**0.5 > 2:
            raise ValueError(f"grid should be at most 2 / sqrt(dims), {2 / self.dims**0.5:.3f}")
        if self.kind == "ecapa" and self.channels % 8:
            raise ValueError("channels of an ecapa should be a multiple of 8")


@dataclass(frozen=True)
class RehearsalOptions:
    """What is decoded is encoded again, and what the vector and the codes then lack is added before it is said.

    Args:
        rounds: times that this is done; 0: never.
        voice: share of what the speaker vector lacks.
        content: of what the codes lack.
    """

    rounds: Annotated[int, Ge(0)] = 0
    voice: Weight = 0.5
    content: Weight = 0.5


@dataclass(frozen=True)
class DecoderOptions:
    """Decoder: residual blocks, each modulated by the speaker vector.

    Args:
        channels: of the convolutions.
        layers: residual blocks.
        temperature: of what a trained model draws; 0 is the mean, which lacks breath, 1 the speech of training, whose
            noise blurs words.
        f0: whether it is told the F0 of an utterance, so that content need not carry how it moves and a conversion
            keeps that, about the height of the target's voice.
        noiseless: a conversion is decoded from content before the bottleneck, which is not released.
        rehearsal: what a trained model does before it speaks.
    """

    channels: Positive = 128
    layers: Positive = 3
    temperature: Share = 1.0
    f0: bool = False
    noiseless: bool = False
    rehearsal: RehearsalOptions = RehearsalOptions()


@dataclass(frozen=True)
class AugmentationOptions:
    """What training hears besides the recordings.

    Args:
        speeds: each copy of the corpus at another speed counts as further speakers; 1.0 is the corpus itself.
        warp: largest relative shift of the frequency axis of the content encoder's input (vocal-tract length).
        noise: share of the speaker encoder's inputs with noise added.
        content_noise: the same of the content encoder's, so that a recording's background tells less of its speaker.
        mask: most filters masked in the speaker encoder's input.
        time_mask: most frames masked in the speaker encoder's input.
        sound: what the waveforms pass before anybody hears them.
    """

    speeds: tuple[Annotated[float, Gt(0.5), Lt(2)], ...] = (1.0,)
    warp: Annotated[float, Ge(0), Lt(0.5)] = 0.0
    noise: Share = 0.0
    content_noise: Share = 0.0
    mask: Annotated[int, Ge(0)] = 0
    time_mask: Annotated[int, Ge(0)] = 0
    sound: SoundOptions = field(default_factory=SoundOptions)

    def __post_init__(self) -> None:
        if 1.0 not in self.speeds or len(set(self.speeds)) < len(self.speeds):
            raise ValueError("speeds should hold 1.0, the corpus itself, and none twice")


@dataclass(frozen=True)
class BatchOptions:
    """Batches of P speakers with K utterances each, and how a corpus is read.

    Args:
        speakers: P.
        utterances: K.
        seconds: longest stretch of an utterance; a random stretch of longer ones is taken.
        voices: further batches of a round, for the speaker encoder alone, which costs little.
        total: seconds of a batch; it then holds utterances of similar length and as many speakers as fit, not P.
        buckets: of nearly equal count, by length, that such batches are drawn from.
        held: hours of speech that are kept in memory; a longer corpus is read batch by batch, which are the same.
        readers: threads that read ahead then, and where sounds are changed; 0: each batch is read when it is due.
    """

    speakers: Annotated[int, Ge(2)] = 8
    utterances: Annotated[int, Ge(2)] = 4
    seconds: Annotated[float, Gt(0)] = 1.3
    voices: Annotated[int, Ge(0)] = 0
    total: Annotated[float, Gt(0)] | None = None
    buckets: Positive = 10
    held: Weight = 10.0
    readers: Count = 2


@dataclass(frozen=True)
class PlayersOptions:
    """Optimiser of each player of the game."""

    content: PlayerOptions = field(default_factory=lambda: PlayerOptions(rate=1e-3, clip=5.0))
    speaker: PlayerOptions = field(default_factory=lambda: PlayerOptions(rate=2e-3, clip=5.0))
    decoder: PlayerOptions = field(default_factory=lambda: PlayerOptions(rate=1e-3, clip=5.0))
    critic: PlayerOptions = field(default_factory=lambda: PlayerOptions(rate=1e-3, clip=5.0))


@dataclass(frozen=True)
class SpeechOptions:
    """The three networks of the speech model.

    Args:
        front_end: log-mel.
        content: encoder.
        speaker: encoder.
        decoder: of the two.
        causal: content encoder and decoder see no frame that is to come, and levels are of what was heard so far, so
            that speech can be converted while it is spoken; ``content.instance_norm`` has to be off.
        matching: conversion by the nearest frames of the voice's own recordings.
    """

    front_end: FrontEndOptions = FrontEndOptions()
    content: ContentOptions = ContentOptions()
    speaker: SpeakerOptions = SpeakerOptions()
    decoder: DecoderOptions = DecoderOptions()
    causal: bool = False
    matching: MatchingOptions = field(default_factory=MatchingOptions)

    def __post_init__(self) -> None:
        if self.causal and self.matching.by != "none":
            raise ValueError("causal needs matching.by=none: a voice's recordings are matched as a whole")
        if self.decoder.noiseless and self.content.bottleneck != "noise":
            raise ValueError("decoder.noiseless needs content.bottleneck=noise")
        if self.causal and (self.content.instance_norm or self.content.bottleneck == "noise"):
            raise ValueError("causal needs content.instance_norm=false and a bottleneck that draws no noise")
        if self.causal and self.decoder.f0:
            raise ValueError("causal needs decoder.f0=false: its median is of an utterance as a whole")
        if self.causal and self.decoder.rehearsal.rounds:
            raise ValueError("causal needs decoder.rehearsal.rounds=0: an utterance as a whole is rehearsed")


@dataclass(frozen=True)
class WatchOptions:
    """Fresh attackers on the content as it is, during training, which they do not change.

    Args:
        every: rounds between two looks; 0: never.
        data: data directory to look at, best of speech that is not trained on; "": the training data, of which the
            attackers are asked about utterances that they, not the encoder, have not seen.
        utterances: most of them.
    """

    every: Annotated[int, Ge(0)] = 0
    data: str = ""
    utterances: Positive = 240


@dataclass(frozen=True)
class SpeechConfig:
    """A whole experiment.

    Args:
        name: the row in a table of results.
        seed: of everything random.
        train: data directory to train on.
        allow_pipes: run the commands that stand in its wav.scp.
        on_error: audio that cannot be used stops training before it begins, or is left out and listed in failed.txt.
        model: the networks.
        critic: what attacks the content.
        loss: weights.
        augmentation: what training hears besides.
        batch: how batches are drawn.
        players: optimisers.
        training: steps, logging, checkpoints, precision.
        watch: fresh attackers during training.
        settled: so many of the steps, the last ones, are the decoder's alone, which learns to render codes that no
            longer change; all others have stopped by then.
    """

    name: str = "default"
    seed: Annotated[int, Ge(0), Le(2**63 - 1)] = 0
    train: str = ""
    allow_pipes: bool = False
    on_error: OnError = "stop"
    model: SpeechOptions = SpeechOptions()
    critic: CriticOptions = field(default_factory=CriticOptions)
    loss: LossOptions = field(default_factory=LossOptions)
    augmentation: AugmentationOptions = AugmentationOptions()
    batch: BatchOptions = BatchOptions()
    players: PlayersOptions = field(default_factory=PlayersOptions)
    training: TrainingOptions = field(default_factory=lambda: TrainingOptions(steps=1000))
    watch: WatchOptions = WatchOptions()
    settled: Annotated[int, Ge(0)] = 0
