"""The speech game: equal to a loop written by hand, undecided rather than wrong, and each part can be left out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import repeat
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce
from torch.nn.functional import cross_entropy, ctc_loss
from torch.optim import Optimizer

from disentangle.adversarial.game import Engine
from disentangle.adversarial.schedules import constant
from disentangle.games.frames import distance, mel_error, moments
from disentangle.games.speech_disentanglement import SpeechDisentanglement, Weights, towards
from disentangle.speech.batches import SpeechBatch
from disentangle.speech.bottleneck import Bottleneck
from disentangle.speech.content import ContentEncoder
from disentangle.speech.contour import COLUMNS
from disentangle.speech.critics import AngularMargin, CodeClassifier, Letters, PairCritic, VectorDensity
from disentangle.speech.decoder import Decoder, LogMels
from disentangle.speech.speaker import StatisticsEncoder

MELS = 6


def batch(dtype: torch.dtype = torch.float32) -> SpeechBatch:
    mel, content, voice = torch.randn(3, 4, 9, MELS, generator=torch.Generator().manual_seed(0)).to(dtype).unbind()
    whole = torch.tensor
    return SpeechBatch(
        mel,
        content,
        voice,
        whole([9, 7, 9, 8]),
        whole([0, 0, 1, 1]),
        whole([1, 0, 3, 2]),
        whole([2, 3, 0, 1]),
        whole([0, 1, 0, -1]),
        whole([1, 2, 1, 2, 1]),
        whole([2, 1, 0, 2]),
        whole([2, 1, 0, 1]),
        torch.stack([torch.arange(9).clamp(max=8 - k) for k in range(4)]),
        torch.randn(4, 9, COLUMNS, generator=torch.Generator().manual_seed(1)).to(dtype),
    )


def game(moves: int = 2, **left_out: Any) -> SpeechDisentanglement:
    torch.manual_seed(0)
    parts: dict[str, Any] = {
        "angular": AngularMargin(5, 2),
        "critics": nn.ModuleList(PairCritic(3, 4) for _ in range(2)),
        "classifier": CodeClassifier(3, 2, 4),
        "letters": Letters(3, 2, 4),
        "labels": CodeClassifier(3, 2, 4),
        "λ": constant(0.3),
        "moves": moves,
        "voices": 1,
    }
    return SpeechDisentanglement(
        ContentEncoder(MELS, Bottleneck(3), channels=4, layers=1, over_time=False),
        StatisticsEncoder(MELS, 5, 4, 2),
        Decoder(3 + COLUMNS, 5, MELS, channels=4, layers=1),
        Weights(letters=0.4, label=0.7, moments=0.2, resemblance=0.6, parallel=0.3, pull=0.8),
        **(parts | left_out),
    )


def attack(g: Any, c: Tensor, x: SpeechBatch) -> Tensor:
    at = torch.arange(4)
    same = torch.stack([critic(c, x.lengths, at, x.partner) for critic in g.critics])
    other = torch.stack([critic(c, x.lengths, at, x.stranger) for critic in g.critics])
    pair = (bce(same, torch.ones_like(same)) + bce(other, torch.zeros_like(other))) / 2
    return pair + cross_entropy(g.classifier(c, x.lengths), x.speaker)


def identity(g: Any, s: Tensor, x: SpeechBatch) -> Tensor:
    far = (1 - (s - s[x.stranger]).norm(dim=1)).clamp(min=0)
    loss: Tensor = 0.5 * ((s - s[x.partner]).norm(dim=1) ** 2 + far**2).mean() + 0.1 * g.angular(s, x.speaker)
    return loss


def service(g: Any, c: Tensor, x: SpeechBatch) -> Tensor:
    logp = g.letters(c, x.lengths).transpose(0, 1)
    read = ctc_loss(logp, x.letters, x.lengths, x.letter_lengths, reduction="none")
    loss: Tensor = 0.4 * (read[0] + read[1] + read[3]) / 5
    apart = [(c[k, t] - c[x.twin[k], x.warp[k, t]]).square().mean() for k in range(4) for t in range(int(x.lengths[k]))]
    return loss + 0.7 * cross_entropy(g.labels(c, x.lengths)[:3], x.label[:3]) + 0.8 * torch.stack(apart).mean()


def twinned(c: Tensor, x: SpeechBatch) -> Tensor:
    """A content with the melody of the twin, whose speech is to come out."""
    melodies = [x.contour[twin][warp] for twin, warp in zip(x.twin, x.warp, strict=True)]
    return torch.cat([c, torch.stack(melodies)], 2)


def by_hand(g: Any, optimizers: Mapping[str, Optimizer], batches: Iterator[SpeechBatch]) -> None:
    """One loss for each player; what of it reaches others is thrown away."""
    x = next(batches)
    at = torch.arange(4)
    c, _ = g.content(x.content, x.lengths)
    s = g.speaker(x.voice, x.lengths)
    told = torch.cat([c, x.contour], 2)
    y = g.decoder(told, x.lengths, s[x.partner])
    error = mel_error(y, x.mel, x.lengths)
    y = y.sample()
    as_high = torch.cat([c, x.contour], 2)
    for k, stranger in enumerate(x.stranger):
        as_high[k, :, -1] = x.contour[stranger, 0, -1]
    spoken = g.decoder(as_high, x.lengths, s[x.stranger]).sample()
    g.speaker.eval()
    heard = g.speaker(spoken, x.lengths)
    g.speaker.train()
    real, own, other = (moments(z, x.lengths) for z in (x.mel, y, spoken))
    gaps = distance(own, real) + distance(other, tuple(moment[x.stranger] for moment in real))
    loss = error + 0.2 * gaps + 0.6 * (1 - (heard * s[x.stranger]).sum(1)).mean()
    other_says = torch.stack([x.mel[twin][warp] for twin, warp in zip(x.twin, x.warp, strict=True)])
    loss = loss + 0.3 * mel_error(g.decoder(twinned(c, x), x.lengths, s[x.twin]), other_says, x.lengths)
    for critic in g.critics:
        logits = torch.cat([critic(c, x.lengths, at, x.partner), critic(c, x.lengths, at, x.stranger)])
        loss = loss + 0.1 * bce(logits, torch.full_like(logits, 0.5)) / len(g.critics)
    loss = loss - 0.3 * cross_entropy(g.classifier(c, x.lengths), x.speaker)
    groups = {
        "speaker": ((g.speaker, g.angular), error + identity(g, s, x)),
        "content": ((g.content, g.letters, g.labels), loss + service(g, c, x)),
        "decoder": ((g.decoder,), loss),
        "critic": ((*g.critics, g.classifier), attack(g, c.detach(), x)),
    }
    gradients: dict[Tensor, Tensor] = {}
    for networks, objective in groups.values():
        g.zero_grad()
        torch.autograd.backward(objective, retain_graph=True)
        gradients |= {p: p.grad.clone() for network in networks for p in network.parameters() if p.grad is not None}
    for tensor, gradient in gradients.items():
        tensor.grad = gradient
    for optimizer in optimizers.values():
        optimizer.step()
    optimizers["critic"].zero_grad()
    torch.autograd.backward(attack(g, c.detach(), x))
    optimizers["critic"].step()
    x = next(batches)
    optimizers["speaker"].zero_grad()
    torch.autograd.backward(identity(g, g.speaker(x.voice, x.lengths), x))
    optimizers["speaker"].step()


def test_the_game_equals_a_loop_by_hand(equals_by_hand: Callable[..., None]) -> None:
    equals_by_hand(game(), by_hand, repeat(batch(torch.float64)), rate=1e-3)


def test_being_undecided_is_best_for_the_content() -> None:
    logits = torch.tensor([-3.0, -1.0, 0.0, 1.0, 3.0])
    losses = [float(towards(logit[None], 0.5)) for logit in logits]
    assert losses.index(min(losses)) == 2
    assert losses[0] == pytest.approx(losses[-1])


def test_padded_frames_have_no_error() -> None:
    x, y, one = torch.zeros(1, 5, 2), torch.zeros(1, 5, 2), torch.ones(1, 5, 2)
    y[:, 3:] = 9
    assert mel_error(LogMels(y, one, torch.eye(2)), x, torch.tensor([3])) == 0
    y[:, 0] = 1
    assert mel_error(LogMels(y, one, torch.eye(2)), x, torch.tensor([3])) == pytest.approx((1 + 0.5) / 3)


def test_moments_of_speech_that_moves_half_as_much_differ() -> None:
    """A cosine of amplitude 1 and of one half: deviations .71 and .35, variances .5 and .125, and so covariances."""
    t, length = torch.arange(64) * 2 * torch.pi / 64, torch.tensor([64])
    x = torch.cos(t)[None, :, None].expand(1, 64, 2)
    whole = moments(x, length)
    assert distance(whole, whole) == 0
    assert distance(moments(x / 2, length), whole) == pytest.approx(0.3536 + 0.375, abs=1e-3)
    padded = moments(torch.cat([x, torch.full((1, 5, 2), 9.0)], 1), length)
    assert distance(padded, whole) == pytest.approx(0, abs=1e-6)


LEFT_OUT: dict[str, tuple[dict[str, Any], set[str]]] = {
    "critics": ({"critics": nn.ModuleList()}, {"content/confuse", "critic/pair"}),
    "classifier": ({"classifier": None}, {"content/adapt", "critic/speaker"}),
    "letters": ({"letters": None}, {"content/letters"}),
    "labels": ({"labels": None}, {"content/label"}),
    "angular": ({"angular": None}, {"speaker/angular"}),
    "adversaries": (
        {"critics": nn.ModuleList(), "classifier": None},
        {"content/confuse", "critic/pair", "content/adapt", "critic/speaker"},
    ),
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_part_can_be_left_out(name: str) -> None:
    def terms(g: SpeechDisentanglement) -> set[str]:
        optimizers = {player: torch.optim.SGD(own, 0.1) for player, own in g.owned().items()}
        return set(Engine(g, optimizers).play(repeat(batch())))

    without, gone = LEFT_OUT[name]
    assert terms(game()) - terms(game(**without)) == gone


def test_a_transcript_of_no_letters_is_no_loss() -> None:
    g, x = game(), replace(batch(), letter_lengths=torch.zeros(4, dtype=torch.long))
    code = g.content(x.content, x.lengths)[0].detach().requires_grad_()
    loss = g.service(code, x)["letters"]
    assert loss == 0
    assert torch.autograd.grad(loss, code)[0].abs().max() == 0


def test_an_utterance_without_transcript_is_not_taken_for_silence() -> None:
    """Its loss against no letters would draw every frame to the blank."""
    g, x = game(), batch()
    code = g.content(x.content, x.lengths)[0].detach().requires_grad_()
    (gradient,) = torch.autograd.grad(g.service(code, x)["letters"], code)
    assert gradient[[0, 1, 3]].abs().sum(2).max() > 0
    assert gradient[2].abs().max() == 0


def test_without_a_word_on_content_the_speaker_encoder_plays_alone() -> None:
    g = game(critics=nn.ModuleList(), classifier=None, letters=None, labels=None)
    assert not g.is_of_speakers_alone
    g.w = Weights(reconstruction=0.0, commitment=0.0, confuse=0.0)
    g.content = g.decoder = nn.Module()  # which cannot be called
    assert [{player: set(terms) for player, terms in move.items()} for move in g.round(repeat(batch()))] == [
        {"speaker": {"consistency", "angular"}}
    ] * 2


def test_critics_start_afresh_in_turn() -> None:
    g = game()
    g.renew = 5
    start = [next(critic.parameters()).clone() for critic in g.critics]
    changed = []
    for step in (0, 3, 5, 10):
        g.step = step
        g.start_afresh()
        changed.append([not torch.equal(next(c.parameters()), w) for c, w in zip(g.critics, start, strict=True)])
    assert changed == [[False, False], [False, False], [False, True], [True, True]]


def test_in_the_end_the_decoder_alone_moves_on_what_a_trained_model_gives() -> None:
    g, x = game(), batch()
    g.settled, g.step = 5, 4
    optimizers = {player: torch.optim.SGD(own, 0.1) for player, own in g.owned().items()}
    engine = Engine(g, optimizers)
    assert len(engine.play(repeat(x))) > 10
    g.step = 5
    before = {name: tensor.clone() for name, tensor in g.state_dict().items()}
    c, s = g.content.eval()(x.content, x.lengths)[0], g.speaker.eval()(x.voice, x.lengths)
    told = torch.cat([c, x.contour], 2)
    other_says = torch.stack([x.mel[twin][warp] for twin, warp in zip(x.twin, x.warp, strict=True)])
    expected = {
        "decoder/reconstruction": mel_error(g.decoder(told, x.lengths, s[x.partner]), x.mel, x.lengths).item(),
        "decoder/parallel": 0.3
        * mel_error(g.decoder(twinned(c, x), x.lengths, s[x.twin]), other_says, x.lengths).item(),
    }
    g.train()
    assert engine.play(repeat(x)) == pytest.approx(expected)
    changed = {
        name.partition(".")[0] for name, tensor in g.state_dict().items() if not torch.equal(tensor, before[name])
    }
    assert changed == {"decoder"}


def test_the_bound_on_information_tells_a_code_that_holds_the_vector_from_one_that_does_not() -> None:
    """After the density has learned: far above 0 where a frame is the vector, near 0 where it is noise."""
    x, found = batch(), {}
    generator = torch.Generator().manual_seed(0)
    s = torch.nn.functional.normalize(torch.randn(64, 5, generator=generator))
    codes = {"held": s[:, None].expand(-1, 9, -1), "free": torch.randn(64, 9, 5, generator=generator)}
    for name, c in codes.items():
        torch.manual_seed(0)
        density = VectorDensity(5, 5, 8)
        g = game(critics=nn.ModuleList(), classifier=None, club=density)
        many = replace(x, lengths=torch.full((64,), 9), stranger=torch.arange(64).roll(1))
        optimizer = torch.optim.Adam(density.parameters(), 1e-2)
        for _ in range(150):
            optimizer.zero_grad()
            g.attack(c, s, many)["critic"]["likelihood"].backward()  # type: ignore[no-untyped-call]
            optimizer.step()
        g.w = Weights(club=1.0)
        fresh = torch.randn(64, 9, 5, generator=generator) if name == "free" else c
        with torch.no_grad():
            found[name] = float(g.confusion(fresh, s, many)["club"])
    assert found["held"] > 5 and abs(found["free"]) < 1, found
