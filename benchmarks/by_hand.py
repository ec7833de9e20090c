"""The same games as loops written by hand: what a good engineer would write who has no engine."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial, reduce
from operator import add

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot, softplus
from torch.optim import Optimizer

from disentangle.games.frames import mel_error
from disentangle.games.gan import GAN
from disentangle.games.infogan import InfoGAN
from disentangle.games.speech_disentanglement import SpeechDisentanglement
from disentangle.speech.batches import SpeechBatch

Optimizers = Mapping[str, Optimizer]
CLASSES, NOISE = 10, 62  # InfoGAN's on digits, Chen et al. 2016, appendix C.1


def step(optimizer: Optimizer, loss: Tensor) -> float:
    """Zero, differentiate, step."""
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    optimizer.step()
    return loss.item()


def gan(g: GAN, optimizers: Optimizers, x: Tensor) -> dict[str, float]:
    """The critic on real and made pictures, then the generator on the same ones."""
    x_ = g.G(torch.randn(len(x), NOISE, dtype=x.dtype))
    critic = step(optimizers["critic"], softplus(-g.D(x)).mean() + softplus(g.D(x_.detach())).mean())
    return {"critic": critic, "generator": step(optimizers["generator"], softplus(-g.D(x_)).mean())}


def infogan(g: InfoGAN, optimizers: Optimizers, x: Tensor) -> dict[str, float]:
    """The same, and both find the code again."""
    z = torch.randn(len(x), NOISE, dtype=x.dtype)
    digit = torch.randint(CLASSES, (len(x),))
    style = 2 * torch.rand(len(x), 2, dtype=x.dtype) - 1

    def code(q: Tensor) -> Tensor:
        mean, log_std = q[:, CLASSES : CLASSES + 2], q[:, CLASSES + 2 :]
        surprise = ((style - mean) * torch.exp(-log_std)) ** 2 / 2 + log_std + math.log(2 * math.pi) / 2
        return cross_entropy(q[:, :CLASSES], digit) + surprise.sum(1).mean()

    x_ = g.G(torch.cat([z, one_hot(digit, CLASSES).to(x.dtype), style], 1))
    (d, _), (d_, q) = g.D(x), g.D(x_.detach())
    critic = step(optimizers["critic"], softplus(-d).mean() + softplus(d_).mean() + g.λ * code(q))
    d_, q = g.D(x_)
    return {"critic": critic, "generator": step(optimizers["generator"], softplus(-d_).mean() + g.λ * code(q))}


class Speech:
    """The speech game: one loss for content and decoder, which the speaker encoder is kept out of, one for the speaker
    encoder, one for the critics, then one step of everybody; the terms are the game's own.

    Args:
        game: its networks, weights and schedule.
        optimizers: of its players.
        clips: largest norm of a player's gradient.
        autocast: gives what the networks run under.
    """

    def __init__(
        self,
        game: SpeechDisentanglement,
        optimizers: Optimizers,
        clips: Mapping[str, float],
        autocast: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self.game, self.optimizers, self.clips, self.autocast = game, optimizers, clips, autocast
        self.own = game.owned()

    def round(self, batches: Sequence[SpeechBatch]) -> dict[str, float]:
        """One simultaneous move, then the critics alone, then the speaker encoder on further voices."""
        x, *voices = batches
        for optimizer in self.optimizers.values():
            optimizer.zero_grad()
        with self.autocast():
            c, s, makers, speaker = self.losses(x)
            critic = self.attack(c, s, x)
        torch.autograd.backward(makers, inputs=[*self.own["content"], *self.own["decoder"]], retain_graph=True)
        torch.autograd.backward(speaker, inputs=self.own["speaker"])
        torch.autograd.backward(critic)
        for player in self.optimizers:
            self.step(player)
        for _ in range(self.game.moves - 1):
            self.alone("critic", lambda: self.attack(c, s, x))
        for v in voices:
            self.alone("speaker", partial(self.identity, v))
        return {"makers": makers.item(), "speaker": speaker.item(), "critic": critic.item()}

    def losses(self, x: SpeechBatch) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Code and vectors without their graph, the loss of content and decoder, the loss of the speaker encoder."""
        g, w = self.game, self.game.w
        c, commitment = g.content(x.content, x.lengths)
        s = g.speaker(x.voice, x.lengths)
        y = g.decoder(torch.cat([c, x.contour], 2), x.lengths, s[x.partner] if w.swap else s)
        error = w.reconstruction * mel_error(y, x.mel, x.lengths)
        terms = [g.likeness(c, s, y, x), g.confusion(c, s, x), g.service(c, x)]
        makers = total([error, w.commitment * commitment, *(loss for some in terms for loss in some.values())])
        return c.detach(), s.detach(), makers, total([error, *g.identity(s, x).values()])

    def attack(self, c: Tensor, s: Tensor, x: SpeechBatch) -> Tensor:
        """The loss of the critics."""
        return total(self.game.attack(c, s, x)["critic"].values())

    def identity(self, x: SpeechBatch) -> Tensor:
        """The loss of the speaker encoder on voices that are not decoded."""
        return total(self.game.identity(self.game.speaker(x.voice, x.lengths), x).values())

    def alone(self, player: str, loss: Callable[[], Tensor]) -> None:
        """A move of one player."""
        self.optimizers[player].zero_grad()
        with self.autocast():
            found = loss()
        torch.autograd.backward(found)
        self.step(player)

    def step(self, player: str) -> None:
        """Clip and step."""
        if player in self.clips:
            nn.utils.clip_grad_norm_(self.own[player], self.clips[player])
        self.optimizers[player].step()


def total(terms: Iterable[Tensor]) -> Tensor:
    """The sum in full precision."""
    return reduce(add, terms).to(torch.promote_types(torch.float32, next(iter(terms)).dtype))
