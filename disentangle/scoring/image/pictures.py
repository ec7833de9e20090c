"""Pictures: drawn ones against real ones by the features of a judge, and reconstructed ones against their originals."""

import json
from collections.abc import Iterator

import torch

from disentangle.evaluation.bootstrap import items_interval
from disentangle.evaluation.frechet import frechet
from disentangle.evaluation.reconstruction import reconstruction_mse
from disentangle.evaluation.score import Score
from disentangle.evaluation.sharpness import sharpness
from disentangle.image.model import by_batch
from disentangle.scoring.image.subject import NO_JUDGE, Found, Subject, kept
from disentangle.scoring.tasks import LeftOut


def drawn(subject: Subject) -> Iterator[Found]:
    """Sharpness and Frechet distance of pictures from the prior, and the distance as a share of the VAE's.

    The distance has two names: ``frechet_classifier``, and one with the hash of the judge, of which alone distances can
    be compared.
    """
    yield "sharpness", sharpness(subject.made, subject.test.x, subject.seed)
    judge = subject.judge
    if judge is None:
        yield LeftOut(("frechet_classifier", "frechet_ratio_to_vae"), NO_JUDGE)
        return
    if len(subject.test) <= judge.config.network.hidden:
        why = f"{len(subject.test)} pictures are too few for {judge.config.network.hidden} features of the judge"
        yield LeftOut(("frechet_classifier", "frechet_ratio_to_vae"), why)
        return
    name, distance = frechet(subject.test.x, subject.made, judge.hidden, "classifier", judge.state_dict())
    yield "frechet_classifier", distance
    yield name, distance
    yield _ratio(subject, name, distance)


def _ratio(subject: Subject, name: str, distance: Score) -> Found:
    """To the VAE's, by the same judge on as many pictures."""
    wanted = ("frechet_ratio_to_vae",)
    if subject.config.system == "vae":
        return wanted[0], Score(1.0, None, distance.n)
    if subject.vae is None:
        return LeftOut(wanted, "no VAE. Name its experiment by --vae EXP")
    path = subject.vae / "scores.json"
    found = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    if name not in found or found[name]["n"] != distance.n or not found[name]["value"]:
        return LeftOut(wanted, f"no {name} of as many pictures in {path}. Score the VAE first, by the same judge")
    return wanted[0], Score(distance.value / found[name]["value"], None, distance.n)


def reconstructed(subject: Subject) -> Iterator[Found]:
    """Error per pixel, in units of half the range; and whether the judge still sees the class."""
    x, y = subject.test.x, subject.test.y
    again = subject.model.reconstructed(x)
    yield "reconstruction_mse", reconstruction_mse(x, again, subject.seed)
    if subject.judge is None:
        yield LeftOut(("reconstruction_accuracy",), NO_JUDGE)
        return
    yield "reconstruction_accuracy", kept(subject.judge, again, y, subject.seed)
    yield "original_accuracy", kept(subject.judge, x, y, subject.seed)


@torch.no_grad()
def told_apart(subject: Subject) -> Iterator[Found]:
    """How often the three-class critic names real, reconstructed and generated pictures rightly."""
    critic, x = subject.model.game.Dis, subject.test.x
    assert isinstance(critic, torch.nn.Module)
    right = []
    with by_batch(critic):
        for kind, pictures in enumerate((x, subject.model.reconstructed(x), subject.made)):
            right += [critic(some)[0].argmax(1) == kind for some in torch.split(pictures, 250)]
    named = torch.cat(right).double().numpy()
    yield "critic_accuracy", Score(float(named.mean()), items_interval(named, subject.seed), len(named), 1 / 3)
