"""Code space: pictures inverted, holes completed."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import torch
from torch import Tensor, nn

from disentangle.evaluation.bootstrap import items_interval
from disentangle.evaluation.frechet import frechet
from disentangle.evaluation.score import Score
from disentangle.image import filling, grids, inherited, space
from disentangle.image.model import ImageModel, load
from disentangle.image.options import LatentOptions
from disentangle.latent.completion import complete
from disentangle.latent.descent import Descent
from disentangle.latent.inversion import Fit, Inversion, invert
from disentangle.progress import progress
from disentangle.scoring.image.subject import NO_JUDGE, Found, Subject, kept
from disentangle.scoring.tasks import LeftOut

RECOVERED = 1e-3  # mean squared error from which on a picture counts as not found again


def inverted(subject: Subject) -> Iterator[Found]:
    """Error of pictures found again in code space, and seconds for each; of the generator's own, the share found."""
    latent, source = subject.config.latent, inherited.source(subject.model)
    x = source.pictures(source.drawn(len(subject.test), subject.seed)) if latent.own else subject.test.x
    begun = time.perf_counter()
    found = inversion(source, x, latent, encoder(subject, source), subject.seed)
    seconds = (time.perf_counter() - begun) / len(x)
    errors = found.errors.double().numpy()
    yield "inversion_mse", Score(float(errors.mean()), items_interval(errors, subject.seed), len(x))
    yield "inversion_seconds", Score(seconds, None, len(x))
    caption = "In each pair of rows pictures, and below them what the generator makes of the codes found for them."
    show(subject, "inverted", "Found again", caption, x, found.images)
    if latent.own:
        again = (errors <= RECOVERED).astype(float)
        yield "inversion_recovered", Score(float(again.mean()), items_interval(again, subject.seed), len(x))


def inversion(source: ImageModel, x: Tensor, latent: LatentOptions, read: nn.Module | None, seed: int) -> Inversion:
    """Pictures inverted in the way of a configuration."""
    assert source.generator is not None, "a system that draws"
    return invert(
        x,
        source.generator,
        latent.method,
        prior=space.prior(source),
        encoder=read,
        restarts=latent.restarts,
        seed=seed,
        fit=Fit(space.features(source) if latent.features else None, latent.features, latent.prior),
        descent=Descent(latent.steps, latent.rate, tolerance=0),
        told=partial(progress, title="invert"),
    )


def encoder(subject: Subject, source: ImageModel) -> nn.Module | None:
    """The subject's own encoder, or one that was trained for the generator, or the generator's; None for a descent."""
    latent = subject.config.latent
    if latent.method == "descent":
        return None
    if subject.model.encoder is not None:
        return space.encoder(subject.model)
    return space.encoder(load(Path(latent.encoder)) if latent.encoder else source)


def completed(subject: Subject) -> Iterator[Found]:
    """Error in the hole, and what a judge makes of the whole: its class, its Frechet distance from the true ones."""
    x, y = subject.test.x, subject.test.y
    mask = filling.known(subject.config.latent.hole, len(x), subject.config.data.size, subject.seed)
    filled = fill(subject, x, mask)
    hidden = (~mask).expand_as(x).flatten(1).double()
    errors = ((hidden * (filled - x).square().flatten(1).double()).sum(1) / hidden.sum(1)).numpy()
    caption = "Of three rows each the pictures, what is known of them (grey: hidden), and how they were completed."
    show(subject, "completed", "Completed", caption, x, torch.where(mask, x, 0.0), filled)
    yield "completion_error", Score(float(errors.mean()), items_interval(errors, subject.seed), len(x))
    judge = subject.judge
    if judge is None:
        yield LeftOut(("completion_accuracy", "completion_frechet"), NO_JUDGE)
        return
    yield "completion_accuracy", kept(judge, filled, y, subject.seed)
    yield "original_accuracy", kept(judge, x, y, subject.seed)
    if len(x) <= judge.config.network.hidden:
        why = f"{len(x)} pictures are too few for {judge.config.network.hidden} features of the judge"
        yield LeftOut(("completion_frechet",), why)
        return
    yield "completion_frechet", frechet(x, filled, judge.hidden, "classifier", judge.state_dict())[1]


def fill(subject: Subject, x: Tensor, mask: Tensor) -> Tensor:
    """Holes filled in the way of the configuration."""
    latent = subject.config.latent
    if latent.fill != "generator":
        return filling.FILLINGS[latent.fill](x, mask, subject.train.x)
    source = inherited.source(subject.model)
    assert source.generator is not None, "a system that draws"
    found = complete(
        x,
        mask,
        source.generator,
        space.prior(source),
        realism=space.disbelief(source) if latent.realism else None,
        realism_weight=latent.realism,
        prior_weight=latent.prior,
        restarts=latent.restarts,
        seed=subject.seed,
        descent=Descent(latent.steps, latent.rate, tolerance=0),
        told=partial(progress, title="complete"),
    )
    return found.images


def show(subject: Subject, name: str, title: str, caption: str, *rows: Tensor) -> None:
    """A sheet of the first pictures for the report, one kind a row, twice."""
    across = max(1, min(grids.ACROSS, len(rows[0]) // 2))
    kinds = [part[: 2 * across].reshape(-1, across, *part.shape[1:]) for part in rows]
    grids.write(subject.experiment, [(grids.Grid(name, title, caption), torch.stack(kinds, 1).flatten(0, 1))])
