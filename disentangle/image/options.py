"""What a configuration of a picture system can choose: data, system, networks, weights, players, training."""

from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from disentangle.adversarial.options import PlayerOptions, TrainingOptions
from disentangle.ranges import Count, Positive, Share, Weight


@dataclass(frozen=True)
class ChangeOptions:
    """How pictures may be changed at random without their class being another.

    Args:
        degrees: largest turn to either side.
        shift: largest shift to all sides, in pixels.
        scale: largest growth and shrinkage, as a share.
        invert: share of the pictures that become their negative.
        colour: largest change of each channel's contrast and brightness, as a share of the range.
    """

    degrees: Weight = 0.0
    shift: Weight = 0.0
    scale: Share = 0.0
    invert: Share = 0.0
    colour: Share = 0.0


@dataclass(frozen=True)
class DataOptions:
    """Pictures.

    Args:
        kind: idx files of MNIST or Fashion-MNIST, a folder of pictures, or shapes made on the fly.
        folder: where they are; none for shapes.
        target: of the other domain, a folder of the same kind.
        photos: BSDS500; the other domain is then MNIST-M, made of both.
        size: height and width in pixels; a folder's pictures are cropped and resized, other kinds have their own.
        channels: 1 grey, 3 coloured.
        classes: how many there are.
        label: column of a folder's labels.csv that names the class.
        labels: pictures whose class may be seen, where a system is to learn from few.
        held_out: so many of the last training pictures are kept from training, and scores are of them instead of the
            test part: what settings are chosen by. Of a folder, which has no parts, some must be.
        test: pictures to score on, where there are more, and where they are made.
        batch: pictures in a batch.
        unlabelled: pictures without a label in a batch that has both.
        change: what training sees changed.
    """

    kind: Literal["mnist", "fashion_mnist", "folder", "shapes"] = "mnist"
    folder: str = ""
    target: str = ""
    photos: str = ""
    size: Positive = 28
    channels: Literal[1, 3] = 1
    classes: Positive = 10
    label: str = "label"
    labels: Count = 0
    held_out: Count = 0
    test: Positive = 10_000
    batch: Annotated[int, Ge(2)] = 64
    unlabelled: Annotated[int, Ge(2)] = 64
    change: ChangeOptions = ChangeOptions()


@dataclass(frozen=True)
class NetworkOptions:
    """The networks, convolutions of stride 2 down to 4 to 7 pixels and up again.

    Args:
        channels: of the finest level; twice as many at each coarser one.
        hidden: width of the layer between pictures and codes, and the features of a classifier.
        code: numbers that a generator takes, those of InfoGAN's code and of a label included, or an encoder gives.
        pair: width of the layers of a critic of pairs in which it compares them.
        critic: norm of the critic; "batch" normalises every batch by itself, real and made ones apart.
        reader: norm of encoders, classifiers and feature extractors.
        standard: an encoder's code has mean 0 and deviation 1 in every batch.
        pooled: feature extractors of two domains and classifiers are of 5 x 5 convolutions and poolings, as in the
            paper on domain-adversarial training; the label classifier of two domains then has a hidden layer more.
        dropout: share of the reader's hidden numbers that training leaves out.
        layer: of a critic, whose features measure VAE-GAN's reconstruction: level1, level2, ... or hidden.
        features: what is measured of an encoder: its code, or the hidden layer before, without its activation.
    """

    channels: Positive = 16
    hidden: Positive = 128
    code: Positive = 64
    pair: Positive = 128
    critic: Literal["none", "batch", "spectral"] = "batch"
    reader: Literal["none", "batch", "instance"] = "batch"
    standard: bool = False
    pooled: bool = False
    dropout: Annotated[float, Ge(0), Le(0.9)] = 0.0
    layer: str = "level2"
    features: Literal["code", "hidden"] = "code"


@dataclass(frozen=True)
class InfoOptions:
    """InfoGAN's code; what the network's code has beyond it is noise.

    Args:
        categories: of each categorical part.
        uniform: continuous parts, each from -1 to 1.
        weight: λ, of the code's surprise.
        invariance: weight of what the categories of a real picture and of its change lack in common information.
        begin: share of the run from which it rises, over a tenth of it.
        change: of real pictures.
        apart: weight of how far the changes that single continuous parts make in a picture are from orthogonal.
    """

    categories: tuple[Annotated[int, Ge(2)], ...] = (10,)
    uniform: Count = 2
    weight: Weight = 1.0
    invariance: Weight = 0.0
    begin: Annotated[float, Ge(0), Le(0.9)] = 0.4
    change: ChangeOptions = ChangeOptions(degrees=10.0, shift=2.0, scale=0.1)
    apart: Weight = 0.0

    @property
    def dims(self) -> int:
        """Numbers of the code."""
        return sum(self.categories) + self.uniform


@dataclass(frozen=True)
class VariationalOptions:
    """VAE and VAE-GAN.

    Args:
        deviation: σ of a pixel from what the decoder says, in units of half the range; the VAE's.
        reconstruction: γ, the decoder's weight of the reconstruction against fooling the critic; the VAE-GAN's.
    """

    deviation: Annotated[float, Gt(0)] = 0.3
    reconstruction: Weight = 1e-2


