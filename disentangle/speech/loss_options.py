"""What a configuration of the speech system can ask of the game: its critics, and the weight of every term."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Ge

from disentangle.ranges import Positive, Weight


@dataclass(frozen=True)
class CriticOptions:
    """What attacks the content during training.

    Args:
        channels: of the convolutions of pair critics and speaker classifier.
        ensemble: number of pair critics, their losses averaged.
        moves: moves of the pair critics in a round.
        renew: one critic after the other starts afresh every so many rounds; 0: never.
    """

    channels: Positive = 96
    ensemble: Positive = 1
    moves: Positive = 2
    renew: Annotated[int, Ge(0)] = 0


@dataclass(frozen=True)
class LossOptions:
    """Weight of every term; a part whose weight is zero is neither built nor run.

    Args:
        reconstruction: mean absolute and squared error of the log-mel.
        moments: mean, deviation and covariance over time of decoded speech as those of the real.
        resemblance: speech decoded with another's vector drawn, by the speaker encoder, to that vector.
        commitment: pulls frames to their code ("vq"), or to zero, so that noise hides most of them ("noise"; under
            ``content.instance_norm`` every value has unit variance whatever this is, and ``content.noise`` decides).
        consistency: two utterances of a speaker close, two speakers at least a margin apart.
        angular: additive angular margin softmax over the training speakers.
        confuse: the pair critic's answer about the content drawn to one half.
        adapt: reversed gradient of the speaker classifier on content, reached by a ramp.
        letters: connectionist temporal classification of the transcript from content.
        label: cross-entropy of an utterance's label (``label_of``) from content.
        club: upper bound of the information of content on the speaker vector (vCLUB), estimated by a critic.
        parallel: error of the log-mel of another speaker who says the same, decoded from this content with that voice.
        pull: squared distance of the contents of two speakers who say the same, their frames aligned.
        swap: speaker vector taken from another utterance of the same speaker.
        label_of: which ``utt2...`` file holds the label, "digit" say.
    """

    reconstruction: Weight = 1.0
    moments: Weight = 0.0
    resemblance: Weight = 0.0
    commitment: Weight = 0.25
    consistency: Weight = 0.5
    angular: Weight = 0.1
    confuse: Weight = 0.1
    adapt: Weight = 0.0
    letters: Weight = 0.0
    label: Weight = 0.0
    club: Weight = 0.0
    parallel: Weight = 0.0
    pull: Weight = 0.0
    swap: bool = True
    label_of: str = "digit"
