"""Speech taken apart into what was said and who said it: content and speaker encoders, a decoder, and critics."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, ctc_loss

from disentangle.adversarial.game import Game, Move, Terms
from disentangle.adversarial.schedules import Schedule
from disentangle.adversarial.stillness import still
from disentangle.games.frames import Distribution, as_high_as, at_frames, distance, mel_error, moments, over_frames


@dataclass(frozen=True)
class Weights:
    """Weight of each term; a part that is not there is not weighed."""

    reconstruction: float = 1.0
    moments: float = 0.0
    resemblance: float = 0.0
    commitment: float = 0.25
    consistency: float = 0.5
    angular: float = 0.1
    confuse: float = 0.1
    letters: float = 0.0
    label: float = 0.0
    club: float = 0.0
    parallel: float = 0.0
    pull: float = 0.0
    swap: bool = True


class SpeechDisentanglement(Game):
    """The content encoder learns to confuse a classifier that is shown the contents of two utterances and asked
    whether one person said both (Chou et al. 2018, https://arxiv.org/abs/1804.02812, and AdaIN-VC's and AutoVC's
    encoders), and a speaker classifier behind a reversed gradient (Ganin et al. 2016, 1505.07818, equation 10).

    Args:
        content: log-mel, lengths -> code, commitment.
        speaker: log-mel, lengths -> unit vector.
        decoder: code and what is told of F0, lengths, unit vector -> distribution of log-mels.
        weights: of the terms.
        angular: unit vectors, speakers -> loss, or None.
        critics: pair critics: code, lengths, first, second -> logits.
        classifier: code, lengths -> logits over speakers, or None.
        letters: code, lengths -> log-probabilities, or None.
        labels: code, lengths -> logits over labels, or None.
        club: code, lengths, unit vectors -> log-density of each vector given its code (batch,), or None (Cheng et al.
            2020, https://arxiv.org/abs/2006.12013, algorithm 1).
        λ: strength of the reversal as a function of the step.
        moves: moves of the critics in a round.
        voices: further batches of a round, for the speaker encoder alone.
        renew: rounds between fresh starts of a critic; 0: never.
        settled: round from which the decoder alone moves; None: never.
    """

    players: ClassVar[dict[str, str | tuple[str, ...]]] = {
        "content": ("content", "letters", "labels"),
        "speaker": ("speaker", "angular"),
        "decoder": "decoder",
        "critic": ("critics", "classifier", "club"),
    }

    def __init__(
        self,
        content: nn.Module,
        speaker: nn.Module,
        decoder: nn.Module,
        weights: Weights,
        *,
        angular: nn.Module | None,
        critics: nn.ModuleList,
        classifier: nn.Module | None,
        letters: nn.Module | None,
        labels: nn.Module | None,
        club: nn.Module | None = None,
        λ: Schedule,
        moves: int = 1,
        voices: int = 0,
        renew: int = 0,
        settled: int | None = None,
    ) -> None:
        super().__init__()
        self.content, self.speaker, self.decoder, self.w = content, speaker, decoder, weights
        self.angular, self.critics, self.classifier = angular, critics, classifier
        self.letters, self.labels, self.λ, self.moves = letters, labels, λ, moves
        self.club = club
        self.voices, self.renew, self.settled = voices, renew, settled

    def round(self, batches: Iterator[Any]) -> Iterator[Move]:
        """One simultaneous move of everybody, then the critics alone, then the speaker encoder on further voices."""
        x = next(batches)
        if self.settled is not None and self.step >= self.settled:
            yield {"decoder": self.rendering(x)}
            return
        if self.is_of_speakers_alone:
            yield from self.hearing(chain([x], islice(batches, self.voices)))
            return
        self.start_afresh()
        (c, commitment), s = self.content(x.content, x.lengths), self.speaker(x.voice, x.lengths)
        y = self.spoken(c, s[x.partner] if self.w.swap else s, x.contour, x)
        error = self.w.reconstruction * mel_error(y, x.mel, x.lengths)
        made = {"reconstruction": error, **self.likeness(c, s, y, x), **self.in_parallel(c, s, x)}
        asked = {"commitment": self.w.commitment * commitment, **self.confusion(c, s, x), **self.service(c, x)}
        yield {
            "content": {**made, **asked},
            "speaker": {"reconstruction": error, **self.identity(s, x)},
            "decoder": made,
            **self.attack(c, s, x),
        }
        for _ in range(self.moves - 1 if self.attacked else 0):
            yield self.attack(c, s, x)
        yield from self.hearing(islice(batches, self.voices))

    @property
    def is_of_speakers_alone(self) -> bool:
        """Whether no term has to do with content, which is not computed then."""
        w, parts = self.w, (self.letters, self.labels)
        said = w.reconstruction or w.moments or w.resemblance or w.commitment or self.attacked
        known = self.angular is not None or w.consistency
        return bool(known and not said and all(part is None for part in parts))

    def hearing(self, batches: Iterator[Any]) -> Iterator[Move]:
        """Moves of the speaker encoder alone."""
        for x in batches:
            yield {"speaker": self.identity(self.speaker(x.voice, x.lengths), x)}

    def rendering(self, x: Any) -> Terms:
        """Codes and vectors as a trained model gives them, which no longer change, become log-mels."""
        with still(self.content), still(self.speaker):
            (c, _), s = self.content(x.content, x.lengths), self.speaker(x.voice, x.lengths)
        y = self.spoken(c, s[x.partner] if self.w.swap else s, x.contour, x)
        error = self.w.reconstruction * mel_error(y, x.mel, x.lengths)
        return {"reconstruction": error, **self.in_parallel(c, s, x)}

    def spoken(self, c: Tensor, s: Tensor, melody: Tensor, x: Any) -> Distribution:
        """What is said, in a voice, by a melody."""
        y: Distribution = self.decoder(torch.cat([c, melody], 2), x.lengths, s)
        return y

    def in_parallel(self, c: Tensor, s: Tensor, x: Any) -> Terms:
        """Spoken in the voice of another who says the same, it is the other's log-mel at this one's pace."""
        if not self.w.parallel:
            return {}
        spoken = self.spoken(c, s[x.twin], at_frames(x.contour[x.twin], x.warp), x)
        return {"parallel": self.w.parallel * mel_error(spoken, at_frames(x.mel[x.twin], x.warp), x.lengths)}

    def likeness(self, c: Tensor, s: Tensor, y: Distribution, x: Any) -> Terms:
        """Decoded speech moves as the real does; spoken as a stranger it moves like, and is taken for, the stranger."""
        if not self.w.moments and not self.w.resemblance:
            return {}
        target = s[x.stranger]
        melody = as_high_as(x.contour, x.contour[x.stranger])
        own, spoken = y.sample(), self.spoken(c, target, melody, x).sample()
        with still(self.speaker):
            heard = self.speaker(spoken, x.lengths)
        real = moments(x.mel, x.lengths)
        gaps = distance(moments(own, x.lengths), real) + distance(
            moments(spoken, x.lengths), tuple(moment[x.stranger] for moment in real)
        )
        return {
            "moments": self.w.moments * gaps,
            "resemblance": self.w.resemblance * (1 - (heard * target).sum(1)).mean(),
        }

    @property
    def attacked(self) -> bool:
        """Whether there is anybody to confuse."""
        return len(self.critics) > 0 or self.classifier is not None or self.club is not None

    def attack(self, c: Tensor, s: Tensor, x: Any) -> Move:
        """The critics tell pairs of one speaker from two, the classifier names it, the density expects its vector."""
        terms: Terms = {}
        if len(self.critics):
            same, other = self.pairs(c, x)
            terms["pair"] = (towards(same, 1.0) + towards(other, 0.0)) / 2
        if self.classifier is not None:
            terms["speaker"] = cross_entropy(self.classifier(c, x.lengths), x.speaker)
        if self.club is not None:
            terms["likelihood"] = -self.club(c, x.lengths, s).mean()
        return {"critic": terms} if terms else {}

    def confusion(self, c: Tensor, s: Tensor, x: Any) -> Terms:
        """The content leaves the critics undecided (not wrong, which would tell as much), the classifier lost, and the
        density expecting the speaker's vector no more than a stranger's.
        """
        terms: Terms = {}
        if len(self.critics):
            same, other = self.pairs(c, x)
            terms["confuse"] = self.w.confuse * (towards(same, 0.5) + towards(other, 0.5)) / 2
        if self.classifier is not None:
            terms["adapt"] = -self.λ(self.step) * cross_entropy(self.classifier(c, x.lengths), x.speaker)
        if self.club is not None:
            bound = self.club(c, x.lengths, s) - self.club(c, x.lengths, s[x.stranger])
            terms["club"] = self.w.club * bound.mean()
        return terms

    def service(self, c: Tensor, x: Any) -> Terms:
        """The content can be read: letters of the transcript, label of the utterance; and two who say the same have the
        same content, frame by frame as they are aligned.
        """
        terms: Terms = {}
        if self.letters is not None:
            logp = self.letters(c, x.lengths).transpose(0, 1)
            terms["letters"] = self.w.letters * self.reading(logp, x)
        if self.labels is not None:
            terms["label"] = self.w.label * cross_entropy(self.labels(c, x.lengths), x.label, ignore_index=-1)
        if self.w.pull:
            apart = (c - at_frames(c[x.twin], x.warp)).square().mean(2)
            terms["pull"] = self.w.pull * over_frames(apart, x.lengths)
        return terms

    @staticmethod
    def reading(logp: Tensor, x: Any) -> Tensor:
        """Connectionist temporal classification a letter; where nothing is spelled 0, for ranks must agree on terms."""
        spelled = x.letter_lengths > 0
        if not bool(spelled.any()):
            return 0 * logp.sum()
        read = ctc_loss(logp, x.letters, x.lengths, x.letter_lengths, reduction="none", zero_infinity=True)
        loss: Tensor = read[spelled].sum() / x.letter_lengths.sum()
        return loss

    def identity(self, s: Tensor, x: Any) -> Terms:
        """Two utterances of a speaker lie close, of two speakers a margin apart, and each near its speaker."""
        terms: Terms = {}
        if self.w.consistency:
            near, far = (s - s[x.partner]).norm(dim=1), (s - s[x.stranger]).norm(dim=1)
            terms["consistency"] = self.w.consistency * (near**2 + (MARGIN - far).clamp(min=0) ** 2).mean()
        if self.angular is not None:
            terms["angular"] = self.w.angular * self.angular(s, x.speaker)
        return terms

    def pairs(self, c: Tensor, x: Any) -> tuple[Tensor, Tensor]:
        """Logits (critics, batch) of pairs of one speaker and of pairs of two."""
        at = torch.arange(len(c), device=c.device)
        first, second = torch.cat([at, at]), torch.cat([x.partner, x.stranger])
        logits = torch.stack([critic(c, x.lengths, first, second) for critic in self.critics])
        return logits[:, : len(c)], logits[:, len(c) :]

    def start_afresh(self) -> None:
        """Re-initialise one critic after the other, so that the content cannot settle on one critic's blind spot."""
        if self.renew and len(self.critics) and self.step and self.step % self.renew == 0:
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(self.step)  # alike on all ranks
                for part in self.critics[(self.step // self.renew) % len(self.critics)].modules():
                    if isinstance(part, nn.Conv1d | nn.Linear | nn.LayerNorm):
                        part.reset_parameters()


MARGIN = 1.0  # distance of unit vectors; two of one direction are 0 apart, two that share nothing 1.41


def towards(logits: Tensor, target: float) -> Tensor:
    """Mean binary cross-entropy to one target for all."""
    return binary_cross_entropy_with_logits(logits, torch.full_like(logits, target))