@dataclass(frozen=True)
class SemiOptions:
    """Few labels.

    Args:
        smooth: weight of predictions that no small change moves (virtual adversarial training), reached after ``ramp``.
        length: of that change.
        consistency: weight of agreement with the mean teacher, reached after ``ramp``.
        decay: of the teacher.
        change: what student and teacher each look through, and what smoothness and confidence are asked behind.
        pseudo: α_P, the weight of generated pairs for the classifier.
        begin: share of the run from which generated pairs count.
        confidence: weight of sure and balanced predictions.
        ramp: share of the run over which weights rise.
        every_label: the classifier's adversarial term over all labels, not over a drawn one; takes a critic's pass for
            each class.
    """

    smooth: Weight = 0.0
    length: Annotated[float, Gt(0)] = 4.0
    consistency: Weight = 0.0
    decay: Annotated[float, Ge(0), Le(0.9999)] = 0.99
    change: ChangeOptions = ChangeOptions(degrees=10.0, shift=2.0, scale=0.1)
    pseudo: Weight = 0.1
    begin: Annotated[float, Ge(0), Le(0.9)] = 0.3
    confidence: Weight = 0.0
    ramp: Annotated[float, Gt(0), Le(1)] = 0.2
    every_label: bool = False


@dataclass(frozen=True)
class DomainOptions:
    """Two domains.

    Args:
        confuse: what λ rises to; the extractor's weight of the domain classifier's loss.
        entropy: weight of sure predictions on the target.
        smooth: weight of predictions that a small change leaves as they are.
        length: of that change, ε.
    """

    confuse: Weight = 1.0
    entropy: Weight = 0.1
    smooth: Weight = 0.0
    length: Annotated[float, Gt(0)] = 1.0


@dataclass(frozen=True)
class PlayersOptions:
    """How each player learns; a system has those that its game names."""

    critic: PlayerOptions = field(default_factory=PlayerOptions)
    generator: PlayerOptions = field(default_factory=PlayerOptions)
    encoder: PlayerOptions = field(default_factory=PlayerOptions)
    decoder: PlayerOptions = field(default_factory=PlayerOptions)
    classifier: PlayerOptions = field(default_factory=PlayerOptions)
    extractor: PlayerOptions = field(default_factory=PlayerOptions)
    domain: PlayerOptions = field(default_factory=PlayerOptions)
    all: PlayerOptions = field(default_factory=PlayerOptions)


@dataclass(frozen=True)
class LatentOptions:
    """What is done in the code space of a system that is trained already.

    Args:
        generator: its experiment.
        encoder: experiment of an encoder for it (system: inversion_encoder), where its own is not to be taken.
        begin: what such an encoder begins from: the generator's critic, or chance.
        method: of inversion: descent from restarts, what the encoder reads, or descent from there.
        own: pictures to invert are the generator's own, drawn from its prior.
        restarts: of each picture.
        steps: of a descent, at most.
        rate: of its Adam at the first step.
        features: weight of the error in the features of the critic.
        prior: weight of the code's energy under the prior.
        realism: weight of the critic's disbelief.
        hole: what is to be completed: a square in the middle with half the side, or 80 % of the pixels at random.
        fill: what completes: the generator, the mean of the training pictures, the training picture that is nearest by
            what is known, or the biharmonic surface over the hole.
        attribute: that pictures without it are given: slanted, thick, or a class.
        label: column of a folder's labels.csv whose classes are meant, where data.label names another one.
        strength: of it, in deviations of codes along its direction.
        closeness: weight of an edited code's squared distance from the first one.
        keep: weight of what is to stay as it is in an edit, beside what is to change.
        carry: how the original's detail comes back to a picture that is given an attribute.
    """

    generator: str = ""
    encoder: str = ""
    begin: Literal["critic", "chance"] = "critic"
    method: Literal["descent", "encoder", "hybrid"] = "descent"
    own: bool = False
    restarts: Positive = 8
    steps: Positive = 200
    rate: Annotated[float, Gt(0)] = 0.1
    features: Weight = 0.0
    prior: Weight = 0.0
    realism: Weight = 3e-3
    hole: Literal["centre", "random"] = "centre"
    fill: Literal["generator", "mean", "nearest", "biharmonic"] = "generator"
    attribute: str = "slanted"
    label: str = ""
    strength: float = 2.0
    closeness: Weight = 1e-3
    keep: Weight = 1.0
    carry: Literal["none", "residual", "warp"] = "none"


@dataclass(frozen=True)
class ImageConfig:
    """A whole experiment.

    Args:
        system: which game is played, a name of `disentangle.image.builders.SYSTEMS`.
        name: the row in a table of results.
        seed: of everything random, which labels may be seen included.
        objective: what critic and generator minimise.
        r1: γ, the weight of the critic's squared gradient at real pictures; for critics without batch norm.
        data, network, info, variational, semi, domain, latent, players, training: see there.
    """

    system: str
    name: str = "default"
    seed: Annotated[int, Ge(0), Le(2**63 - 1)] = 0
    objective: Literal["saturating", "non_saturating", "hinge", "least_squares", "wasserstein"] = "non_saturating"
    r1: Weight = 0.0
    data: DataOptions = DataOptions()
    network: NetworkOptions = NetworkOptions()
    info: InfoOptions = InfoOptions()
    variational: VariationalOptions = VariationalOptions()
    semi: SemiOptions = SemiOptions()
    domain: DomainOptions = DomainOptions()
    latent: LatentOptions = LatentOptions()
    players: PlayersOptions = field(default_factory=PlayersOptions)
    training: TrainingOptions = field(default_factory=lambda: TrainingOptions(steps=1000))
