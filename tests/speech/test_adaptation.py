"""Adaptation hides a known shift between domains from the classifier in play, and keeps the kinds of frames."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from disentangle.adversarial.options import TrainingOptions
from disentangle.adversarial.training import train
from disentangle.builders import adaptation
from disentangle.speech.adaptation import SILENT, AdaptationOptions, Extractor, Heard, OfFrames, TwoDomains, units_of
from disentangle.speech.batches import Recording
from disentangle.speech.model import SpeechModel
from disentangle.speech.options import ContentOptions, FrontEndOptions, SpeechOptions


def domain(shift: float, count: int, seed: int) -> list[Recording]:
    """Two kinds of frames that alternate in stretches; a dim of its own differs by utterance, and by domain more."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(count):
        kinds = np.repeat(rng.integers(2, size=4), 5)
        mel = 0.3 * rng.normal(size=(20, 8))
        mel[:, 0] += 3 * (2 * kinds - 1)
        mel[:, 1] += shift + rng.normal()
        found.append(Recording(torch.from_numpy(mel).float(), "s"))
    return found


def model() -> SpeechModel:
    torch.manual_seed(0)
    content = ContentOptions(channels=16, layers=1, instance_norm=False, bottleneck="none", dims=4)
    return SpeechModel(SpeechOptions(FrontEndOptions(rate=8000, mels=8), content)).eval()


def played(strength: float, folder: Path) -> tuple[float, float]:
    """Loss of the domain classifier at the end, and the share of source frames whose unit is still read."""
    trained, source, target = model(), domain(0.0, 40, 0), domain(3.0, 40, 1)
    options = AdaptationOptions(steps=120, strength=strength, rate=2e-3, batch=16, units=2, channels=16)
    game, batches, players = adaptation(trained, source, target, options)
    losses: list[float] = []
    train(
        game,
        batches,
        players,
        TrainingOptions(steps=options.steps, tensorboard=False),
        folder,
        report=lambda _, values: losses.append(values["domain/domain"]),
    )
    with torch.no_grad():
        answers = [game.C(game.E(Heard(r.mel[None], torch.tensor([20]))))[0].argmax(0) for r in source]
    right = (torch.cat(answers) == torch.cat(list(batches.labels))).float().mean()
    return sum(losses[-20:]) / 20, float(right)


def test_the_reversal_hides_the_domain_from_its_classifier_and_keeps_the_units(tmp_path: Path) -> None:
    told, kept = played(0.0, tmp_path / "a")
    hidden, kept_too = played(2.0, tmp_path / "b")
    assert told < 0.35 and hidden > 0.55, (told, hidden)
    assert min(kept, kept_too) > 0.9


def test_the_encoder_alone_moves_and_never_its_mode(tmp_path: Path) -> None:
    trained = model()
    before = {name: tensor.clone() for name, tensor in trained.state_dict().items()}
    options = AdaptationOptions(steps=2, units=2, channels=8, batch=4)
    game, batches, players = adaptation(trained, domain(0.0, 4, 0), domain(1.0, 4, 1), options)
    train(game, batches, players, TrainingOptions(steps=2, tensorboard=False), tmp_path)
    game.train()
    moved = {name for name, tensor in trained.state_dict().items() if not torch.equal(tensor, before[name])}
    assert moved and all(name.startswith("content_encoder.") for name in moved)
    assert not trained.content_encoder.training


def test_units_are_the_kinds_of_frames() -> None:
    source = domain(0.0, 10, 0)
    encoder = Extractor(model().content_encoder)
    found = units_of(encoder, source, 2, seed=0)
    units = torch.cat(found.of_frames)
    kinds = torch.cat([r.mel[:, 0] > 0 for r in source]).long()
    assert len(units) == len(kinds)
    agreement = (units == kinds).float().mean()
    assert max(agreement, 1 - agreement) > 0.9


def test_the_classifier_of_frames_knows_the_units_before_it_has_learned() -> None:
    source, encoder = domain(0.0, 10, 0), Extractor(model().content_encoder)
    found = units_of(encoder, source, 5, seed=0)
    read = OfFrames(found)
    with torch.no_grad():
        heard = [encoder(Heard(r.mel[None], torch.tensor([20]))) for r in source]
        answers = torch.cat([read(f)[0].argmax(0) for f in heard])
    assert torch.equal(answers, torch.cat(found.of_frames))


def test_batches_are_functions_of_the_step_and_labels_follow_their_frames() -> None:
    recordings = [Recording(torch.arange(n)[:, None] * torch.ones(1, 3), "s") for n in (5, 9)]
    labels: list[Tensor] = [torch.arange(n) for n in (5, 9)]
    batches = TwoDomains(recordings, labels, recordings, size=6, frames=7, seed=0)
    x, y, target = batches.batch(3, 0, 0, 1)
    assert x.mel.shape[:2] == y.shape and int(x.lengths.max()) == 7 and target.mel.shape[0] == 6
    for mel, length, units in zip(x.mel, x.lengths, y, strict=True):
        assert units[:length].tolist() == mel[:length, 0].tolist()
        assert (units[length:] == SILENT).all()
    again, other = batches.batch(3, 0, 0, 1), batches.batch(4, 0, 0, 1)
    assert torch.equal(again[0].mel, x.mel) and torch.equal(again[1], y)
    assert other[0].mel.shape != x.mel.shape or not torch.equal(other[0].mel, x.mel)
    plain = TwoDomains(recordings, [torch.tensor(0), torch.tensor(1)], recordings, 6, 7, 0)
    assert plain.batch(0, 0, 0, 1)[1].shape == (6,)
